"""The plate detector's network (for training; at run time it is an ONNX file).

One look at the whole image, in the manner of CenterNet (Zhou, Wang, Krähenbühl, "Objects as Points", 2019,
arXiv:1904.07850): on a grid of one cell per 8 x 8 pixels, how likely a plate has its middle in the cell, and where its
four corners are. Plain 3 x 3 convolutions with a shortcut run faster on a CPU than depthwise ones of the same quality;
features of strides 16 and 32 come back to stride 8 as in a feature pyramid (Lin et al., 2017, arXiv:1612.03144).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

CELL = 8  # pixels a grid cell
REACH = 16.0  # pixels a unit of the corners' outputs
STRIDE = 32  # sides of the image must be multiples of this


class Unit(nn.Module):
    """Convolution, batch normalisation, ReLU; with a shortcut where the shape allows."""

    def __init__(self, before: int, after: int, *, step: int = 1, size: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, after, size, step, size // 2, bias=False)
        self.norm = nn.BatchNorm2d(after)
        self.shortcut = before == after and step == 1

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.conv(x))
        return torch.relu(y + x if self.shortcut else y)


class Network(nn.Module):
    """RGB (N, 3, H, W) of 0 to 255 -> (N, 9, H / 8, W / 8): a logit, then x and y of four corners.

    The corners go clockwise from the plate's own top left; they are relative to the cell's centre, in REACH pixels.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Sequential(
            Unit(3, 16, step=2),
            Unit(16, 32, step=2),
            Unit(32, 32),
            Unit(32, 56, step=2),
            Unit(56, 56),
            Unit(56, 56),
        )
        self.middle = nn.Sequential(Unit(56, 88, step=2), Unit(88, 88), Unit(88, 88))
        self.coarse = nn.Sequential(Unit(88, 128, step=2), Unit(128, 128), Unit(128, 128))
        self.from_coarse = Unit(128, 64, size=1)
        self.from_middle = Unit(88, 64, size=1)
        self.joined = Unit(64, 64)
        self.to_fine = Unit(64, 56, size=1)
        self.head = nn.Sequential(Unit(56, 64), Unit(64, 64))
        self.heat = nn.Conv2d(64, 1, 1)
        self.corners = nn.Conv2d(64, 8, 1)
        nn.init.constant_(self.heat.bias, -4.6)  # one cell in a hundred at first, or the empty cells drown the rest
        nn.init.normal_(self.heat.weight, std=0.01)
        nn.init.normal_(self.corners.weight, std=0.01)

    def forward(self, x: Tensor) -> Tensor:
        fine = self.fine((x - 114.0) / 58.0)
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        middle = self.joined(self.from_middle(middle) + interpolate(self.from_coarse(coarse), scale_factor=2.0))
        features = self.head(fine + interpolate(self.to_fine(middle), scale_factor=2.0))
        return torch.cat([self.heat(features), self.corners(features)], dim=1)
