"""The receipt as PDF: what can be read in it, whatever is on the sheet."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from showpiece.receipts.letters import broken, drawable, width
from showpiece.receipts.pdf import sheet_pdf
from showpiece.receipts.sheet import Fact, Party, Row, Sheet, Sum
from tests.orders.shop import paid_order, priced


def sheet(*rows: Row, **more: Any) -> Sheet:
    about: dict[str, Any] = {
        "language": "en",
        "title": "Receipt",
        "facts": (Fact("Number", "9WBK-H9KB"),),
        "parties": (Party("Sold by", ("Showpiece",)), Party("Bought by", ("buyer@example.org",))),
        "heads": ("Project", "Price", "Total"),
        "rows": rows,
        "sums": (Sum("Total", "€9.00", "total"),),
        "page_of": "Page {page} of {pages}",
        "moment": datetime(2026, 11, 3, tzinfo=UTC),
    }
    return Sheet(**(about | more))


def row(name: str = "Plates", about: str = "Anna", **more: Any) -> Row:
    return Row(name, about, ("€10.00", "€9.00"), **more)


def read(pdf: bytes) -> list[str]:
    """The texts of an uncompressed PDF by page: what was drawn, by the maps of its fonts from glyphs to letters."""
    maps = [
        {
            int(glyph, 16): chr(int(letter, 16))
            for glyph, letter in re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]{4})>", part)
        }
        for part in re.findall(rb"begincmap.*?endcmap", pdf, re.DOTALL)
    ]
    return [_page(part, maps) for part in re.findall(rb"stream\n(2 J\n.*?)\nendstream", pdf, re.DOTALL)]


def _page(content: bytes, maps: list[dict[int, str]]) -> str:
    text: list[str] = []
    font: dict[int, str] = {}
    for name, drawn in re.findall(rb"/F(\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", content, re.DOTALL):
        if name:
            font = maps[int(name) - 1]
            continue
        glyphs = re.sub(
            rb"\\(.)", lambda found: {b"n": b"\n", b"r": b"\r"}.get(found[1], found[1]), drawn, flags=re.DOTALL
        )
        pairs = (int.from_bytes(glyphs[place : place + 2], "big") for place in range(0, len(glyphs), 2))
        text.append("".join(font.get(glyph, "\N{REPLACEMENT CHARACTER}") for glyph in pairs))
    return "\n".join(text)


def text_of(*rows: Row, **more: Any) -> str:
    return "\n".join(read(sheet_pdf(sheet(*rows, **more), compressed=False)))


def test_names_with_braces_are_as_they_were_typed() -> None:
    """`{nb}` is what the library takes for the number of pages, unless it is told another word."""
    text = text_of(row("{nb} of {nb}", about="{page} {} {0}"))
    for said in ("{nb} of {nb}", "{page} {} {0}", "Page 1 of \n1"):
        assert said in text


def test_everything_on_the_sheet_is_in_the_file() -> None:
    text = text_of(
        row("Plates"), notes=("Thank you.",), sums=(Sum("In it", "€1.44", "part"), Sum("Total", "€9.00", "total"))
    )
    for said in (
        "Receipt",
        "Number",
        "9WBK-H9KB",
        "Sold by",
        "buyer@example.org",
        "Project",
        "Plates",
        "Anna",
        "€10.00",
    ):
        assert said in text, said
    for said in ("In it", "€1.44", "Total", "€9.00", "Thank you.", "Page 1 of \n1", "Receipt 9WBK-H9KB"):
        assert said in text, said


def test_letters_of_many_languages_and_currencies() -> None:
    names = ["Распознаватель номеров", "Łódź Čapek Ñandú", "Ωmega", "Việt", "1\xa0234,56\xa0₽ ₸ ₾ ₴ ₺ zł"]
    text = text_of(*map(row, names))
    assert [name for name in names if name not in text] == []


def test_letters_that_the_font_lacks() -> None:
    text = text_of(row("你好 app", "作者", plain="hello-app", plain_about="author"), row("Party 🎉!", plain=""))
    assert "hello-app" in text
    assert "author" in text
    assert "Party ?!" in text


def test_marks_that_nobody_sees_are_left_out() -> None:
    assert drawable("a\u202e\u200bb\x00\tc\ufe0f") == "ab c"
    assert drawable("e\u0301") == "é"


def test_many_rows_are_on_several_pages_below_the_heads_again() -> None:
    pages = read(sheet_pdf(sheet(*(row(f"Project {number}") for number in range(60))), compressed=False))
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert "Project\nPrice\nTotal" in page
        assert f"Page {number} of \n{len(pages)}" in page  # how many is written at the end
    shown = re.findall(r"Project (\d+)", "\n".join(pages))
    assert shown == [str(number) for number in range(60)]


def test_sums_alone_on_a_page_have_no_heads() -> None:
    sums = tuple(Sum(f"Refund {number}", "€1.00") for number in range(80))
    pages = read(sheet_pdf(sheet(row(), sums=sums), compressed=False))
    assert len(pages) == 3
    assert "Price" not in pages[1]


def test_long_texts_stay_in_their_column() -> None:
    for text in ("word " * 40, "x" * 300, "очень длинное название " * 9):
        for line in broken(text.strip(), 60, 10, "B"):
            assert 0 < width(line, 10, "B") <= 60
    assert "".join(broken("x" * 300, 60, 10)) == "x" * 300
    assert text_of(row("x" * 100), heads=("Project", "P" * 200, "Total"))  # a head that leaves no room is no error


def test_title_and_language_are_said_and_the_same_sheet_is_the_same_file() -> None:
    pdf = sheet_pdf(sheet(row(), language="ru", title="Чек"), compressed=False)
    assert b"/Lang (ru)" in pdf
    assert b"/DisplayDocTitle true" in pdf
    assert "Чек 9WBK-H9KB".encode("utf-16-be").hex().encode() in pdf
    assert sheet_pdf(sheet(row())) == sheet_pdf(sheet(row()))


@pytest.mark.django_db
def test_is_downloaded_under_the_number_of_the_order(client: Client) -> None:
    order, _payment = paid_order(priced(1000), language="ru")
    answer = client.get(f"{order.guest_url}receipt.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="receipt-{order.number}.pdf"'
    assert answer.content.startswith(b"%PDF-")
    assert answer.content != client.get(f"{order.guest_url}receipt.pdf?language=en").content
