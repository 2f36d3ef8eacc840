"""Whatever happens under /v1, the answer is JSON of one shape."""

import json
import sqlite3
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from showpiece.api import application, views
from showpiece.config.body_limit import MARK, SIZE
from showpiece.config.too_large import TooLargeMiddleware
from tests.api.conftest import Ask

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/v1/", "/v1/nothing", "/v1/licenses", "/v1/licenses/activate/", "/v1/docs", "/v1//"])
def test_nothing_there(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_wrong_method(client: Client, method: str) -> None:
    answer = getattr(client, method)("/v1/licenses/activate")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
    assert answer["Allow"] == "POST"


def test_a_fault_of_ours(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise RuntimeError("not for strangers")

    monkeypatch.setattr("showpiece.api.limits.may_ask", fails)
    fields = {"license_key": "A", "project": "0191d3a0-0000-7000-8000-000000000000", "instance_name": "one"}
    status, answer = ask("activate", **fields)
    assert (status, answer["error"]["code"]) == (500, "server_error")
    assert "strangers" not in str(answer)


def test_the_database_has_no_turn_for_us(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise OperationalError("database is locked") from busy

    busy = sqlite3.OperationalError()
    busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
    monkeypatch.setattr("showpiece.api.limits.may_ask", fails)
    fields = {"license_key": "A", "project": "0191d3a0-0000-7000-8000-000000000000"}
    answer = client.post("/v1/licenses/validate", fields, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
    assert answer["Retry-After"] == "10"


def test_too_large(client: Client, rf: RequestFactory) -> None:
    answer = client.post("/v1/licenses/activate", "x" * 1_100_000, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    refused: Any = rf.post("/v1/licenses/activate", {}, content_type="application/json")
    refused.scope = {MARK: SIZE}  # as the body's limit leaves one that it has not read
    told = TooLargeMiddleware(HttpResponse).process_view(refused, views.v1, (), {"rest": "licenses/activate"})
    assert told is not None
    assert (told.status_code, json.loads(told.content)["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=é", b"x"),
        ("multipart/form-data; boundary=one", b"--one\r\nContent-Disposition: form-data; name=x\r\n\r\n"),
        ("multipart/form-data; boundary=one; charset=none", b"--one\r\n"),
        ("application/json", b"{"),
        ("application/json", b"\xff"),
        ("application/json; charset=none", b"{}"),
        ("application/x-www-form-urlencoded; charset=none", b"license_key=1"),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(2000))),
    ],
)
@pytest.mark.parametrize("path", ["/v1/licenses/activate", "/v1/nothing"])
def test_broken_body(client: Client, kind: str, body: bytes, path: str) -> None:
    answer = client.generic("POST", path, body, content_type=kind)
    assert answer["Content-Type"] == "application/json"
    assert answer.status_code in {400, 404, 415, 422}
    assert answer.json()["error"]["code"] in {"bad_body", "not_found", "unsupported_media_type", "invalid"}


def test_description(client: Client) -> None:
    described = client.get("/v1/openapi.json").json()
    assert set(described["paths"]) == {f"/v1/licenses/{what}" for what in ("activate", "validate", "deactivate")}
    answers = described["paths"]["/v1/licenses/activate"]["post"]["responses"]
    assert {"200", "403", "404", "409", "422", "429"} <= set(answers)
    assert all(
        answers[status]["content"]["application/json"]["schema"]["$ref"].endswith("/Fault") for status in ("404", "422")
    )


def test_is_not_cached_and_sets_no_cookie(client: Client) -> None:
    answer = client.get("/v1/openapi.json")
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_django_ninja_is_loaded_by_the_first_request_only() -> None:
    """It costs memory and a longer start, which a shop without software to license spares."""
    import subprocess
    import sys

    script = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'showpiece.config.settings'; django.setup();"
        "from django.urls import get_resolver; get_resolver().url_patterns; print('ninja' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.split()[-1] == "False"
    assert application.api.urls_namespace
    assert views.v1.csrf_exempt  # type: ignore[attr-defined]
