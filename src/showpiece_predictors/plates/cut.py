"""Shorten an ONNX network in memory: keep what some inner values need, and make those values the outputs.

Only protobuf's wire format is read (https://protobuf.dev/programming-guides/encoding/) with the field numbers of
onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), so that running needs no `onnx` package.
"""

from __future__ import annotations

from collections.abc import Iterator

# Field numbers of onnx.proto.
_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_OUTPUT, _GRAPH_VALUE_INFO = 1, 5, 12, 13
_NODE_INPUT, _NODE_OUTPUT = 1, 2
_TENSOR_NAME, _VALUE_NAME = 8, 1
_LENGTH_DELIMITED = 2


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """The number at `at` and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """(number, payload, whole field with its key) of each field; the payload is empty if it has no length."""
    at = 0
    while at < len(data):
        start = at
        key, at = _varint(data, at)
        kind = key & 7
        payload = data[0:0]
        if kind == _LENGTH_DELIMITED:
            length, at = _varint(data, at)
            payload, at = data[at : at + length], at + length
        elif kind == 0:
            _, at = _varint(data, at)
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise ValueError(f"protobuf wire type {kind} is not known")
        if at > len(data):
            raise ValueError("the file ends within a field")
        yield key >> 3, payload, data[start:at]


def _field(number: int, payload: bytes) -> bytes:
    return _number(number << 3 | _LENGTH_DELIMITED) + _number(len(payload)) + payload


def _texts(message: memoryview, wanted: int) -> list[str]:
    return [bytes(payload).decode() for number, payload, _ in _fields(message) if number == wanted]


def cut(model: bytes, *outputs: str) -> bytes:
    """The serialised network with `outputs`, names of inner values, as its only outputs.

    Nodes and weights that they do not need are left out. Raises ValueError if no node makes one of them, or if the
    bytes are no ONNX.
    """
    try:
        fields = list(_fields(memoryview(model)))
        graph = next(payload for number, payload, _ in fields if number == _MODEL_GRAPH)
        parts = list(_fields(graph))
        nodes = [
            (field, _texts(body, _NODE_INPUT), _texts(body, _NODE_OUTPUT))
            for number, body, field in parts
            if number == _GRAPH_NODE
        ]
    except (IndexError, StopIteration, UnicodeDecodeError) as error:
        raise ValueError("not an ONNX model") from error
    needed, kept = set(outputs), []
    for field, inputs, made in reversed(nodes):  # ONNX lists nodes in the order of their work
        if needed.intersection(made):
            needed.update(inputs)
            kept.append(field)
    for missing in set(outputs).difference(*(made for _, _, made in nodes)):
        raise ValueError(f"the model has no value {missing!r}")
    body = [bytes(field) for field in reversed(kept)]
    for number, payload, field in parts:
        unused = number == _GRAPH_INITIALIZER and not needed.intersection(_texts(payload, _TENSOR_NAME))
        if number not in (_GRAPH_NODE, _GRAPH_OUTPUT, _GRAPH_VALUE_INFO) and not unused:
            body.append(bytes(field))
    body += [_field(_GRAPH_OUTPUT, _field(_VALUE_NAME, output.encode())) for output in outputs]
    rest = [bytes(field) for number, _, field in fields if number != _MODEL_GRAPH]
    return b"".join([*rest, _field(_MODEL_GRAPH, b"".join(body))])
