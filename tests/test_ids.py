"""Row numbers in addresses: nobody sees them, and nobody makes one up."""

import uuid

import pytest
from django.test import override_settings
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from showpiece.ids import hidden_id

NAMES = ["mail", "mail_html", "mail_send", "session_end", "mfa_edit_webauthn", "mfa_remove_webauthn"]


@pytest.mark.parametrize("name", NAMES)
def test_address_leads_back_and_says_no_number(name: str) -> None:
    addresses = {reverse(name, args=[number]) for number in (1, 2, 2**63 - 1)}
    assert len(addresses) == 3
    for address in addresses:
        part = next(part for part in address.split("/") if len(part) == 36)
        assert str(uuid.UUID(part)) == part
    (number,) = resolve(reverse(name, args=[7])).kwargs.values()
    assert number == 7
    assert reverse(name, args=[7]) == reverse(name, args=[7])


@pytest.mark.parametrize("part", ["7", "x", str(uuid.UUID(int=7)), "01990000-0000-7000-8000-000000000000", "Ⅷ" * 36])
def test_what_somebody_made_up_leads_nowhere(part: str) -> None:
    for address in (f"/mail/{part}/", f"/accounts/passkeys/{part}/edit/", f"/accounts/sessions/{part}/end/"):
        with pytest.raises(Resolver404):
            resolve(address)


def test_each_kind_has_its_own() -> None:
    mail = reverse("mail", args=[7]).split("/")[2]
    with pytest.raises(Resolver404):
        resolve(f"/accounts/sessions/{mail}/end/")


def test_what_is_no_number_has_no_address() -> None:
    with pytest.raises((NoReverseMatch, OverflowError)):
        reverse("mail", args=[-1])


def test_an_old_key_still_opens() -> None:
    converter = hidden_id("thing")()
    with override_settings(SECRET_KEY="old"):
        address = converter.to_url(7)
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        assert converter.to_python(address) == 7
        assert converter.to_url(7) != address
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]), pytest.raises(ValueError):  # noqa: PT011
        converter.to_python(address)
