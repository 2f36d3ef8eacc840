"""The page that shows how to write a predictor must be right: its code is run here."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from showpiece_predictors import Picture, Predictor, cli, openapi_schema

from .images import encoded, quarters

PAGE = Path(__file__).resolve().parents[2] / "docs" / "writing-a-predictor.md"


@pytest.fixture
def grey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[Predictor[Any, Any]]:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 24
    (tmp_path / "my_package.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "my_package", raising=False)
    found = importlib.import_module("my_package").Grey
    assert issubclass(found, Predictor)
    return found


def test_its_code_predicts(grey: type[Predictor[Any, Any]]) -> None:
    picture = Picture(np.asarray(quarters()))
    told: list[str] = []
    output = grey().predict(grey.Input(image=picture, strength=1), lambda fraction, stage: told.append(stage))
    assert output.brightness == pytest.approx((85 * 3 + 255) / 4)
    assert np.ptp(output.image.pixels.astype(int), axis=2).max() == 0
    assert told == ["mixing colours"]


def test_its_form_and_command_line_follow(
    grey: type[Predictor[Any, Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    properties = openapi_schema(grey)["components"]["schemas"]["Input"]["properties"]
    assert properties["image"]["x-media"] == "image"
    assert (properties["strength"]["minimum"], properties["strength"]["maximum"]) == (0, 1)
    monkeypatch.setattr(cli, "get", lambda name: grey)
    monkeypatch.chdir(tmp_path)
    Path("photo.jpg").write_bytes(encoded(quarters()))
    assert cli.main(["grey", "photo.jpg", "--strength", "0.8", "--out", "grey.jpg"]) == 0
    assert re.fullmatch(r"photo\.jpg\n  brightness: 127\.\d+\n", capsys.readouterr().out)
    assert Path("grey.jpg").exists()
