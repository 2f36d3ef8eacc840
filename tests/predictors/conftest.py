from __future__ import annotations

import os
from pathlib import Path

import pytest

from showpiece_predictors import get, weights
from showpiece_predictors.faces import Faces


@pytest.fixture(scope="session")
def models() -> Path:
    """The models directory with the weights of the faces predictor in it."""
    folder = weights.models_directory()
    try:
        weights.ensure(Faces.weights, folder, lambda line: None)
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
