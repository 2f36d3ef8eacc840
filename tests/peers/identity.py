"""A small site that says who people are, by OAuth 2 over HTTP: what GitHub and Google answer, well or badly."""

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

AUTHORIZE = ("/login/oauth/authorize", "/google/authorize")
TOKEN = ("/login/oauth/access_token", "/google/token")
GITHUB_USER, GITHUB_EMAILS, GOOGLE_USER = "/api/v3/user", "/api/v3/user/emails", "/google/userinfo"
HANG_SECONDS = 4.0


@dataclass
class Answer:
    """What is said at an address instead of the usual: a status, a body, or nothing for long."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    hangs: bool = False


@dataclass
class IdentityProvider:
    """Who it says the visitor is (`people`, by address), whether they agree, and what goes wrong (`broken`)."""

    url: str = ""
    consents: bool = True
    people: dict[str, Any] = field(default_factory=dict)
    broken: dict[str, Answer] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)

    def is_github(self, *, email: str, uid: int = 1, verified: bool = True, **more: Any) -> None:
        """The visitor has an account there with one address."""
        self.people[GITHUB_USER] = {"id": uid, "login": "octo", "name": "Octo Cat", "email": None} | more
        self.people[GITHUB_EMAILS] = [{"email": email, "primary": True, "verified": verified}]

    def is_google(self, *, email: str, uid: str = "1", verified: bool = True) -> None:
        self.people[GOOGLE_USER] = {"id": uid, "email": email, "verified_email": verified}
        self.people[GOOGLE_USER] |= {"name": "Goo Gle", "given_name": "Goo", "family_name": "Gle"}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the visitor is sent back to."""
        back = {"state": asked["state"]}
        if self.consents:
            back["code"] = secrets.token_hex(8)
            self.codes[back["code"]] = asked
        else:
            back["error"] = "access_denied"
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def token(self, sent: dict[str, str]) -> Answer:
        """A code works once, for the client and the address that it was made for."""
        asked = self.codes.pop(sent.get("code", ""), {})
        same = all(asked.get(name) == sent.get(name) for name in ("client_id", "redirect_uri"))
        proof = "code_challenge" not in asked or "code_verifier" in sent
        if not asked or not same or not sent.get("client_secret") or not proof:
            return Answer(400, b'{"error": "invalid_grant"}')
        token = secrets.token_hex(8)
        self.tokens.add(token)
        return Answer(body=json.dumps({"access_token": token, "token_type": "bearer"}).encode())

    def person(self, path: str, authorization: str) -> Answer:
        if authorization.rpartition(" ")[2] not in self.tokens:
            return Answer(401, b'{"message": "Bad credentials"}')
        if path not in self.people:
            return Answer(404, b"{}")
        return Answer(body=json.dumps(self.people[path]).encode())


class _Handler(BaseHTTPRequestHandler):
    provider: IdentityProvider

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, _flat(urlsplit(self.path).query)
        if path in AUTHORIZE:
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(query))
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.say(path, self.provider.person(path, self.headers.get("Authorization", "")))

    def do_POST(self) -> None:
        sent = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.say(self.path, self.provider.token(sent) if self.path in TOKEN else Answer(404))

    def say(self, path: str, usual: Answer) -> None:
        answer = self.provider.broken.get(path, usual)
        if answer.hangs:
            time.sleep(HANG_SECONDS)
        with contextlib.suppress(OSError):  # who asked has given up
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

    def log_message(self, *arguments: Any) -> None:
        """Silent."""


def _flat(query: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(query).items()}


@contextlib.contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    provider = IdentityProvider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"provider": provider}))
    server.daemon_threads = True
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
