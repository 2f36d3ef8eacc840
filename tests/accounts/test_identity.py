"""What GitHub and Google answer, said by a stand-in over HTTP to the real site: who gets in, and what is told."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.accounts.people import PASSWORD
from tests.operations.launch import ROOT
from tests.peers.identity import (
    GITHUB_EMAILS,
    GITHUB_USER,
    GOOGLE_USER,
    TOKEN,
    Answer,
    IdentityProvider,
    identity_provider,
)
from tests.processes.site import Site, site

pytestmark = pytest.mark.xdist_group("identity")
ENV = {f"{name}_CLIENT_{part}": f"{name} {part}" for name in ("GITHUB", "GOOGLE") for part in ("ID", "SECRET")}
NOT_TOLD = "The other site did not let us know who you are."
KNOWN = "from showpiece.accounts.models import User; print(sorted(User.objects.values_list('email', flat=True)))"
ACCOUNT = """
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from showpiece.accounts.models import User
user = User.objects.filter(email={!r}).first()
print(user and [user.username, user.name, user.has_usable_password(), user.welcomed_at is not None,
      list(EmailAddress.objects.filter(user=user).values_list("verified", flat=True)),
      list(SocialAccount.objects.filter(user=user).values_list("provider", flat=True))])
"""
ADD = """
from allauth.account.models import EmailAddress
from showpiece.accounts.services import user_add
user = user_add(email={0!r}, username={1!r}, password={2!r})
EmailAddress.objects.filter(user=user).update(verified={3!r})
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, IdentityProvider]]:
    home = tmp_path_factory.mktemp("identity") / "home"
    # The site finds our settings where these tests lie.
    env = ENV | {"DJANGO_SETTINGS_MODULE": "tests.peers.settings", "PYTHONPATH": str(ROOT)}
    with identity_provider() as provider, site(home, "web", **env, IDENTITY_URL=provider.url) as shop:
        wait_until_it_answers(shop)
        yield shop, provider


def wait_until_it_answers(shop: Site) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
        assert client.get(f"{shop.url}/health/live", timeout=60).status_code == 200


@pytest.fixture
def shop(both: tuple[Site, IdentityProvider]) -> Site:
    return both[0]


@pytest.fixture
def provider(both: tuple[Site, IdentityProvider]) -> IdentityProvider:
    provider = both[1]
    provider.consents = True
    provider.people.clear()
    provider.broken.clear()
    return provider


@pytest.fixture
def visitor(shop: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shop.url, follow_redirects=True, timeout=30) as client:
        yield client


def form(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Send the form of a page as a browser does."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(path).text)
    assert found, path
    return client.post(path, data={"csrfmiddlewaretoken": found[1]} | fields, headers={"Referer": str(client.base_url)})


def come(client: httpx.Client, name: str = "github", to: str = "") -> httpx.Response:
    """Press "Continue with …" and follow to wherever that leads."""
    return form(client, f"/accounts/{name}/login/?process=login&next={to}")


def is_in(client: httpx.Client) -> bool:
    return client.get("/accounts/").url.path == "/accounts/"


def test_new_account_by_github(shop: Site, provider: IdentityProvider, visitor: httpx.Client) -> None:
    provider.is_github(email="octo@example.org", uid=10)
    page = come(visitor, to="/projects/")
    assert (page.status_code, page.url.path) == (200, "/projects/")
    assert is_in(visitor)
    made = shop.manage(ACCOUNT.format("octo@example.org"))
    assert made == "['octo', 'Octo Cat', False, True, [True], ['github']]"
    again = httpx.Client(base_url=shop.url, follow_redirects=True)
    assert come(again).url.path == "/accounts/"
    assert shop.manage(KNOWN).count("octo@") == 1


def test_new_account_by_google_with_proof_of_the_first_request(
    shop: Site, provider: IdentityProvider, visitor: httpx.Client
) -> None:
    provider.is_google(email="goo@example.org", uid="11")
    assert come(visitor, "google").url.path == "/accounts/"
    made = shop.manage(ACCOUNT.format("goo@example.org"))
    assert made == "['goo', 'Goo Gle', False, True, [True], ['google']]"


@pytest.mark.parametrize("confirmed_here", [True, False])
@pytest.mark.parametrize("confirmed_there", [True, False])
def test_existing_account_is_not_taken_over(
    shop: Site, provider: IdentityProvider, visitor: httpx.Client, confirmed_here: bool, confirmed_there: bool
) -> None:
    """Whoever of the two confirmed the address: its owner is told to sign in here first."""
    name = f"first{confirmed_here:d}{confirmed_there:d}"
    shop.manage(ADD.format(f"{name}@example.org", name, PASSWORD, confirmed_here))
    before = shop.manage(ACCOUNT.format(f"{name}@example.org"))
    provider.is_github(email=f"{name}@example.org", uid=20 + confirmed_here * 2 + confirmed_there, login=name)
    provider.people[GITHUB_EMAILS][0]["verified"] = confirmed_there
    page = come(visitor)
    assert page.status_code == 200
    assert not is_in(visitor)
    assert shop.manage(ACCOUNT.format(f"{name}@example.org")) == before
    with httpx.Client(base_url=shop.url, follow_redirects=True) as owner:
        form(owner, "/accounts/login/", login=name, password=PASSWORD)
        assert is_in(owner), "the password still works"


def test_address_that_is_not_confirmed_there_is_not_here(
    shop: Site, provider: IdentityProvider, visitor: httpx.Client
) -> None:
    provider.is_github(email="doubt@example.org", uid=30, login="doubt", verified=False)
    come(visitor)
    assert ", [False], ['github']]" in shop.manage(ACCOUNT.format("doubt@example.org"))


def test_what_is_missing_is_asked_for(shop: Site, provider: IdentityProvider, visitor: httpx.Client) -> None:
    """No address at all: some hide theirs."""
    provider.is_github(email="", uid=40, login="hides")
    provider.people[GITHUB_EMAILS] = []
    page = come(visitor)
    assert page.url.path == "/accounts/3rdparty/signup/"
    assert not is_in(visitor)
    page = form(visitor, "/accounts/3rdparty/signup/", name="Hides", email="octo", username="hides")
    assert 'aria-invalid="true"' in page.text
    form(visitor, "/accounts/3rdparty/signup/", name="Hides", email="hides@example.org", username="hides")
    assert is_in(visitor)
    assert ", [False], ['github']]" in shop.manage(ACCOUNT.format("hides@example.org"))


@pytest.mark.parametrize("name", ["github", "google"])
def test_who_does_not_agree_is_not_signed_in(provider: IdentityProvider, visitor: httpx.Client, name: str) -> None:
    provider.consents = False
    page = come(visitor, name)
    assert page.status_code == 200
    assert page.url.path == "/accounts/3rdparty/login/cancelled/"
    assert 'href="/accounts/login/"' in page.text
    assert not is_in(visitor)


BROKEN = {
    "fault": Answer(500, b"oops", "text/plain"),
    "no JSON": Answer(200, b"<html>down for maintenance</html>", "application/json"),
    "cut off": Answer(200, b'{"id": 1, "lo'),
    "nothing": Answer(200, b""),
    "empty object": Answer(200, b"{}"),
    "list": Answer(200, b"[1, 2]"),
    "null": Answer(200, b"null"),
    "text": Answer(200, b'"octo"'),
    "hangs": Answer(hangs=True),
}
PLACES = {
    "github token": ("github", TOKEN[0]),
    "github user": ("github", GITHUB_USER),
    "github emails": ("github", GITHUB_EMAILS),
    "google token": ("google", TOKEN[1]),
    "google user": ("google", GOOGLE_USER),
}
# An account without addresses is none that is broken: the page that asks for one comes.
HARMLESS = {("github emails", "empty object"), ("github emails", "null")}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("where", PLACES)
def test_broken_answer_is_told_in_words(
    shop: Site, provider: IdentityProvider, visitor: httpx.Client, where: str, how: str
) -> None:
    name, path = PLACES[where]
    before = shop.manage(KNOWN) if how == "list" else ""
    provider.is_github(email="broken@example.org", uid=50, login="broken")
    provider.is_google(email="broken@example.org", uid="50")
    provider.broken[path] = BROKEN[how]
    page = come(visitor, name)
    if (where, how) in HARMLESS:
        assert page.url.path == "/accounts/3rdparty/signup/"
    else:
        assert page.status_code == 401, page.text[:400]
        assert NOT_TOLD in page.text
        assert 'href="/accounts/login/"' in page.text
    assert not is_in(visitor)
    if how == "list":
        assert shop.manage(KNOWN) == before


@pytest.mark.parametrize("more", [{"login": None}, {"name": 7}, {"id": None}, {"email": ["x"]}, {"login": "a" * 300}])
def test_odd_fields_are_no_fault(provider: IdentityProvider, visitor: httpx.Client, more: dict[str, object]) -> None:
    provider.is_github(email="odd@example.org", uid=60)
    provider.people[GITHUB_USER] |= more
    provider.people[GITHUB_EMAILS] = []
    assert come(visitor).status_code in (200, 401)


def test_answers_to_nobody(shop: Site, provider: IdentityProvider, visitor: httpx.Client) -> None:
    """A made-up state or code, a used one, or one that belongs to another browser."""
    provider.is_github(email="replay@example.org", uid=70, login="replay")
    for query in ("code=x&state=x", "code=x", "", "error=server_error&state=x"):
        page = visitor.get(f"/accounts/github/login/callback/?{query}")
        assert page.status_code == 401
        assert NOT_TOLD in page.text
    page = come(visitor)
    used = next(str(step.url) for step in page.history if "/callback/" in str(step.url))
    with httpx.Client(follow_redirects=True, base_url=shop.url) as other:
        assert other.get(used).status_code == 401
        assert not is_in(other)
