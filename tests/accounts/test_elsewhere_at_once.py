"""Two at the same time for one name or address, where one of them comes from another site."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.github.provider import GitHubProvider
from django.conf import settings as site
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path

from showpiece.accounts import services
from showpiece.accounts.adapter import SocialAccountAdapter
from showpiece.accounts.models import User
from showpiece.accounts.selectors import username_is_taken
from showpiece.accounts.views_elsewhere import sign_up
from showpiece.config.social import social_providers
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

# The addresses of these pages are there only where it is set up; here they are these.
FORM = "/accounts/3rdparty/signup/"
urlpatterns = [
    path(FORM[1:], sign_up, name="socialaccount_signup"),
    path("", include(site.ROOT_URLCONF)),
]


@pytest.fixture(autouse=True)
def _set_up(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    settings.SOCIALACCOUNT_PROVIDERS = social_providers(github=("id", "secret"))
    registry.register(GitHubProvider)
    yield
    registry.provider_map.pop(GitHubProvider.id)


def coming(request: HttpRequest, **fields: str) -> SocialLogin:
    """Somebody whom GitHub has just told of."""
    user = User(**{"email": "octo@example.org", "username": "rnike", "name": "Octo Cat"} | fields)
    provider = SocialAccountAdapter(request).get_provider(request, "github")
    address = EmailAddress(email=user.email, verified=True, primary=True)
    account = SocialAccount(provider="github", uid="1")
    return SocialLogin(user=user, account=account, provider=provider, email_addresses=[address])


def request() -> HttpRequest:
    made = RequestFactory().get("/")
    for middleware in (SessionMiddleware, MessageMiddleware):
        middleware(lambda _: HttpResponse()).process_request(made)
    return made


def come(**fields: str) -> User | HttpResponse:
    """The account is made at once, from what the other site has told. An answer instead if that cannot be."""
    asked = request()
    with context.request_context(asked):
        login = coming(asked, **fields)
        try:
            user: User = SocialAccountAdapter(asked).save_user(asked, login)
        except ImmediateHttpResponse as error:
            answer: HttpResponse = error.response
            return answer
    return user


def asked_at_the_form(**fields: str) -> Client:
    """Somebody at the form that asks for what is missing."""
    client = Client()
    with context.request_context(request()):
        pending = coming(context.request, **fields).serialize()
    session = client.session
    session["socialaccount_sociallogin"] = pending
    session.save()
    return client


def mike(email: str = "mike@example.org") -> User:
    return services.user_add(email=email, username="mike", password=None)


def test_a_name_that_is_taken_meanwhile_is_replaced() -> None:
    _, user = at_once(mike, come)
    assert User.objects.get(pk=user.pk).username == user.username
    assert not username_is_taken(user.username, but=user), f"{user.username} looks like mike"
    assert SocialAccount.objects.get().user == user


def test_whoever_comes_from_elsewhere_first_keeps_the_name() -> None:
    def late() -> bool:
        try:
            mike()
        except services.ValidationError:
            return False
        return True

    assert not at_once(come, late)[1]
    assert User.objects.get().username == "rnike"


def test_an_address_that_is_taken_meanwhile_leads_to_the_form() -> None:
    """It says there what to do; nothing is left of the account that was begun."""
    _, answer = at_once(lambda: mike("octo@example.org"), lambda: come(username="octo"))
    assert answer["Location"] == FORM
    assert User.objects.get().username == "mike"
    assert not SocialAccount.objects.exists()


def test_at_the_form_it_is_told_and_asked_again() -> None:
    client = asked_at_the_form()
    body = {"name": "Octo", "email": "octo@example.org", "username": "rnike"}
    _, answer = at_once(mike, lambda: client.post(FORM, body))
    assert answer.status_code == 200
    assert answer.context["form"].errors == {"username": ["This username is taken."]}
    assert not User.objects.exclude(username="mike").exists()
    assert client.post(FORM, body | {"username": "octo"}).status_code == 302
    assert SocialAccount.objects.get().user.username == "octo"
    assert "_auth_user_id" in client.session


def test_sent_twice_it_is_one_account() -> None:
    first, second = asked_at_the_form(), asked_at_the_form()
    body = {"name": "Octo", "email": "octo@example.org", "username": "octo"}
    _, answer = at_once(lambda: first.post(FORM, body), lambda: second.post(FORM, body))
    assert answer.status_code == 200
    assert answer.context["form"].errors["email"]
    assert SocialAccount.objects.get().user == User.objects.get()
