from __future__ import annotations

import json
import subprocess
import sys
from enum import IntEnum
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from pydantic import BaseModel, Field, ValidationError

from showpiece_predictors import Picture, Predictor, UnknownPredictor, get, names, openapi_schema, picture_fields
from showpiece_predictors.faces import Faces, FacesInput


class Size(IntEnum):
    SMALL = 1
    LARGE = 2


class EveryInput(BaseModel):
    """One field of each kind."""

    image: Picture
    mask: Picture | None = None
    style: Literal["plain", "bold"] = Field("plain", description="How it looks.")
    size: Size = Size.SMALL
    only: Literal["this"] = "this"
    count: int = Field(3, ge=1, le=9)
    ratio: float = Field(0.5, gt=0, lt=1)
    note: str | None = Field(None, max_length=20)
    tags: list[str] = []


class Row(BaseModel):
    name: str
    score: float | None


class EveryOutput(BaseModel):
    rows: list[Row]
    best: Row | None


class Every(Predictor[EveryInput, EveryOutput]):
    name = "every"
    title = "Every kind of field"
    version = "2.1"
    Input: ClassVar[type[BaseModel]] = EveryInput
    Output: ClassVar[type[BaseModel]] = EveryOutput

    def predict(self, input: EveryInput, progress: Any) -> EveryOutput:
        return EveryOutput(rows=[], best=None)


SCHEMAS = openapi_schema(Every)["components"]["schemas"]


def test_the_web_process_imports_predictors_without_a_runtime() -> None:
    code = (
        "import sys, json; from showpiece_predictors import get, openapi_schema; import showpiece_predictors.media;"
        "openapi_schema(get('faces')); import showpiece_predictors.cli;"
        "print(json.dumps([m for m in ('numpy', 'PIL', 'onnxruntime', 'django') if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_names_and_get() -> None:
    assert "faces" in names()
    assert get("faces") is Faces


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownPredictor, match=r'no predictor named "palms".*faces'):
        get("palms")


def test_properties_come_in_order_with_their_limits() -> None:
    properties = SCHEMAS["Input"]["properties"]
    assert [prop["x-order"] for prop in properties.values()] == list(range(len(EveryInput.model_fields)))
    assert properties["count"]["minimum"] == 1
    assert properties["count"]["maximum"] == 9
    assert properties["count"]["default"] == 3
    assert properties["ratio"]["exclusiveMinimum"] is True
    assert properties["ratio"]["minimum"] == 0
    assert properties["note"]["nullable"] is True
    assert properties["note"]["maxLength"] == 20
    assert SCHEMAS["Input"]["required"] == ["image"]


def test_files_are_uris_and_say_which_kind() -> None:
    for name in ("image", "mask"):
        prop = SCHEMAS["Input"]["properties"][name]
        assert (prop["type"], prop["format"], prop["x-media"]) == ("string", "uri", "image")
    assert SCHEMAS["Input"]["properties"]["mask"]["nullable"] is True


def test_choices_are_components_as_in_cog() -> None:
    prop = SCHEMAS["Input"]["properties"]["style"]
    assert prop["allOf"] == [{"$ref": "#/components/schemas/style"}]
    assert prop["default"] == "plain"
    assert SCHEMAS["style"]["enum"] == ["plain", "bold"]
    assert SCHEMAS["only"]["enum"] == ["this"]
    assert SCHEMAS["Size"]["enum"] == [1, 2]


def test_output_models_are_components() -> None:
    assert SCHEMAS["Output"]["properties"]["rows"]["items"] == {"$ref": "#/components/schemas/Row"}
    assert SCHEMAS["Output"]["properties"]["best"]["nullable"] is True
    assert SCHEMAS["Row"]["properties"]["score"]["x-order"] == 1


@pytest.mark.parametrize("cls", [Every, Faces])
def test_the_document_is_openapi_3_0(cls: type[Predictor[Any, Any]]) -> None:
    document = openapi_schema(cls)
    assert document["openapi"] == "3.0.2"
    assert document["info"] == {"title": cls.title, "version": cls.version}
    known = document["components"]["schemas"]

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            assert node.get("type") != "null"
            assert not {"const", "$defs", "prefixItems"} & set(node)
            if "$ref" in node:
                assert len(node) == 1
                assert node["$ref"].removeprefix("#/components/schemas/") in known
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)
    assert json.loads(json.dumps(document)) == document


def test_picture_fields() -> None:
    assert picture_fields(EveryInput) == ("image", "mask")
    assert picture_fields(EveryOutput) == ()


def test_a_picture_is_height_width_three_bytes() -> None:
    picture = Picture(np.zeros((4, 7, 3), np.uint8))
    assert (picture.width, picture.height) == (7, 4)
    assert repr(picture) == "<Picture 7x4>"
    for wrong in (np.zeros((4, 7), np.uint8), np.zeros((4, 7, 4), np.uint8), np.zeros((4, 7, 3), np.float32)):
        with pytest.raises(ValueError, match="uint8"):
            Picture(wrong)  # type: ignore[arg-type]


def test_a_string_is_no_picture() -> None:
    with pytest.raises(ValidationError):
        FacesInput(image="photo.jpg")  # type: ignore[arg-type]
