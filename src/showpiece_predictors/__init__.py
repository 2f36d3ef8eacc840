"""Models with typed input and output: what the demos run. No Django in here."""

from .base import (
    Canceled,
    Film,
    Frame,
    Picture,
    Predictor,
    PredictorError,
    Progress,
    UnknownPredictor,
    film_fields,
    get,
    names,
    picture_fields,
)
from .schema import openapi_schema

__all__ = [
    "Canceled",
    "Film",
    "Frame",
    "Picture",
    "Predictor",
    "PredictorError",
    "Progress",
    "UnknownPredictor",
    "film_fields",
    "get",
    "names",
    "openapi_schema",
    "picture_fields",
]
