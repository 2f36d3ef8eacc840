from __future__ import annotations

import os
from pathlib import Path

import pytest

from showpiece_predictors import get, weights
from showpiece_predictors.faces import Faces
from showpiece_predictors.plates import Plates


@pytest.fixture(scope="session")
def models() -> Path:
    """The models directory with the weights of our predictors in it."""
    folder = weights.models_directory()
    try:
        weights.ensure((*Faces.weights, *Plates.weights), folder, lambda line: None)
    except weights.WeightsError as error:
        if os.environ.get("SHOWPIECE_REQUIRE_ALL") == "1":
            pytest.fail(f"required here: {error}")
        pytest.skip(str(error))
    return folder


@pytest.fixture(scope="session")
def faces(models: Path) -> Faces:
    predictor = get("faces")()
    assert isinstance(predictor, Faces)
    predictor.setup(models)
    return predictor


@pytest.fixture(scope="session")
def plates(models: Path) -> Plates:
    predictor = get("plates")()
    assert isinstance(predictor, Plates)
    predictor.setup(models)
    return predictor
