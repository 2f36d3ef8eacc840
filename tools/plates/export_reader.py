"""Write the trained head as ONNX, batch normalisation folded into the convolutions, and check it against torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from tools.plates.train_reader import Head, session

NOTICE = (
    "The head of Showpiece's plate reader, trained on rendered plates (MIT). It reads features of "
    "PP-OCRv6 small (Apache-2.0), which are not in this file."
)


def _folded(conv: nn.Module, norm: nn.Module) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Weight and bias of a convolution without bias and the batch normalisation after it."""
    scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach()  # type: ignore[operator, arg-type]
    weight = conv.weight.detach() * scale.reshape(-1, *[1] * (conv.weight.dim() - 1))  # type: ignore[operator, union-attr]
    return weight.numpy(), (norm.bias - norm.running_mean * scale).detach().numpy()  # type: ignore[operator]


def export(weights: Path, out: Path) -> None:
    """Write `out` with weights in half precision, which are cast when the file is loaded.

    Raises ValueError if the file disagrees with torch.
    """
    head = Head()
    head.load_state_dict(torch.load(weights, weights_only=True))
    head.eval()
    nodes, tensors = [], []

    def tensor(name: str, value: np.ndarray) -> str:  # type: ignore[type-arg]
        if value.dtype == np.float32 and value.size > 64:
            tensors.append(numpy_helper.from_array(value.astype(np.float16), f"{name}.half"))
            nodes.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
        else:
            tensors.append(numpy_helper.from_array(value, name))
        return name

    def conv(x: str, y: str, weight: np.ndarray, bias: np.ndarray, **more: object) -> str:  # type: ignore[type-arg]
        nodes.append(helper.make_node("Conv", [x, tensor(f"{y}.w", weight), tensor(f"{y}.b", bias)], [y], **more))
        return y

    def silu(x: str) -> str:
        nodes.append(helper.make_node("Sigmoid", [x], [f"{x}.s"]))
        nodes.append(helper.make_node("Mul", [x, f"{x}.s"], [f"{x}.silu"]))
        return f"{x}.silu"

    # The norm after the sum of both is folded into both: its scale into the weights, its shift into the first's bias.
    norm = head.start[0]
    weight, bias = _folded(head.rows, norm)
    conv("backbone", "rows", weight, bias)
    nodes.append(helper.make_node("Squeeze", ["rows", tensor("row", np.array([2]))], ["line"]))
    conv("neck", "slow", _folded(head.neck, norm)[0], np.zeros(len(bias), np.float32))
    nodes.append(
        helper.make_node(
            "Resize",
            ["slow", "", tensor("scales", np.array([1, 1, 2], np.float32))],
            ["fast"],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )
    )
    nodes.append(helper.make_node("Add", ["line", "fast"], ["sum"]))
    x = silu("sum")
    for n, mix in enumerate(head.mixes):
        steps = mix.steps  # type: ignore[union-attr]
        y = conv(x, f"mix{n}.deep", *_folded(steps[0], steps[1]), group=steps[0].groups, pads=[3, 3])  # type: ignore[index, union-attr, arg-type]
        y = silu(conv(y, f"mix{n}.point", *_folded(steps[2], steps[3])))  # type: ignore[index, arg-type]
        nodes.append(helper.make_node("Add", [x, y], [f"mix{n}"]))
        x = f"mix{n}"
    conv(x, "logits", head.characters.weight.detach().numpy(), head.characters.bias.detach().numpy())
    nodes.append(helper.make_node("Transpose", ["logits"], ["steps"], perm=[0, 2, 1]))
    nodes.append(helper.make_node("LogSoftmax", ["steps"], ["characters"], axis=2))
    nodes.append(helper.make_node("ReduceMean", [x], ["mean"], axes=[2], keepdims=0))
    nodes.append(helper.make_node("ReduceMax", [x], ["max"], axes=[2], keepdims=0))
    nodes.append(helper.make_node("Concat", ["mean", "max"], ["pooled"], axis=1))
    weight = tensor("region.w", np.ascontiguousarray(head.region.weight.detach().numpy().T))
    nodes.append(
        helper.make_node("Gemm", ["pooled", weight, tensor("region.b", head.region.bias.detach().numpy())], ["votes"])
    )
    nodes.append(helper.make_node("LogSoftmax", ["votes"], ["regions"], axis=1))
    graph = helper.make_graph(
        nodes,
        "plate_reader_head",
        [
            helper.make_tensor_value_info("backbone", TensorProto.FLOAT, ["n", 384, 3, "t"]),
            helper.make_tensor_value_info("neck", TensorProto.FLOAT, ["n", 120, "u"]),
        ],
        [
            helper.make_tensor_value_info("characters", TensorProto.FLOAT, ["n", "t", 37]),
            helper.make_tensor_value_info("regions", TensorProto.FLOAT, ["n", 6]),
        ],
        tensors,
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="showpiece", doc_string=NOTICE
    )
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    data = model.SerializeToString()
    dice = torch.Generator().manual_seed(1)
    sample = torch.randn(2, 384, 3, 48, generator=dice), torch.randn(2, 120, 24, generator=dice)
    with torch.no_grad():
        log_probs, votes = head(*sample)
    got = session(data).run(None, {"backbone": sample[0].numpy(), "neck": sample[1].numpy()})
    worst = max(
        float(np.abs(got[0] - log_probs.numpy()).max()), float(np.abs(got[1] - votes.log_softmax(1).numpy()).max())
    )
    if worst > 0.1:
        raise ValueError(f"the file differs from torch by {worst} (log probability)")
    out.write_bytes(data)
    print(f"{out}: {len(data)} bytes, at most {worst:.4f} from torch")
