"""With a password over TLS, from the first byte or by STARTTLS; and not to somebody who only says to be the server."""

import datetime as dt
import ipaddress
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.mail import send_mail
from post_office.models import STATUS, Email, Log

from showpiece.mail import delivery
from tests.mail.catcher import catching

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Requiring AUTH"),  # the catcher does not see that the whole session is TLS
]
LOGIN, PASSWORD = "me@example.org", "p#/: "


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "catcher")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    file = tmp_path / "catcher.pem"
    file.write_bytes(
        signed.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    return file


def options(certificate: Path, kind: str) -> dict[str, Any]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    def check(server: Any, session: Any, envelope: Any, mechanism: str, given: LoginPassword) -> AuthResult:
        return AuthResult(success=(given.login.decode(), given.password.decode()) == (LOGIN, PASSWORD), handled=False)

    signed_in = {"authenticator": check, "auth_required": True, "auth_require_tls": kind == "starttls"}
    if kind == "ssl":
        return {"ssl_context": context, **signed_in}
    return {"tls_context": context, "require_starttls": True, **signed_in}


def deliver(settings: Any, kind: str, password: str = PASSWORD) -> Any:
    settings.EMAIL_USE_SSL, settings.EMAIL_USE_TLS = kind == "ssl", kind == "starttls"
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = LOGIN, password
    settings.MAIL_TIMEOUT = 5
    send_mail("Hello", "Text.", None, ["a@example.org"])
    mail = Email.objects.get()
    delivery.deliver(mail.pk)
    mail.refresh_from_db()
    return mail


@pytest.mark.parametrize("kind", ["ssl", "starttls"])
def test_to_the_server_that_it_is(
    certificate: Path, mail_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with catching(options=options(certificate, kind)) as catcher:
        mail_server(catcher.port)
        assert deliver(settings, kind).status == STATUS.sent, Log.objects.get().message
        assert len(catcher.mails) == 1


@pytest.mark.parametrize("kind", ["ssl", "starttls"])
def test_to_nobody_else_and_not_given_up(certificate: Path, mail_server: Any, settings: Any, kind: str) -> None:
    with catching(options=options(certificate, kind)) as catcher:
        mail_server(catcher.port)
        assert deliver(settings, kind).status == STATUS.requeued
        assert "certificate" in Log.objects.get().message
        assert not catcher.mails


@pytest.mark.parametrize(("password", "reason"), [("wrong", "535"), ("жук", "'ascii' codec")])
def test_wrong_password_can_be_put_right(
    certificate: Path, mail_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, password: str, reason: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with catching(options=options(certificate, "ssl")) as catcher:
        mail_server(catcher.port)
        assert deliver(settings, "ssl", password).status == STATUS.requeued
        assert Log.objects.get().message.startswith(reason)
