"""Turn face-api's `age_gender_model` into an ONNX file: how `faces/face-api-age-gender.onnx` was made.

    npm pack @vladmandic/face-api@1.7.15 && tar xzf vladmandic-face-api-1.7.15.tgz
    pip install onnx numpy
    python tools/convert_face_api.py package/model src/showpiece_predictors/faces/face-api-age-gender.onnx

The package has the weights as bytes with a scale and an offset each, and the network only as code, so the graph is
written here after `src/ageGenderNet/AgeGenderNet.ts` and `src/xception/TinyXception.ts` of that package (MIT). The
weights stay in eight bits in the file (0.44 MB) and are scaled by the graph itself. `onnx` is needed here only, and
never at run time.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MEAN = (122.782, 117.001, 104.298)  # TinyXception.forwardInput
SIZE = 112


class Graph:
    """Collects nodes; each method adds one and returns the name of its output."""

    def __init__(self, folder: Path) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.weights: dict[str, str] = {}
        group = json.loads((folder / "age_gender_model-weights_manifest.json").read_text())[0]
        data = b"".join((folder / path).read_bytes() for path in group["paths"])
        at = 0
        for entry in group["weights"]:
            at += self._weight(entry, data, at)
        if at != len(data):
            raise SystemExit(f"{len(data) - at} bytes of weights were not used")

    def _weight(self, entry: dict, data: bytes, at: int) -> int:
        name, shape, quantization = entry["name"], entry["shape"], entry.get("quantization")
        count = int(np.prod(shape))
        if quantization is None:
            values = np.frombuffer(data, "<f4", count, at).reshape(shape)
            self.weights[name] = self.constant(name, self._layout(name, values))
            return count * 4
        values = self._layout(name, np.frombuffer(data, np.uint8, count, at).reshape(shape))
        # tfjs: value = byte * scale + min, with min a whole multiple of scale so that zero is exact.
        zero = -quantization["min"] / quantization["scale"]
        if abs(zero - round(zero)) > 1e-4:
            raise SystemExit(f"{name}: zero point {zero} is not a whole number")
        inputs = [
            self.constant(f"{name}:bytes", values),
            self.constant(f"{name}:scale", np.float32(quantization["scale"])),
            self.constant(f"{name}:zero", np.uint8(round(zero))),
        ]
        self.weights[name] = self.node("DequantizeLinear", inputs)
        return count

    @staticmethod
    def _layout(name: str, values: np.ndarray) -> np.ndarray:
        """Height, width, in, out (tfjs) to out, in, height, width (ONNX); depthwise: channels come first."""
        if values.ndim != 4:
            return values
        return np.ascontiguousarray(values.transpose((2, 3, 0, 1) if "depthwise" in name else (3, 2, 0, 1)))

    def constant(self, name: str, values: np.ndarray | np.generic) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def node(self, kind: str, inputs: list[str], **attributes: object) -> str:
        output = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def conv(self, x: str, filters: str, bias: str | None = None, stride: int = 1, **attributes: object) -> str:
        # SAME_UPPER is TensorFlow's "same": an odd pixel of padding goes to the right and to the bottom.
        inputs = [x, self.weights[filters], *([self.weights[bias]] if bias else [])]
        return self.node("Conv", inputs, auto_pad="SAME_UPPER", strides=[stride, stride], **attributes)

    def separable(self, x: str, name: str, channels: int) -> str:
        x = self.conv(x, f"{name}/depthwise_filter", group=channels)
        return self.conv(x, f"{name}/pointwise_filter", f"{name}/bias")

    def relu(self, x: str) -> str:
        return self.node("Relu", [x])

    def reduction(self, x: str, name: str, channels: tuple[int, int], *, activate: bool = True) -> str:
        out = self.separable(self.relu(x) if activate else x, f"{name}/separable_conv0", channels[0])
        out = self.separable(self.relu(out), f"{name}/separable_conv1", channels[1])
        out = self.node("MaxPool", [out], kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
        return self.node(
            "Add", [out, self.conv(x, f"{name}/expansion_conv/filters", f"{name}/expansion_conv/bias", stride=2)]
        )

    def main(self, x: str, name: str) -> str:
        out = x
        for index in range(3):
            out = self.separable(self.relu(out), f"{name}/separable_conv{index}", 128)
        return self.node("Add", [out, x])


def build(folder: Path) -> onnx.ModelProto:
    graph = Graph(folder)
    mean = graph.constant("mean", np.array(MEAN, np.float32).reshape(1, 3, 1, 1))
    x = graph.node("Sub", ["images", mean])
    x = graph.node("Div", [x, graph.constant("255", np.float32(255))])
    x = graph.relu(graph.conv(x, "entry_flow/conv_in/filters", "entry_flow/conv_in/bias", stride=2))
    x = graph.reduction(x, "entry_flow/reduction_block_0", (32, 64), activate=False)
    x = graph.reduction(x, "entry_flow/reduction_block_1", (64, 128))
    for block in range(2):
        x = graph.main(x, f"middle_flow/main_block_{block}")
    x = graph.reduction(x, "exit_flow/reduction_block", (128, 256))
    x = graph.relu(graph.separable(x, "exit_flow/separable_conv", 256))
    x = graph.node("Flatten", [graph.node("GlobalAveragePool", [x])])  # the map is 7 x 7, as the pool of the original
    outputs = []
    for name in ("age", "gender"):
        y = graph.node("MatMul", [x, graph.weights[f"fc/{name}/weights"]])
        outputs.append(graph.node("Add", [y, graph.weights[f"fc/{name}/bias"]]))
    graph.nodes.append(helper.make_node("Identity", [outputs[0]], ["age"]))
    graph.nodes.append(helper.make_node("Softmax", [outputs[1]], ["sex"], axis=1))
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "age_gender_model of @vladmandic/face-api 1.7.15, MIT licence",
            [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", 3, SIZE, SIZE])],
            [
                helper.make_tensor_value_info("age", TensorProto.FLOAT, ["N", 1]),
                helper.make_tensor_value_info("sex", TensorProto.FLOAT, ["N", 2]),
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,
        producer_name="tools/convert_face_api.py",
    )
    onnx.checker.check_model(model, full_check=True)
    return model


if __name__ == "__main__":
    source, target = (Path(argument) for argument in sys.argv[1:3])
    target.write_bytes(build(source).SerializeToString(deterministic=True))
    sys.stdout.write(f"{target}: {target.stat().st_size} bytes\n")
