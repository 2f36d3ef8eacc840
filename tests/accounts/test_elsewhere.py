"""Signing in with GitHub and Google: only where it is set up. They are configured at start, so in a process each."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.core import context
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.test import RequestFactory

from showpiece.accounts.adapter import AccountAdapter, SocialAccountAdapter
from showpiece.accounts.models import User
from showpiece.accounts.names import validate_not_reserved, validate_username
from showpiece.config.social import social_providers
from tests.accounts.people import ann
from tests.operations.launch import ROOT

KEYS = {f"{name}_CLIENT_{part}": f"{name} {part}" for name in ("GITHUB", "GOOGLE") for part in ("ID", "SECRET")}
LOOK = """
import json, django
django.setup()
from django.test import Client
from django.test.utils import setup_test_environment
from django.core.management import call_command
setup_test_environment()
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
client = Client(headers={"Accept-Language": "ru"})
pages = {path: client.get(path) for path in PATHS}
post = client.post("/accounts/github/login/?process=login")
print(json.dumps({
    "pages": {path: [page.status_code, page.content.decode()] for path, page in pages.items()},
    "post": [post.status_code, post.headers.get("Location", "")],
    "policy": {path: page["Content-Security-Policy"] for path, page in pages.items()},
    "heavy": sorted({"fido2", "requests", "qrcode"} & set(__import__("sys").modules)),
}))
"""
PATHS = ["/accounts/login/", "/accounts/signup/", "/accounts/github/login/", "/accounts/google/login/",
         "/accounts/github/login/callback/?error=access_denied", "/accounts/3rdparty/login/cancelled/",
         "/accounts/3rdparty/login/error/"]  # fmt: skip


def look(home: Path, **env: str) -> dict[str, dict[str, list[object]]]:
    command = [sys.executable, "-c", LOOK.replace("PATHS", repr(PATHS))]
    own = {"SHOWPIECE_HOME": str(home), "PYTHONPATH": f"{ROOT / 'src'}", "LOG_LEVEL": "ERROR"}
    own["DJANGO_SETTINGS_MODULE"] = "showpiece.config.settings"
    own["ALLOWED_HOSTS"] = "testserver"
    environment = {name: value for name, value in os.environ.items() if name not in KEYS} | own | env
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, dict[str, list[object]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_nothing_of_it_where_it_is_not_set_up(tmp_path: Path) -> None:
    found = look(tmp_path, GITHUB_CLIENT_ID="only half of it")
    for path in ("/accounts/login/", "/accounts/signup/"):
        status, html = found["pages"][path]
        assert status == 200
        assert "GitHub" not in str(html)
        assert "Google" not in str(html)
    for path in PATHS[2:]:
        assert found["pages"][path][0] == 404
    assert found["heavy"] == [], "loaded only when somebody opens such a page"


def test_buttons_and_the_way_out(tmp_path: Path) -> None:
    found = look(tmp_path, **KEYS)
    for path in ("/accounts/login/", "/accounts/signup/"):
        assert "Продолжить \u0441 GitHub" in str(found["pages"][path][1])
        assert "Продолжить \u0441 Google" in str(found["pages"][path][1])
    for path in PATHS[2:4]:
        status, html = found["pages"][path]
        assert status == 200, "a page with a button: a link alone must not sign anybody in"
        assert "site-header" in str(html)
    assert "https://github.com" in str(found["policy"]["/accounts/github/login/"])
    assert "https://github.com" not in str(found["policy"]["/accounts/login/"])
    assert found["post"][0] == 302
    assert str(found["post"][1]).startswith("https://github.com/login/oauth/authorize?client_id=GITHUB+ID")
    for path in PATHS[5:]:
        assert found["pages"][path][0] in (200, 401), path
        assert "site-header" in str(found["pages"][path][1])


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({"github": ("", "")}, []),
        ({"github": ("a", "")}, []),
        ({"github": ("", "b")}, []),
        ({"github": ("a", "b"), "google": ("", "")}, ["github"]),
        ({"github": ("a", "b"), "google": ("c", "d")}, ["github", "google"]),
    ],
)
def test_both_parts_are_needed(keys: dict[str, tuple[str, str]], names: list[str]) -> None:
    assert list(social_providers(**keys)) == names


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["admin", "x", "Ann.Lee!", "\u0438\u043c\u044f", "a" * 60, "", "ann"])
@pytest.mark.parametrize(("name", "kept"), [("Ann  Lee", "Ann Lee"), ("\u0410nn", ""), ("A\u202enn", ""), (None, "")])
def test_who_comes_from_elsewhere_is_called_what_may_be(
    rf: RequestFactory, username: str, name: str | None, kept: str
) -> None:
    ann()
    request = rf.get("/")
    data = {"email": "ann.lee@example.org", "username": username, "name": name}
    with context.request_context(request):
        login = SocialLogin(user=User(), account=SocialAccount(provider="github", uid="1"))
        user = SocialAccountAdapter().populate_user(request, login, data)
        AccountAdapter().populate_username(request, user)
        generated = AccountAdapter().generate_unique_username([username, user.email, "user"])
    assert user.name == kept
    for found in (user.username, generated):
        validate_username(found)
        validate_not_reserved(found)
        assert found.lower() != "ann"
