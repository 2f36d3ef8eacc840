"""The part of the plate detector that is trained here; its trunk comes from `detector_trunk.py`.

One look at the whole image, in the manner of CenterNet (Zhou, Wang, Krähenbühl, "Objects as Points", 2019,
arXiv:1904.07850): on a grid of one cell per 8 x 8 pixels, how likely a plate has its middle in the cell, and where its
four corners are. Features of strides 32 and 16 come back to stride 8 as in a feature pyramid (Lin et al., 2017,
arXiv:1612.03144). Plain 3 x 3 convolutions with a shortcut: faster on a CPU than depthwise ones of the same quality.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

CELL = 8  # pixels a grid cell
REACH = 16.0  # pixels a unit of the corners' outputs
STRIDE = 32  # sides of the image must be multiples of this
CHANNELS = (96, 192, 384)  # of the trunk, at strides 8, 16, 32


class Unit(nn.Module):
    """Convolution, batch normalisation, ReLU; with a shortcut where the shape allows."""

    def __init__(self, before: int, after: int, *, size: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, after, size, 1, size // 2, bias=False)
        self.norm = nn.BatchNorm2d(after)
        self.shortcut = before == after

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.conv(x))
        return torch.relu(y + x if self.shortcut else y)


class Head(nn.Module):
    """Features of the trunk -> (N, 9, H / 8, W / 8): a logit, then x and y of four corners.

    The corners go clockwise from the plate's own top left; they are relative to the cell's centre, in REACH pixels.
    """

    def __init__(self) -> None:
        super().__init__()
        self.coarse = nn.Sequential(Unit(CHANNELS[2], 96, size=1), Unit(96, 96), Unit(96, 96))
        self.middle = Unit(CHANNELS[1], 96, size=1)
        self.joined = nn.Sequential(Unit(96, 96), Unit(96, 96))
        self.fine = Unit(CHANNELS[0], 64, size=1)
        self.to_fine = Unit(96, 64, size=1)
        self.last = nn.Sequential(Unit(64, 64), Unit(64, 64))
        self.heat = nn.Conv2d(64, 1, 1)
        self.corners = nn.Conv2d(64, 8, 1)
        nn.init.constant_(self.heat.bias, -4.6)  # one cell in a hundred at first, or the empty cells drown the rest
        nn.init.normal_(self.heat.weight, std=0.01)
        nn.init.normal_(self.corners.weight, std=0.01)

    def forward(self, fine: Tensor, middle: Tensor, coarse: Tensor) -> Tensor:
        joined = self.joined(self.middle(middle) + interpolate(self.coarse(coarse), scale_factor=2.0))
        features = self.last(self.fine(fine) + interpolate(self.to_fine(joined), scale_factor=2.0))
        return torch.cat([self.heat(features), self.corners(features)], dim=1)
