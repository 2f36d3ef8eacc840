"""What one does at one's account, by keyboard alone: in English without JavaScript, and in Russian with it."""

import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.accounts.people import OTHER, PASSWORD
from tests.accounts.pictures import photo
from tests.accounts.test_second_factor import code
from tests.browser.account import BOTH, NAMES, Member, member
from tests.browser.visitor import MARKS, Visit
from tests.processes.site import Site

pytestmark = MARKS
Join = Callable[..., Member]
ROUNDS = 40


@pytest.fixture(params=BOTH, ids=NAMES)
def join(request: pytest.FixtureRequest, visit: Visit, shop: Site) -> Join:
    """A member of that name in each of the ways to use the site."""
    language, script = request.param
    return lambda name, **more: member(visit, shop, f"{name}-{language}", language, script, **more)


def test_codes_of_an_app_and_for_the_day_when_it_is_lost(join: Join) -> None:
    ann = join("codes")
    ann.sign_in()
    ann.is_signed_in()
    ann.page.goto("/accounts/2fa/")
    ann.sees("Two-factor sign-in")
    ann.press("link", "Set up")
    ann.confirm_password()
    ann.sees("Set up an authenticator app")
    key = ann.page.locator("main code").inner_text().strip()
    ann.type(code="000000")
    expect(ann.page.locator("main .field-error:visible")).to_have_text(
        ann.say("Wrong code. Please try again with a new one.")
    )
    ann.type(code=code(key))
    ann.sees("Recovery codes")
    recovery = re.findall(r"\b\d{8}\b", ann.page.locator("main code").inner_text())
    assert len(recovery) == 10
    ann.mail("Two-factor sign-in is on")
    ann.sign_out()
    ann.sign_in()
    ann.sees("Enter a code")
    ann.type(code="000000")
    expect(ann.page.locator("main .field-error:visible")).to_be_visible()
    ann.type(code=code(key, 1))  # the one before has been used
    ann.is_signed_in()
    ann.sign_out()
    ann.sign_in()
    ann.type(code=recovery[0])
    ann.is_signed_in()
    ann.sign_out()
    ann.sign_in()
    ann.type(code=recovery[0])
    expect(ann.page.locator("main .field-error:visible")).to_be_visible()
    ann.press("button", "Cancel")
    ann.sees("Sign in")


def test_forgotten_password(join: Join) -> None:
    ann = join("forgot")
    ann.page.goto("/accounts/login/")
    ann.press("link", "Forgot your password?")
    ann.sees("Reset your password")
    ann.type(email=ann.email)
    ann.sees("Check your mail")
    mail = ann.mail("Reset your password")
    ann.follow(mail)
    ann.sees("Choose a new password")
    ann.type(password1="12345678", password2="12345678")
    expect(ann.page.locator("main .field-error:visible").first).to_be_visible()
    ann.type(password1=OTHER, password2=OTHER)
    ann.sees("Your new password is set")
    ann.follow(mail)
    expect(ann.page.get_by_role("main")).to_contain_text(ann.say("This link has expired or has been used."))
    ann.sign_in(PASSWORD)
    expect(ann.page.get_by_role("alert")).to_contain_text(ann.say("Wrong e-mail, username or password."))
    ann.sign_in(OTHER)
    ann.is_signed_in()


def test_another_address(join: Join) -> None:
    ann = join("moves")
    new = f"new-{ann.email}"
    ann.sign_in()
    ann.page.goto("/accounts/email/")
    ann.sees("E-mail")
    ann.type(email="no address")
    expect(ann.page.locator("main [name=email]:visible")).to_be_focused()
    ann.type(email=new)
    ann.confirm_password()  # and what was sent is not lost
    main = ann.page.get_by_role("main")
    expect(main.locator(".notice strong").first).to_have_text(new)
    expect(main.locator("p.row strong")).to_have_text(ann.email)  # until the new one is confirmed
    ann.follow(ann.mail("Confirm your e-mail", to=new))
    ann.sees("Confirm your e-mail")
    with ann.page.expect_navigation():
        ann.press("button", "Confirm this e-mail")
    ann.page.goto("/accounts/email/")
    expect(main.locator("p.row strong")).to_have_text(new)
    ann.mail("Your e-mail is changed")  # to the old one: it may not have been its owner


def test_download_my_data(join: Join, tmp_path: Path) -> None:
    ann = join("takes")
    ann.sign_in()
    ann.page.goto("/accounts/data/")
    ann.confirm_password()
    ann.sees("Your data")
    ann.press("button", "Make the file")
    ready = ann.page.get_by_role("main").get_by_role("link", name=ann.say("Download"), exact=True)
    if ann.language == "en":  # no script: the reader looks again
        for _ in range(ROUNDS):
            if ready.count():
                break
            ann.press("link", "Look again")
            time.sleep(0.25)
    ann.reach(ready)
    with ann.page.expect_download() as download:
        ann.page.keyboard.press("Enter")
    assert re.fullmatch(rf"showpiece-{ann.username}-\d{{4}}-\d\d-\d\d\.zip", download.value.suggested_filename)
    download.value.save_as(tmp_path / "data.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "data.zip").read_bytes())) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".json")}
    assert any(ann.email in text for text in texts.values())
    assert all(json.loads(text) is not None for text in texts.values())
    assert PASSWORD not in "".join(texts.values())


def test_delete_my_account_and_take_it_back(join: Join) -> None:
    ann = join("leaves")
    ann.sign_in()
    ann.page.goto("/accounts/data/")
    ann.confirm_password()
    ann.press("link", "Delete the account")
    ann.sees("Delete your account")
    ann.type(username="somebody-else")
    expect(ann.page.locator("main .field-error:visible")).to_be_visible()
    ann.type(username=ann.username)
    ann.sees("Your account is on its way out")
    ann.mail("Your account will be deleted")
    answer = ann.page.goto(f"/@{ann.username}/")
    assert answer
    assert answer.status == 404
    ann.page.goto("/accounts/")
    ann.sees("Sign in")  # signed out
    ann.sign_in()
    ann.is_signed_in()
    with ann.page.expect_navigation():
        ann.press("button", "Keep my account")
    ann.mail("Your account stays")
    ann.page.goto(f"/@{ann.username}/")
    ann.sees("Ann Lee")


def test_from_nobody_to_a_profile_with_a_photo_and_out(join: Join) -> None:
    ann = join("arrives", known=False)
    link = ann.page.get_by_role("banner").get_by_role("link", name=ann.say("Sign in"))
    ann.reach(link)
    ann.page.keyboard.press("Enter")
    ann.press("link", "Create an account")
    ann.sees("Create an account")
    ann.type(name="Анна Белл", email=ann.email, username=ann.username, password1=PASSWORD, password2=PASSWORD)
    ann.is_signed_in()
    ann.mail(ann.say("Welcome to Showpiece, %(name)s") % {"name": "Анна Белл"})
    ann.follow(ann.mail("Confirm your e-mail"))
    with ann.page.expect_navigation():
        ann.press("button", "Confirm this e-mail")
    ann.page.goto("/accounts/profile/")
    ann.sees("Profile")
    # The window of the system in which a file is chosen is not ours. No two people of the shop look the same.
    mine = photo(left={"en": "green", "ru": "orange"}[ann.language])
    ann.page.set_input_files("[name=photo]", {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": mine})
    ann.type(name="Анна Ли", location="Oslo")
    expect(ann.page).to_have_url(re.compile(f"/@{ann.username}/$"))
    ann.sees("Анна Ли")
    main = ann.page.get_by_role("main")
    expect(main).to_contain_text(ann.say("Online", "person"))
    expect(main).to_contain_text("Oslo")
    expect(main.locator(".avatar img")).to_have_js_property("naturalWidth", 320)
    ann.sign_out()
    ann.page.goto(f"/@{ann.username}/")
    expect(main).to_contain_text(ann.say("Last seen just now"))
