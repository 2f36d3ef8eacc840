"""The operator reads a mail: as it looks, with links that work and scripts that do not."""

from playwright.sync_api import expect

from tests.browser.visitor import MARKS, Visit
from tests.processes.site import Site

pytestmark = MARKS
EVIL = """
from django.core.mail import send_mail
html = ('<html><head></head><body><script>document.body.append("ran")</script>'
        '<img src="{url}/pixel.png" alt=""><p onclick="document.body.append(1)">Words</p>'
        '<a href="{url}/projects/">To the projects</a></body></html>')
send_mail("For the browser", "Words", None, ["frame@example.org"], html_message=html)
"""
SIGN_IN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from showpiece.accounts.models import User
staff = User.objects.get(username="staff")
session = import_module(settings.SESSION_ENGINE).SessionStore()
session.update({SESSION_KEY: str(staff.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                HASH_SESSION_KEY: staff.get_session_auth_hash()})
session.create()
print(session.session_key)
"""


def test_mail_in_its_frame(visit: Visit, shop: Site) -> None:
    shop.manage(EVIL.replace("{url}", shop.url))
    # What the mail tries is refused, and the browser says so.
    page = visit("/", expected=("sandboxed", "Content Security Policy", "policy:"))
    page.context.add_cookies([{"name": "sessionid", "value": shop.manage(SIGN_IN), "url": shop.url}])
    page.goto("/mail/")
    page.get_by_label("Part of an address").fill("frame@")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="For the browser").press("Enter")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Words")).to_be_visible()
    expect(frame.get_by_text("ran")).to_have_count(0)
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="To the projects").press("Enter")
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Projects")
    pixels = [request.failure for request in visit.watch(page).requests if request.url.endswith("/pixel.png")]
    assert pixels == ["csp"]  # it was not asked for
