"""Mails from templates, in the reader's language."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import BadHeaderError
from django.template import Template, TemplateSyntaxError
from django.utils import translation

from showpiece.mail import services

NAME = "tests/note"


@pytest.fixture(autouse=True)
def _templates(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "templates" / "tests"
    folder.mkdir(parents=True)
    (folder / "note_subject.txt").write_text("\n  {{ word }} \n")
    (folder / "note.txt").write_text(
        '{% extends "mail/base.txt" %}{% load mail %}{% block content %}{{ word }} {% site_url "front" %}{% endblock %}'
    )
    (folder / "note.html").write_text(
        '{% extends "mail/base.html" %}{% load mail %}{% block content %}<p {% mail_style "p" %}>{{ word }}</p>'
        "{% mail_button url word %}{% endblock %}"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path / "templates"]}]
    settings.SITE_URL = "https://shop.example.org"


def test_parts_of_a_mail(mailoutbox: list[Any]) -> None:
    services.send(NAME, "ann@example.org", {"word": "Tom & Ann's", "url": "https://example.org/?a=1&b=2"})
    (mail,) = mailoutbox
    assert mail.subject == "Tom & Ann's"
    assert mail.to == ["ann@example.org"]
    assert mail.body.startswith("Tom & Ann's https://shop.example.org/\n")
    ((html, kind),) = mail.alternatives
    assert kind == "text/html"
    assert html.startswith("<!DOCTYPE html>")
    assert "Tom &amp; Ann&#x27;s</p>" in html
    assert 'href="https://example.org/?a=1&amp;b=2"' in html


def test_language_is_the_readers(mailoutbox: list[Any]) -> None:
    with translation.override("ru"):
        services.send(NAME, "ann@example.org", {"word": "x"}, "en")
        services.send(NAME, "ann@example.org", {"word": "x"}, "ru")
        services.send(NAME, "ann@example.org", {"word": "x"})
    footers = ["working software on display" in mail.body for mail in mailoutbox]
    assert footers == [True, False, True]
    assert '<html lang="ru">' in mailoutbox[1].alternatives[0][0]


def test_subject_of_several_lines_is_refused(mailoutbox: list[Any]) -> None:
    for word in ("a\nBcc: evil@example.org", "a\r\nb", "a\u2028b"):
        with pytest.raises(BadHeaderError):
            services.send(NAME, "ann@example.org", {"word": word})
    assert mailoutbox == []


def test_mails_fetch_nothing(mailoutbox: list[Any]) -> None:
    services.send(NAME, "ann@example.org", {"word": "x"})
    html = mailoutbox[0].alternatives[0][0]
    for fetched in ("<img", "<link", "<script", "url(", "@import", "@font-face"):
        assert fetched not in html


def test_unknown_element_is_told_when_the_template_is_read() -> None:
    with pytest.raises(TemplateSyntaxError, match="cell-begin"):
        Template('{% load mail %}<td {% mail_style "cell-begin" %}></td>')
