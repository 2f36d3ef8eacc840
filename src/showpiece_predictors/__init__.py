"""Models with typed input and output: what the demos run. No Django in here."""

from .base import (
    Canceled,
    Picture,
    Predictor,
    PredictorError,
    Progress,
    UnknownPredictor,
    get,
    names,
    picture_fields,
)
from .schema import openapi_schema

__all__ = [
    "Canceled",
    "Picture",
    "Predictor",
    "PredictorError",
    "Progress",
    "UnknownPredictor",
    "get",
    "names",
    "openapi_schema",
    "picture_fields",
]
