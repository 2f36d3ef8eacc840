"""Write the trained plate detector as ONNX: how `plates/detector.onnx` was made.

    python -m tools.plates.export_detector RUN/checkpoint.pt src/showpiece_predictors/plates/detector.onnx

Input `image`: uint8 (1, H, W, 3) RGB with H and W multiples of 32. Output `cells`: float32 (9, H / 8, W / 8); the first
plane is a score of 0 to 1, the others are x and y of the four corners, in pixels from the cell's centre. Batch
normalisation is folded into the convolutions, and weights are kept as float16 (half the file); onnxruntime widens them once,
as it loads the file, so that it computes in float32. The result is compared with the network before it is kept.
"""

from __future__ import annotations

import argparse
import io
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from tools.plates.detector_network import REACH, Network

TOLERANCE = 0.02  # of a score, and in pixels times ten: what float16 weights may change
LEAST = 64  # numbers: smaller constants stay float32


class Exported(nn.Module):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        out = self.network(image.permute(0, 3, 1, 2).float())[0]
        return torch.cat([out[:1].sigmoid(), out[1:] * REACH])


def narrow(model: onnx.ModelProto) -> None:
    """Keep large float32 constants as float16, followed by a cast."""
    graph = model.graph
    casts = []
    for constant in list(graph.initializer):
        values = numpy_helper.to_array(constant)
        if values.dtype != np.float32 or values.size < LEAST:
            continue
        name = constant.name
        constant.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}:half"))
        casts.append(helper.make_node("Cast", [f"{name}:half"], [name], to=TensorProto.FLOAT))
    for node in reversed(casts):
        graph.node.insert(0, node)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("to", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    network = Network()
    network.load_state_dict(torch.load(args.checkpoint, weights_only=True)["smooth"])
    wrapped = Exported(network.eval()).eval()
    data = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter is deprecated, but its graph is the simplest to run
        torch.onnx.export(
            wrapped,
            (torch.zeros(1, 256, 320, 3, dtype=torch.uint8),),
            data,
            input_names=["image"],
            output_names=["cells"],
            dynamic_axes={"image": {1: "height", 2: "width"}, "cells": {1: "rows", 2: "columns"}},
            opset_version=17,
            dynamo=False,
        )
    model = onnx.load_from_string(data.getvalue())
    narrow(model)
    onnx.checker.check_model(model, full_check=True)
    content = model.SerializeToString()
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    image = np.random.default_rng(0).integers(0, 256, (1, 320, 448, 3), np.uint8)
    with torch.no_grad():
        expected = wrapped(torch.from_numpy(image)).numpy()
    off = np.abs(session.run(None, {"image": image})[0] - expected)
    print(f"largest differences: score {off[0].max():.1e}, corners {off[1:].max():.1e} pixels")
    if off[0].max() > TOLERANCE or off[1:].max() > TOLERANCE * 25:
        raise SystemExit("the file does not compute what the network does")
    args.to.parent.mkdir(parents=True, exist_ok=True)
    args.to.write_bytes(content)
    print(f"{args.to}: {len(content) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
