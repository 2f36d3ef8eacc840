"""A small Stripe over HTTP, with what goes wrong on demand. On its own, to try a shop against it:

python -m tests.peers.stripe --port 12111 --events http://127.0.0.1:8000/payments/events/stripe/
"""

import argparse
import base64
import contextlib
import hashlib
import hmac
import html
import json
import re
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.peers.stripe_books import ApiError, Thing
from tests.peers.stripe_months import MONTH, Months

KEY, SECRET = "sk_test_peer", "whsec_peer"
HANG_SECONDS = 1.0
BUTTONS = {
    "pay": "Pay",
    "decline": "Pay with a card that is declined",
    "3ds": "Pay with a card whose bank asks",
    "later": "Pay by bank debit, in some days",
}


@dataclass
class Fault:
    """What goes wrong the next `times` that a request comes: `hang`, `reset`, or a status; `before` or `after` the work
    is done."""

    what: str | int
    when: str = "before"
    path: str = ""
    method: str = "POST"
    times: int = 1


@dataclass
class StripePeer(Months):
    """Stripe, with the shop's endpoint for events."""

    events_url: str = ""
    # Sends each event at once, by itself; else only `deliver` does.
    sends: bool = False
    faults: list[Fault] = field(default_factory=list)
    keys: dict[str, tuple[str, int, Thing] | None] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def fault(self, method: str, path: str, when: str) -> str | int:
        with self.lock:
            for fault in self.faults:
                if fault.times and (fault.when, fault.method) == (when, method) and fault.path in path:
                    fault.times -= 1
                    return fault.what
        return ""

    # Events

    def tell(self, kind: str, thing: Thing) -> Thing:
        event = super().tell(kind, _shown(thing))
        if self.sends:
            threading.Thread(target=self.deliver, args=(copy_of(event),), daemon=True).start()
        return event

    def told(self, kind: str) -> Thing:
        """The newest event of a kind."""
        return [event for event in self.events if event["type"] == kind][-1]

    def deliver(self, event: Thing, tries: int = 5) -> int:
        """Send it to the shop until it is taken. The status of the last answer, 0 for none."""
        body, status = json.dumps(event), 0
        for attempt in range(tries):
            with contextlib.suppress(httpx.HTTPError):
                headers = {"Stripe-Signature": signature(body), "Content-Type": "application/json"}
                status = httpx.post(self.events_url, content=body, headers=headers, timeout=10).status_code
                if status == 200:
                    break
            time.sleep(0.2 * 2**attempt)
        return status

    # Requests

    def answer(self, method: str, path: str, sent: Thing, key: str) -> tuple[int, Thing]:
        """What the API says. The same key again gets the same answer."""
        if not key or method != "POST":
            return self._done(method, path, sent)
        fingerprint = hashlib.sha256(json.dumps([path, sent], sort_keys=True).encode()).hexdigest()
        with self.lock:
            if key in self.keys:
                kept = self.keys[key]
                if kept is None:
                    return 409, ApiError(409, "In progress.", type="idempotency_error").body
                if kept[0] != fingerprint:
                    text = "Keys for idempotent requests can only be used with the same parameters as at first."
                    return 400, ApiError(400, text, type="idempotency_error").body
                return kept[1], kept[2]
            self.keys[key] = None
        status, body = self._done(method, path, sent)
        with self.lock:
            self.keys[key] = (fingerprint, status, copy_of(body))
        return status, body

    def _done(self, method: str, path: str, sent: Thing) -> tuple[int, Thing]:
        try:
            with self.lock:
                return 200, _shown(self._route(method, path, sent))
        except ApiError as error:
            return error.status, error.body

    def _route(self, method: str, path: str, sent: Thing) -> Thing:
        parts = path.removeprefix("/v1/").split("/")
        match (method, parts):
            case ("POST", ["checkout", "sessions"]):
                return self.open_session(sent)
            case ("GET", ["checkout", "sessions"]):
                return self._page(self.of_kind("checkout.session", payment_intent=sent["payment_intent"]), path, sent)
            case ("GET", ["checkout", "sessions", name]):
                return self._expanded(self.get(name, "checkout.session"), sent.get("expand", []))
            case ("POST", ["checkout", "sessions", name, "expire"]):
                return self.expire(name)
            case ("GET", ["payment_intents", name]):
                return self._expanded(self.get(name, "payment_intent"), sent.get("expand", []))
            case ("POST", ["refunds"]):
                return self.refund(sent["payment_intent"], int(sent["amount"]), sent.get("metadata"))
            case ("GET", ["refunds" | "disputes" as kind]):
                return self._page(self.of_kind(kind[:-1], payment_intent=sent["payment_intent"]), path, sent)
        return self._route_monthly(method, path, sent)

    def _route_monthly(self, method: str, path: str, sent: Thing) -> Thing:
        match (method, path.removeprefix("/v1/").split("/")):
            case ("GET", ["subscriptions", name]):
                return self._expanded(self.get(name, "subscription"), sent.get("expand", []))
            case ("POST", ["subscriptions", name]):
                return self.change_subscription(name, sent)
            case ("POST", ["customers", name]):
                return self.change_customer(name, sent)
            case ("DELETE", ["subscriptions", name]):
                return self.cancel(name)
            case ("GET", ["invoices"]):
                return self._page(self.invoices(sent), path, sent)
            case ("POST", ["billing_portal", "sessions"]):
                return self.portal(sent)
        raise ApiError(404, f"Unrecognized request URL ({method}: {path}).")

    def _page(self, found: list[Thing], path: str, sent: Thing) -> Thing:
        names = [thing["id"] for thing in found]
        begin = names.index(sent["starting_after"]) + 1 if sent.get("starting_after") else 0
        end = begin + int(sent.get("limit", 10))
        return {"object": "list", "url": path, "data": found[begin:end], "has_more": end < len(found)}

    def _expanded(self, thing: Thing, paths: list[str]) -> Thing:
        found = dict(thing)
        for path in paths:
            name, _dot, rest = path.partition(".")
            if found[name]:
                thing = found[name] if isinstance(found[name], dict) else self.things[found[name]]
                found[name] = self._expanded(thing, [rest] if rest else [])
        return found

    def page(self, name: str) -> str:
        """Where a buyer pays."""
        session = self.get(name, "checkout.session")
        intent = self.things.get(session["payment_intent"] or "", {})
        asks = intent.get("status") == "requires_action"
        buttons = {"confirm": "Yes, it was me", "decline": "No"} if asks else BUTTONS
        if session["status"] != "open":
            buttons = MONTH if session.get("subscription") else {}
        problem = (intent.get("last_payment_error") or {}).get("message", "")
        return (
            f"<!doctype html><html lang='{session['locale']}'><title>Stripe</title>"
            f"<h1>{html.escape(session['_name'])}</h1>"
            f"<p>{session['amount_total']} {session['currency'].upper()}, "
            f"{html.escape(session['customer_email'] or '')}</p>"
            f"<p role='alert'>{html.escape(problem)}</p><form method='post'>"
            + "".join(f"<button name='action' value='{value}'>{label}</button> " for value, label in buttons.items())
            + f"</form><a href='{html.escape(session['cancel_url'])}'>Back</a></html>"
        )

    def portal_page(self, name: str) -> str:
        """Where a payer names another card."""
        back = html.escape(self.things[name]["return_url"])
        return f"<!doctype html><html lang='en'><title>Stripe</title><h1>Your card</h1><a href='{back}'>Back</a></html>"


def _shown(thing: Thing) -> Thing:
    """Without what the API does not tell."""
    return {name: value for name, value in thing.items() if not name.startswith("_")}


def copy_of(thing: Thing) -> Thing:
    copied: Thing = json.loads(json.dumps(thing))
    return copied


def signature(body: str, *, at: float | None = None, secret: str = SECRET) -> str:
    """The header of an event."""
    moment = int(time.time() if at is None else at)
    signed = hmac.new(secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={moment},v1={signed},v0=old"


def nested(query: str) -> Thing:
    """`a[b][0][c]=1` as `{"a": {"b": [{"c": "1"}]}}`."""
    found: Thing = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        path = re.findall(r"[^\[\]]+", name)
        place = found
        for part in path[:-1]:
            place = place.setdefault(part, {})
        place[path[-1]] = value
    return {name: _with_lists(value) for name, value in found.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    filled = {name: _with_lists(part) for name, part in value.items()}
    return list(filled.values()) if all(name.isdigit() for name in filled) else filled


class _Handler(BaseHTTPRequestHandler):
    peer: StripePeer
    protocol_version = "HTTP/1.1"
    timeout = 10
    # Head and body in one packet: else each answer waits for the other side's word that it has the head.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.come("GET")

    def do_POST(self) -> None:
        self.come("POST")

    def do_DELETE(self) -> None:
        self.come("DELETE")

    def come(self, method: str) -> None:
        address = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        sent = nested(body if method == "POST" else address.query)
        self.peer.requests.append(f"{method} {address.path}")
        if address.path.startswith("/pay/"):
            self.pay(method, address.path.removeprefix("/pay/"), sent)
            return
        if address.path.startswith("/portal/"):
            self.say(200, self.peer.portal_page(address.path.removeprefix("/portal/")), "text/html; charset=utf-8")
            return
        if self.goes_wrong(self.peer.fault(method, address.path, "before")):
            return
        if self.headers.get("Authorization") not in (f"Bearer {KEY}", _basic(KEY)):
            status, found = 401, ApiError(401, "Invalid API Key provided").body
        else:
            status, found = self.peer.answer(method, address.path, sent, self.headers.get("Idempotency-Key", ""))
        if not self.goes_wrong(self.peer.fault(method, address.path, "after")):
            self.say(status, json.dumps(found), "application/json")

    def goes_wrong(self, what: str | int) -> bool:
        if isinstance(what, int):
            self.say(what, json.dumps(ApiError(what, "It went wrong.", type="api_error").body), "application/json")
        elif what:
            if what == "hang":
                time.sleep(HANG_SECONDS)
            self.close_connection = True
        return bool(what)

    def pay(self, method: str, name: str, sent: Thing) -> None:
        try:
            if method == "POST":
                session = self.peer.act(name, sent.get("action", ""))
                ended = session["status"] == "complete"
                self.send_response(303)
                self.send_header("Location", session["success_url"] if ended else f"/pay/{name}")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.say(200, self.peer.page(name), "text/html; charset=utf-8")
        except (ApiError, KeyError) as error:
            self.say(404, str(error), "text/plain")

    def say(self, status: int, text: str, kind: str) -> None:
        with contextlib.suppress(OSError):  # who asked has given up
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Request-Id", f"req_{secrets.token_hex(6)}")
            body = text.encode()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Silent."""


def _basic(key: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextlib.contextmanager
def stripe_peer(port: int = 0, **more: Any) -> Iterator[StripePeer]:
    peer = StripePeer(**more)
    server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"peer": peer}))
    peer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def main() -> None:
    parser = argparse.ArgumentParser(description="A small Stripe for trying a shop against.")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--events", default="", help="where the shop takes events; empty sends none")
    chosen = parser.parse_args()
    with stripe_peer(chosen.port, events_url=chosen.events, sends=bool(chosen.events)) as peer:
        print(f"STRIPE_API_BASE={peer.url} STRIPE_SECRET_KEY={KEY} STRIPE_WEBHOOK_SECRET={SECRET} ./run", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
