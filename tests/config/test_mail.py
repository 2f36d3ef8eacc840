"""What EMAIL_URL and its neighbours mean."""

from typing import Any

import pytest

from showpiece.config.mail import SMTP_BACKEND, mail_server, sender, site_address


def test_no_server() -> None:
    assert mail_server("") == {"MAIL_BACKEND": ""}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", {"EMAIL_PORT": 25}),
        ("smtp://mail.example.org:1025", {"EMAIL_PORT": 1025}),
        ("smtp+tls://mail.example.org", {"EMAIL_PORT": 587, "EMAIL_USE_TLS": True}),
        ("smtp+ssl://mail.example.org", {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True}),
        ("smtp+tls://me%40example.org:p%23%2F%3A@mail.example.org", {
            "EMAIL_PORT": 587, "EMAIL_USE_TLS": True,
            "EMAIL_HOST_USER": "me@example.org", "EMAIL_HOST_PASSWORD": "p#/:",
        }),
    ],
)  # fmt: skip
def test_smtp(url: str, expected: dict[str, Any]) -> None:
    found = mail_server(url)
    assert found.pop("EMAIL_FILE_PATH", "") == ""
    assert found == {"MAIL_BACKEND": SMTP_BACKEND, "EMAIL_HOST": "mail.example.org", **expected}


def test_url_sets_nothing_but_mail() -> None:
    found = mail_server("smtp://mail.example.org?DEBUG=1&email_ssl_certfile=/etc/ssl/me.pem")
    assert "DEBUG" not in found
    assert found["EMAIL_SSL_CERTFILE"] == "/etc/ssl/me.pem"


def test_console() -> None:
    assert mail_server("consolemail://")["MAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://host:port"])
def test_bad_url_is_named(url: str) -> None:
    with pytest.raises(ValueError, match="EMAIL_URL"):
        mail_server(url)


def test_sender() -> None:
    assert sender("Shop <shop@example.org>") == "Shop <shop@example.org>"
    for text in ("Shop", "shop@", "Shop <shop>"):
        with pytest.raises(ValueError, match="DEFAULT_FROM_EMAIL"):
            sender(text)


def test_site_address() -> None:
    assert site_address("https://shop.example.org/") == "https://shop.example.org"
    assert site_address("http://127.0.0.1:8000") == "http://127.0.0.1:8000"
    for text in ("shop.example.org", "javascript:alert(1)", "https://"):
        with pytest.raises(ValueError, match="SITE_URL"):
            site_address(text)
