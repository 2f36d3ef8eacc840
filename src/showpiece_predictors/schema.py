"""A predictor's models as the OpenAPI document that Cog serves at `/openapi.json`.

Cog writes OpenAPI 3.0.2, pydantic writes JSON Schema 2020-12, so the difference is bridged here: `nullable` in place of
a union with null, choices as a component of their own, `x-order` on every property, and no keyword beside `$ref`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

    from .base import Predictor

REF = "#/components/schemas/"
STATES = ["starting", "processing", "succeeded", "canceled", "failed"]


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": REF + name}


def _openapi(node: Any) -> Any:
    """Rewrite one JSON Schema node, and all below it, as OpenAPI 3.0."""
    if isinstance(node, list):
        return [_openapi(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: _openapi(value) for key, value in node.items()}
    union = out.get("anyOf")
    if isinstance(union, list) and {"type": "null"} in union:
        rest = [item for item in union if item != {"type": "null"}]
        del out["anyOf"]
        out = {**(rest[0] if len(rest) == 1 else {"anyOf": rest}), **out, "nullable": True}
    if "const" in out:
        out["enum"] = [out.pop("const")]
    for bound in ("Minimum", "Maximum"):
        limit = out.get(f"exclusive{bound}")
        if isinstance(limit, (int, float)) and not isinstance(limit, bool):
            out[bound.lower()], out[f"exclusive{bound}"] = limit, True
    if "$ref" in out and len(out) > 1:
        out["allOf"] = [{"$ref": out.pop("$ref")}]
    return out


def _components(model: type[BaseModel], name: str, *, output: bool) -> dict[str, Any]:
    raw = model.model_json_schema(mode="serialization" if output else "validation", ref_template=REF + "{model}")
    definitions = raw.pop("$defs", {})
    raw["title"] = name
    components = {key: _openapi(value) for key, value in {name: raw, **definitions}.items()}
    for component in components.values():
        for order, prop in enumerate(component.get("properties", {}).values()):
            prop["x-order"] = order
    if not output:
        for key, prop in components[name].get("properties", {}).items():
            if "enum" in prop:
                components[key] = {
                    "title": key,
                    "description": "An enumeration.",
                    "enum": prop.pop("enum"),
                    "type": prop.pop("type", "string"),
                }
                prop["allOf"] = [_ref(key)]
    return components


def _object(title: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": title, "type": "object", "properties": properties, **more}


def _json_body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def openapi_schema(cls: type[Predictor[Any, Any]]) -> dict[str, Any]:
    """The predictor's OpenAPI 3.0.2 document in Cog's shape.

    `components.schemas.Input` and `.Output` are what forms, validation, API docs and the command line are made from.
    """
    stamp = {"type": "string", "format": "date-time"}
    text = {"type": "string"}
    schemas: dict[str, Any] = {
        **_components(cls.Output, "Output", output=True),
        **_components(cls.Input, "Input", output=False),
        "PredictionRequest": _object("PredictionRequest", {"id": text, "input": _ref("Input")}),
        "PredictionResponse": _object(
            "PredictionResponse",
            {
                "input": _ref("Input"),
                "output": _ref("Output"),
                "id": text,
                "version": text,
                "created_at": stamp,
                "started_at": stamp,
                "completed_at": stamp,
                "status": _ref("Status"),
                "error": text,
                "logs": text,
                "metrics": {"type": "object"},
            },
        ),
        "Status": {"title": "Status", "description": "An enumeration.", "enum": STATES, "type": "string"},
        "HTTPValidationError": _object(
            "HTTPValidationError", {"detail": {"type": "array", "items": _ref("ValidationError")}}
        ),
        "ValidationError": _object(
            "ValidationError",
            {
                "loc": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
                "msg": text,
                "type": text,
            },
            required=["loc", "msg", "type"],
        ),
    }
    responses = {
        "200": {"description": "Successful Response", **_json_body(_ref("PredictionResponse"))},
        "422": {"description": "Validation Error", **_json_body(_ref("HTTPValidationError"))},
    }
    predict = {
        "summary": "Predict",
        "description": "Run a single prediction on the model",
        "operationId": "predict_predictions_post",
        "requestBody": _json_body(_ref("PredictionRequest")),
        "responses": responses,
    }
    return {
        "openapi": "3.0.2",
        "info": {"title": cls.title, "version": cls.version},
        "paths": {"/predictions": {"post": predict}},
        "components": {"schemas": schemas},
    }
