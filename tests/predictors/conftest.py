from __future__ import annotations

import os
from pathlib import Path

import pytest

from showpiece_predictors import get, weights
from showpiece_predictors.exercises import Exercises
from showpiece_predictors.faces import Faces
from showpiece_predictors.plates import Plates


def with_weights(keys: tuple[str, ...]) -> Path:
    """The models directory with these weights in it."""
    folder = weights.models_directory()
    try:
        weights.ensure(keys, folder, lambda line: None)
    except weights.WeightsError as error:
        if os.environ.get("SHOWPIECE_REQUIRE_ALL") == "1":
            pytest.fail(f"required here: {error}")
        pytest.skip(str(error))
    return folder


@pytest.fixture(scope="session")
def models() -> Path:
    """The models directory with the weights of all our predictors in it."""
    return with_weights((*Faces.weights, *Plates.weights, *Exercises.weights))


@pytest.fixture(scope="session")
def faces() -> Faces:
    predictor = get("faces")()
    assert isinstance(predictor, Faces)
    predictor.setup(with_weights(Faces.weights))
    return predictor


@pytest.fixture(scope="session")
def plates() -> Plates:
    predictor = get("plates")()
    assert isinstance(predictor, Plates)
    predictor.setup(with_weights(Plates.weights))
    return predictor


@pytest.fixture(scope="session")
def exercises() -> Exercises:
    predictor = Exercises()
    predictor.setup(with_weights(Exercises.weights))
    return predictor
