"""Write the trained plate detector as ONNX: how `plates/detector.onnx` was made.

    python -m tools.plates.export_detector trunk.onnx RUN/checkpoint.pt src/showpiece_predictors/plates/detector.onnx

Input `image`: uint8 (1, H, W, 3) RGB with H and W multiples of 32. Output `cells`: float32 (9, H / 8, W / 8); the first
plane is a score of 0 to 1, the others are x and y of the four corners, in pixels from the cell's centre. Batch
normalisation is folded into the convolutions, and weights are kept as float16 (half the file); onnxruntime widens them
once, as it loads the file, so that it computes in float32. The result is compared with the network before it is kept.
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

from tools.plates.detector_network import CHANNELS, REACH, Head
from tools.plates.detector_trunk import FEATURES, OPSET

TOLERANCE = 0.02  # of a score, and 25 times as much of a pixel: what float16 weights may change
LEAST = 64  # numbers: smaller constants stay float32


class Exported(nn.Module):
    def __init__(self, head: Head) -> None:
        super().__init__()
        self.head = head

    def forward(self, fine: Tensor, middle: Tensor, coarse: Tensor) -> Tensor:
        out = self.head(fine, middle, coarse)[0]
        return torch.cat([out[:1].sigmoid(), out[1:] * REACH])


def head_model(head: Head) -> onnx.ModelProto:
    """The head alone, with the trunk's features as inputs."""
    features = tuple(torch.zeros(1, depth, 8 << i, 10 << i) for i, depth in zip((2, 1, 0), CHANNELS, strict=True))
    data = io.BytesIO()
    names = ["fine", "middle", "coarse"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter is deprecated, but its graph is the simplest to run
        torch.onnx.export(
            Exported(head).eval(),
            features,
            data,
            input_names=names,
            output_names=["cells"],
            dynamic_axes={name: {2: f"{name}_rows", 3: f"{name}_columns"} for name in names}
            | {"cells": {1: "rows", 2: "columns"}},
            opset_version=OPSET,
            dynamo=False,
        )
    return onnx.load_from_string(data.getvalue())


def joined(trunk: onnx.ModelProto, head: onnx.ModelProto) -> onnx.ModelProto:
    """Bytes of an image -> cells: the two models and a conversion before them as one graph."""
    head = onnx.compose.add_prefix(head, "head/", rename_inputs=False, rename_outputs=False)
    wires = dict(zip(("fine", "middle", "coarse"), FEATURES, strict=True))
    for node in head.graph.node:
        node.input[:] = [wires.get(name, name) for name in node.input]
    start = [
        helper.make_node("Transpose", ["image"], ["image/planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["image/planes"], ["pixels"], to=TensorProto.FLOAT),
    ]
    graph = helper.make_graph(
        [*start, *trunk.graph.node, *head.graph.node],
        "plates",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, [1, "height", "width", 3])],
        [helper.make_tensor_value_info("cells", TensorProto.FLOAT, [9, "rows", "columns"])],
        [*trunk.graph.initializer, *head.graph.initializer],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)


def narrow(model: onnx.ModelProto) -> None:
    """Keep large float32 constants as float16, followed by a cast."""
    graph = model.graph
    casts = []
    for constant in graph.initializer:
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
    parser.add_argument("trunk", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("to", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    head = Head()
    head.load_state_dict(torch.load(args.checkpoint, weights_only=True)["smooth"])
    trunk = onnx.load(args.trunk)
    model = joined(trunk, head_model(head.eval()))
    narrow(model)
    onnx.checker.check_model(model, full_check=True)
    content = model.SerializeToString()
    provider = ["CPUExecutionProvider"]
    image = np.random.default_rng(0).integers(0, 256, (1, 320, 448, 3), np.uint8)
    pixels = image.transpose(0, 3, 1, 2).astype(np.float32)
    features = onnxruntime.InferenceSession(trunk.SerializeToString(), providers=provider).run(
        list(FEATURES), {"pixels": pixels}
    )
    with torch.no_grad():
        expected = Exported(head).eval()(*(torch.from_numpy(part) for part in features)).numpy()
    off = np.abs(onnxruntime.InferenceSession(content, providers=provider).run(None, {"image": image})[0] - expected)
    print(f"largest differences: score {off[0].max():.1e}, corners {off[1:].max():.1e} pixels")
    if off[0].max() > TOLERANCE or off[1:].max() > TOLERANCE * 25:
        raise SystemExit("the file does not compute what the network does")
    args.to.parent.mkdir(parents=True, exist_ok=True)
    args.to.write_bytes(content)
    print(f"{args.to}: {len(content) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
