"""What docs/licensing.md shows works as it stands there."""

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.factories import ReleaseFactory
from tests.orders.holders import keyed

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "licensing.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.django_db(transaction=True)
def test_the_python_against_a_live_site(live_server: Any) -> None:
    key = keyed(limit=1)
    (snippet,) = blocks("python")
    found: dict[str, Any] = {}
    exec(compile(snippet, "licensing.md", "exec"), found)  # noqa: S102
    found["SHOP"], found["PROJECT"] = live_server.url, str(key.entitlement.project_id)
    instance = found["activate"](key.key, "Ann's laptop")
    assert found["activate"](key.key, "Ann's laptop") == instance
    assert found["may_run"](key.key, instance) is True
    with pytest.raises(ValueError, match="as many machines"):
        found["activate"](key.key, "another")
    assert found["ask"]("deactivate", license_key=key.key, instance_id=instance)["deactivated"] is True
    assert found["may_run"](key.key, instance) is False
    found["SHOP"] = "http://127.0.0.1:9"
    assert found["may_run"](key.key, instance) is True


@pytest.mark.django_db
def test_the_commands_and_the_answer() -> None:
    key, said = keyed(), {}
    ReleaseFactory(project=key.entitlement.project)
    known = {"KEY": key.key, "PROJECT": str(key.entitlement.project_id), "INSTANCE": ""}
    for line in blocks("sh")[0].splitlines():
        words = shlex.split(line)
        fields = dict(word.split("=", 1) for option, word in pairwise(words) if option == "-d")
        body = urlencode({name: known.get(value, value) for name, value in fields.items()})
        path = words[-1].removeprefix("https://shop.example.org")
        answer = Client().post(path, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200, answer.content
        said[path.rpartition("/")[2]] = answer.json()
        known["INSTANCE"] = answer.json().get("instance", {}).get("id", known["INSTANCE"])
    documented = json.loads(blocks("json")[0])
    assert documented.keys() == said["validate"].keys()
    for part in ("license", "project"):
        assert documented[part].keys() == said["validate"][part].keys()


@pytest.mark.django_db
def test_every_reason_and_code_is_named() -> None:
    from showpiece.api import application, errors, licenses, views
    from showpiece.orders.delivery.activations import Reason

    sources = "".join(Path(str(part.__file__)).read_text() for part in (application, errors, licenses, views))
    codes = set(re.findall(r'(?:error_response|ApiError)\(\s*\d+, "(\w+)"', sources)) | {
        str(reason) for reason in Reason
    }
    assert len(codes) > 12
    assert [code for code in sorted(codes) if f"`{code}`" not in PAGE] == []
