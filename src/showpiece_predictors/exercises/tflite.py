"""Shorten a TFLite network in memory: keep what some outputs need.

Only the flatbuffer's wire format is read (https://flatbuffers.dev/internals/) with the field numbers of TFLite's
schema (tensorflow/lite/schema/schema.fbs), and vectors are only made shorter in place, so that running needs neither
the schema's 18,000 generated lines nor a second copy of the weights.
"""

from __future__ import annotations

import struct

# Field numbers of schema.fbs.
_MODEL_SUBGRAPHS = 2
_SUBGRAPH_TENSORS, _SUBGRAPH_OUTPUTS, _SUBGRAPH_OPERATORS = 0, 2, 3
_TENSOR_NAME = 3
_OPERATOR_INPUTS, _OPERATOR_OUTPUTS = 1, 2


def _number(data: bytearray, at: int) -> int:
    value: int = struct.unpack_from("<I", data, at)[0]
    return value


def _follow(data: bytearray, at: int) -> int:
    """Where the offset stored at `at` leads."""
    return at + _number(data, at)


def _field(data: bytearray, table: int, number: int) -> int | None:
    """Where the vector, table or string in a field of a table begins. None if the field is not set."""
    vtable = table - struct.unpack_from("<i", data, table)[0]
    entry = 4 + 2 * number
    if entry >= struct.unpack_from("<H", data, vtable)[0]:
        return None
    place = struct.unpack_from("<H", data, vtable + entry)[0]
    return _follow(data, table + place) if place else None


def _integers(data: bytearray, vector: int | None) -> list[int]:
    return [] if vector is None else list(struct.unpack_from(f"<{_number(data, vector)}i", data, vector + 4))


def _tables(data: bytearray, vector: int) -> list[int]:
    return [_follow(data, vector + 4 + 4 * n) for n in range(_number(data, vector))]


def _name(data: bytearray, tensor: int) -> str:
    place = _field(data, tensor, _TENSOR_NAME)
    return "" if place is None else data[place + 4 : place + 4 + _number(data, place)].decode()


def cut(model: bytes, *outputs: str) -> bytes:
    """The serialised network with `outputs`, names of its outputs, as the only ones, in the order they have in it.

    Operators that they do not need are left out. Raises ValueError if the network has no such output, or if the bytes
    are no TFLite network.
    """
    data = bytearray(model)
    if data[4:8] != b"TFL3":
        raise ValueError("not a TFLite model")
    try:
        _cut(data, outputs)
    except (struct.error, TypeError, IndexError, UnicodeDecodeError) as error:
        raise ValueError("not a TFLite model") from error
    return bytes(data)


def _cut(data: bytearray, outputs: tuple[str, ...]) -> None:
    subgraphs = _field(data, _follow(data, 0), _MODEL_SUBGRAPHS)
    graph = _tables(data, subgraphs)[0] if subgraphs is not None else 0
    tensors, made, operators = (
        _field(data, graph, number) for number in (_SUBGRAPH_TENSORS, _SUBGRAPH_OUTPUTS, _SUBGRAPH_OPERATORS)
    )
    if tensors is None or made is None or operators is None:
        raise ValueError("the model has no operators")
    names = {index: _name(data, _tables(data, tensors)[index]) for index in _integers(data, made)}
    for missing in set(outputs).difference(names.values()):
        raise ValueError(f"the model has no output {missing!r}")
    wanted = [index for index, name in names.items() if name in outputs]
    needed, kept = set(wanted), []
    for table in reversed(_tables(data, operators)):  # operators are stored in the order of their work
        if needed.intersection(_integers(data, _field(data, table, _OPERATOR_OUTPUTS))):
            needed.update(_integers(data, _field(data, table, _OPERATOR_INPUTS)))
            kept.append(table)
    struct.pack_into(f"<I{len(wanted)}i", data, made, len(wanted), *wanted)
    places = [table - (operators + 4 + 4 * n) for n, table in enumerate(reversed(kept))]
    struct.pack_into(f"<I{len(places)}I", data, operators, len(places), *places)
