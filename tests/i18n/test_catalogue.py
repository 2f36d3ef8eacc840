"""The catalogues are whole: every message of the sources, each translated, compiled, with its placeholders."""

import gettext
import os
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from tests.i18n import messages

LANGUAGES = list(messages.PLURAL_FORMS)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%](?!\w)|\{\w*\}|</?\w+[^>]*>")
UNITS = "B KB MB GB"
UPDATE = "run `python -m tests.i18n.messages`"


def texts(value: str | tuple[str, ...] | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def entries(language: str) -> list[Message]:
    return messages.messages(messages.read_catalogue(language))


def test_everything_is_translated(language: str, entries: list[Message]) -> None:
    assert entries
    assert [message.id for message in entries if message.fuzzy] == []
    assert [message.id for message in entries if not all(map(str.strip, texts(message.string)))] == []
    assert list(messages.read_catalogue(language).obsolete) == []


def test_plurals_are_whole(language: str, entries: list[Message]) -> None:
    forms = messages.read_catalogue(language).num_plurals
    plural = [message for message in entries if message.pluralizable]
    assert plural
    assert [message.id for message in plural if len(message.string) != forms] == []


def test_plural_formula_is_djangos(language: str) -> None:
    """Django keeps catalogues of another formula apart, and looks there last."""
    import django

    own = messages.read_catalogue(language)
    file = Path(django.__file__).parent / "conf/locale" / language / "LC_MESSAGES/django.po"
    with file.open("rb") as source:
        theirs = read_po(source, locale=language)
    ours, other = (gettext.c2py(catalogue.plural_expr) for catalogue in (own, theirs))
    assert [ours(n) for n in range(1000)] == [other(n) for n in range(1000)]


def test_placeholders_agree(entries: list[Message]) -> None:
    wrong = []
    for message in entries:
        given = [Counter(PLACEHOLDER.findall(text)) for text in texts(message.id)]
        # A plural form may be translated from the singular or the plural, which may name different placeholders.
        wrong += [text for text in texts(message.string) if Counter(PLACEHOLDER.findall(text)) not in given]
    assert wrong == []


def test_edges_agree(entries: list[Message]) -> None:
    """A sentence stays a sentence, a label a label, and neither has stray spaces."""
    wrong = []
    for message in entries:
        source = texts(message.id)[0]
        for text in texts(message.string):
            endings = {bool(re.search(r"[.!?…]$", part)) for part in (source, text)}
            if len(endings) > 1 or text != text.strip():
                wrong.append((source, text))
    # "No." is the head of a column.
    assert [pair for pair in wrong if pair[0] != "No."] == []


def test_units_of_file_sizes_are_as_many() -> None:
    for language in LANGUAGES:
        units = [message for message in messages.messages(messages.read_catalogue(language)) if message.id == UNITS]
        assert [len(str(message.string).split()) for message in units] == [len(UNITS.split())]


def test_compiled_catalogue_is_up_to_date(language: str, entries: list[Message]) -> None:
    compiled = messages.messages(messages.read_compiled(language))
    expected, found = (
        {messages.key(message): texts(message.string) for message in catalogue} for catalogue in (entries, compiled)
    )
    assert found == expected, UPDATE


def test_header_holds_nothing_that_changes(language: str) -> None:
    text = messages.po_path(language).read_text(encoding="utf-8")
    assert text.startswith(
        messages.HEADER.format(language=language, plural_forms=messages.PLURAL_FORMS[language]) + "\nmsg"
    )
    assert "#:" not in text


def test_catalogue_has_the_messages_of_the_sources(language: str, entries: list[Message], tmp_path: Path) -> None:
    if missing := messages.missing_programs():
        reason = f"GNU gettext is not installed: {', '.join(missing)} not found"
        if os.environ.get("SHOWPIECE_REQUIRE_ALL") == "1":
            pytest.fail(f"required here: {reason}")
        pytest.skip(reason)
    with messages.extract(tmp_path, language).open("rb") as file:
        extracted = messages.messages(read_po(file, locale=language))
    assert {messages.key(message) for message in entries} == {messages.key(message) for message in extracted}, UPDATE
