"""The eye that the other tests rely on does see what it should."""

import pytest

from tests.browser.test_pages import EVERYTHING, too_wide, violations
from tests.browser.visitor import MARKS, Visit

pytestmark = MARKS


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("console.error('oh no')", "oh no"),
        ("setTimeout(() => { throw new Error('broken') })", "broken"),
        ("document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:9/' }))", "policy: img-src"),
        ("document.body.insertAdjacentHTML('beforeend', '<p style=color:red>')", "policy: style-src"),
        ("fetch('/no/such/page/')", "status of 404"),
    ],
)
def test_complaint_is_heard(script: str, complaint: str, visit: Visit) -> None:
    page = visit("/")
    heard = visit.watch(page).complaints
    page.evaluate(f"() => {{ {script} }}")
    while not any(complaint in one for one in heard):
        page.context.wait_for_event("weberror" if "throw" in script else "console")
    heard.clear()


def test_request_to_another_host_is_seen(visit: Visit) -> None:
    page = visit("/", bypass_csp=True)
    page.context.route("http://elsewhere.invalid/**", lambda route: route.fulfill(body=""))
    with page.expect_request("http://elsewhere.invalid/**"):
        page.evaluate("() => { new Image().src = 'http://elsewhere.invalid/a.png' }")
    assert "another host: http://elsewhere.invalid/a.png" in visit.watch(page).complaints
    visit.watch(page).complaints.clear()


def test_page_that_shuts_people_out_is_seen(visit: Visit) -> None:
    page = visit("/")
    page.evaluate("""document.querySelector("main").insertAdjacentHTML(
        "beforeend", "<div class=wide><button></button></div>")""")
    page.evaluate("document.querySelector('.wide').style.width = '3000px'")
    assert any("button-name" in one for one in violations(page, EVERYTHING))
    assert "div.wide" in too_wide(page)
