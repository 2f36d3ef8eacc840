"""Markdown from creators: what is kept, what is cut."""

import re

import pytest

from showpiece.web.markdown import render_markdown


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("1 2 2 3", "3 4 4 5"),
        ("2 3 2", "3 4 3"),
        ("3 1", "3 3"),
        ("1 5 6 2", "3 4 5 4"),
        ("1 2 3 4 5 6", "3 4 5 6 6 6"),
    ],
)
def test_headings_begin_below_those_of_the_page_and_skip_none(levels: str, expected: str) -> None:
    html = render_markdown("\n\n".join(f"{'#' * int(level)} Title" for level in levels.split()))
    assert re.findall(r"<h(\d)>", html) == expected.split()
    assert re.findall(r"</h(\d)>", html) == expected.split()


def test_tables_lists_and_code_stay() -> None:
    html = render_markdown("| a | b |\n| - | - |\n| 1 | 2 |\n\n- x\n\n`code`\n\n```python\nprint(1)\n```")
    for tag in ("<th>", "<li>", "<code>code</code>", '<table tabindex="0">', '<pre tabindex="0">'):
        assert tag in html


def test_links_vouch_for_nothing() -> None:
    html = render_markdown("[out](https://example.org/)")
    assert 'rel="nofollow ugc noopener"' in html


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![tracker](https://example.org/pixel.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<iframe src='https://example.org'></iframe>",
        '<p style="position:fixed">over everything</p>',
        "[ref]: javascript:alert(1)\n\n[ref]",
    ],
)
def test_nothing_that_runs_or_loads_comes_through(source: str) -> None:
    html = render_markdown(source)
    for banned in ("<script", "<img", "<iframe", 'href="javascript', 'href="data', "<p style"):
        assert banned not in html


def test_empty_text_is_empty() -> None:
    assert render_markdown("") == ""
