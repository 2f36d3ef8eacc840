"""What a page costs on the wire, by the browser's own count."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser


@dataclass
class Traffic:
    """The requests of one load with the bytes of each, headers included."""

    bytes: dict[str, int] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        return len(self.bytes)

    @property
    def kilobytes(self) -> float:
        return sum(self.bytes.values()) / 1024

    def __str__(self) -> str:
        rows = sorted(self.bytes.items(), key=lambda row: -row[1])
        return "\n".join([f"{self.requests} requests, {self.kilobytes:.1f} KB", *(f"{n:>8} {url}" for url, n in rows)])


def first_load(chrome: Browser, url: str, **options: object) -> Traffic:
    """Load `url` as somebody who was never here."""
    context = chrome.new_context(**options)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        traffic, urls = Traffic(), {}
        session.on(
            "Network.requestWillBeSent", lambda event: urls.update({event["requestId"]: event["request"]["url"]})
        )
        session.on(
            "Network.loadingFinished",
            lambda done: traffic.bytes.update({urls[done["requestId"]]: int(done["encodedDataLength"])}),
        )
        page.goto(url, wait_until="networkidle")
        return traffic
    finally:
        context.close()
