"""Download my data: the mails that are kept."""

from typing import Any

import pytest
from django.core.mail import send_mail
from django.test import Client
from django.urls import reverse
from post_office.models import STATUS, Email

from showpiece.accounts.models import User
from showpiece.config.mail import QUEUE_BACKEND
from tests.accounts.exports import content, made, opened
from tests.accounts.people import sign_up

pytestmark = pytest.mark.django_db
PASSWORD = "a good long password"


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ann@example.org", "ann", PASSWORD, name="Ann")


class TestMails:
    """Kept mails are somebody's data, but for what lets somebody in."""

    @pytest.fixture(autouse=True)
    def _kept(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = QUEUE_BACKEND

    def confirm_address(self, user: User) -> None:
        from allauth.account.models import EmailAddress

        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True})

    def mails(self, user: User) -> Any:
        return content(opened(made(user)), "mails")

    def test_text_and_dates(self, user: User) -> None:
        self.confirm_address(user)
        send_mail("Hello", "See https://example.org/a", None, ["Ann@Example.org"])
        send_mail("With a name", "Text", None, ["Ann <ann@example.org>"])
        send_mail("To others", "Text", None, ["bob@example.org"])
        send_mail("To both", "Text", None, ["ann@example.org", "bob@example.org"])
        Email.objects.filter(subject="Hello").update(status=STATUS.sent)
        first, second = self.mails(user)
        assert (first["subject"], first["text"]) == ("Hello", "See https://example.org/a")
        assert first["sent"]
        assert first["written"]
        assert (second["subject"], second["sent"]) == ("With a name", None)

    def test_links_with_keys_are_not_in_there(self, client: Client) -> None:
        sign_up(client)
        client.post(reverse("account_reset_password"), {"email": "bob@example.org"})
        user = User.objects.get(username="bob")
        kept = "".join(Email.objects.values_list("message", flat=True))
        assert "/password/reset/key/" in kept
        assert "/confirm-email/" in kept
        self.confirm_address(user)
        texts = "".join(one["text"] for one in self.mails(user))
        assert texts.count("[…]") == 2
        assert "/password/reset/key/" not in texts
        assert "/confirm-email/" not in texts

    def test_an_address_that_may_be_somebody_elses_shows_none(self, user: User) -> None:
        """Whoever registers with another's address does not read what we have written to them."""
        send_mail("Hello", "Text", None, ["ann@example.org"])
        assert self.mails(user) == []

    def test_what_was_written_to_nobody_is_not_in_there(self, user: User, client: Client) -> None:
        self.confirm_address(user)
        User.objects.update(is_active=False)
        client.post(reverse("account_reset_password"), {"email": "ann@example.org"})
        assert Email.objects.exists()
        User.objects.update(is_active=True)
        assert self.mails(user) == []
