"""A sheet drawn as PDF, A4, by fpdf2.

Takes about 40 ms of a processor, most of it for the fonts, and the library a second to load: it is loaded when the
first sheet is drawn. Letters that the fonts lack are drawn as question marks; a name that has some is drawn in Latin
letters, if the sheet says how.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from showpiece.receipts.sheet import Party, Row, Sheet, Sum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"
FACES = {"": "inter-regular.ttf", "B": "inter-bold.ttf"}
# Millimetres.
EDGE, BOTTOM, GAP = 20, 24, 4
CELL = 28
LABEL = 34
# Points.
TEXT, SMALL, TITLE, TOTAL = 10, 8.5, 20, 12
INK, MUTED, GREEN, LINE = (16, 32, 26), (77, 92, 85), (13, 90, 61), (205, 213, 208)
# Characters for the layout of a screen, which are nothing on paper.
UNSEEN = {"Cf", "Cc", "Mn"}


def sheet_pdf(sheet: Sheet, *, compressed: bool = True) -> bytes:
    """The file. Uncompressed, tests can look into it."""
    return _Paper(sheet, compressed=compressed).drawn()


class _Paper:
    """A sheet on its way onto pages."""

    def __init__(self, sheet: Sheet, *, compressed: bool) -> None:
        self.sheet = sheet
        self.pdf = pdf = _blank(sheet, compressed=compressed)
        self.width: float = pdf.epw
        self.names: float = self.width - CELL * (len(sheet.heads) - 1)
        pdf.add_page()

    def drawn(self) -> bytes:
        self._head()
        self._parties()
        self._heads()
        for row in self.sheet.rows:
            self._row(row)
        self._sums()
        self._notes()
        return bytes(self.pdf.output())

    # Parts of the sheet

    def _head(self) -> None:
        self._write(self.width, self.sheet.brand, size=TOTAL, style="B", colour=GREEN)
        self.pdf.ln(GAP * 2)
        self._write(self.width, self.sheet.title, size=TITLE, style="B")
        self.pdf.ln(GAP)
        for fact in self.sheet.facts:
            top = self.pdf.y
            self._write(LABEL, fact.label, colour=MUTED)
            below, self.pdf.y = self.pdf.y, top
            self._write(self.width - LABEL, fact.text, left=LABEL)
            self.pdf.y = max(self.pdf.y, below)
        self.pdf.ln(GAP * 2)

    def _parties(self) -> None:
        top, below = self.pdf.y, self.pdf.y
        room = self.width / max(len(self.sheet.parties), 1)
        for place, party in enumerate(self.sheet.parties):
            self.pdf.y = top
            self._party(party, left=place * room, room=room - GAP)
            below = max(below, self.pdf.y)
        self.pdf.y = below
        self.pdf.ln(GAP * 2.5)

    def _party(self, party: Party, *, left: float, room: float) -> None:
        self._write(room, party.label, size=SMALL, colour=MUTED, left=left)
        for place, line in enumerate(party.lines):
            self._write(room, line, style="B" if place == 0 else "", left=left)

    def _heads(self) -> None:
        self._cells(self.sheet.heads[0], self.sheet.heads[1:], size=SMALL, colour=MUTED)
        self._line()

    def _row(self, row: Row) -> None:
        """A row is never torn: one that does not fit begins the next page, below the heads."""
        name = row.plain if row.plain and not _is_drawable(row.name) else row.name
        heights = [self._height(self.names - GAP, name, style="B")]
        heights[0] += self._height(self.names - GAP, row.about, size=SMALL)
        heights += [self._height(CELL, cell) for cell in row.cells]
        self._make_room(max(heights) + GAP, heads=True)
        top = self.pdf.y
        self.pdf.y = top + GAP / 2
        self._cells(name, row.cells, style="B")
        below, self.pdf.y = self.pdf.y, top + GAP / 2 + self._height(self.names - GAP, name, style="B")
        self._write(self.names - GAP, row.about, size=SMALL, colour=MUTED)
        self.pdf.y = max(self.pdf.y, below)
        self.pdf.ln(GAP / 2)
        self._line()

    def _sums(self) -> None:
        self.pdf.ln(GAP / 2)
        for line in self.sheet.sums:
            self._sum(line)

    def _sum(self, line: Sum) -> None:
        size = {"total": TOTAL, "part": SMALL}.get(line.kind, TEXT)
        style, colour = "B" if line.kind == "total" else "", MUTED if line.kind == "part" else INK
        left = self.width * 0.4
        room = self.width - left - CELL * 1.5
        self._make_room(self._height(room, line.label, size=size, style=style) + GAP / 2)
        self.pdf.ln(GAP / 4)
        top = self.pdf.y
        self._write(room, line.label, size=size, style=style, colour=colour, left=left)
        below, self.pdf.y = self.pdf.y, top
        self._write(CELL * 1.5, line.text, size=size, style=style, colour=colour, left=left + room, align="R")
        self.pdf.y = max(self.pdf.y, below)
        self.pdf.ln(GAP / 4)

    def _notes(self) -> None:
        for note in self.sheet.notes:
            self.pdf.ln(GAP)
            self._make_room(self._height(self.width, note, size=SMALL))
            self._write(self.width, note, size=SMALL, colour=MUTED)

    # Pens

    def _cells(
        self, first: str, others: Sequence[str], *, size: float = TEXT, style: str = "", colour: Any = INK
    ) -> None:
        """A name on the left and amounts on the right, each under the others of its column."""
        top = self.pdf.y
        self._write(self.names - GAP, first, size=size, style=style, colour=colour)
        below = self.pdf.y
        for place, text in enumerate(others):
            self.pdf.y = top
            self._write(CELL, text, size=size, colour=colour, left=self.names + place * CELL, align="R")
            below = max(below, self.pdf.y)
        self.pdf.y = below

    def _write(
        self,
        room: float,
        text: str,
        *,
        size: float = TEXT,
        style: str = "",
        colour: tuple[int, int, int] = INK,
        left: float = 0,
        align: str = "L",
    ) -> None:
        """A text in so much room, from where the pen is down; the pen ends at the left edge below it."""
        if not text:
            return
        self.pdf.set_font("Inter", style, size)
        self.pdf.set_text_color(*colour)
        self.pdf.x = EDGE + left
        self.pdf.multi_cell(room, _step(size), drawable(text), align=align, new_x="LMARGIN", new_y="NEXT", padding=0)

    def _height(self, room: float, text: str, *, size: float = TEXT, style: str = "") -> float:
        if not text:
            return 0
        self.pdf.set_font("Inter", style, size)
        height: float = self.pdf.multi_cell(
            room, _step(size), drawable(text), dry_run=True, output="HEIGHT", new_x="LMARGIN", new_y="NEXT"
        )
        return height

    def _make_room(self, height: float, *, heads: bool = False) -> None:
        if self.pdf.y + height <= self.pdf.h - BOTTOM:
            return
        self.pdf.add_page()
        if heads:
            self._heads()

    def _line(self) -> None:
        self.pdf.set_draw_color(*LINE)
        self.pdf.set_line_width(0.2)
        self.pdf.line(EDGE, self.pdf.y, EDGE + self.width, self.pdf.y)


def _blank(sheet: Sheet, *, compressed: bool) -> FPDF:
    from fpdf import FPDF, ViewerPreferences

    number = sheet.facts[0].text if sheet.facts else ""

    class Pages(FPDF):
        def footer(self) -> None:
            """Each page says whose it is, for when the sheets are mixed up."""
            self.set_y(-BOTTOM + 8)
            self.set_font("Inter", "", SMALL)
            self.set_text_color(*MUTED)
            self.cell(self.epw / 2, 4, drawable(f"{sheet.title} {number}".strip()))
            page = sheet.page_of.format(page=self.page_no(), pages="{nb}")
            self.cell(self.epw / 2, 4, drawable(page), align="R")

    pdf = Pages(format="A4")
    pdf.set_compression(compressed)
    for style, file in FACES.items():
        pdf.add_font("Inter", style, FONTS / file)
    pdf.set_margins(EDGE, EDGE, EDGE)
    pdf.set_auto_page_break(True, BOTTOM)
    pdf.set_lang(sheet.language)
    pdf.set_title(f"{sheet.title} {number}".strip())
    pdf.set_author(sheet.brand)
    pdf.set_creation_date(sheet.moment)
    # A reader's window, and what is read aloud, begin with the title and not with the name of the file.
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    return pdf


def _step(size: float) -> float:
    """Millimetres from line to line."""
    return size * 0.5


def drawable(text: str) -> str:
    """The text with letters that the fonts have."""
    composed = unicodedata.normalize("NFC", text)
    kept = (letter for letter in composed if letter in "\n\u00ad" or unicodedata.category(letter) not in UNSEEN)
    return "".join(letter if letter == "\n" or _has(letter) else _spare(letter) for letter in kept)


def _is_drawable(text: str) -> bool:
    return "?" not in drawable(text.replace("?", ""))


def _spare(letter: str) -> str:
    return " " if letter.isspace() else "?"


def _has(letter: str) -> bool:
    return ord(letter) in _letters()


@cache
def _letters() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    return frozenset.intersection(*(frozenset(TTFont(FONTS / file).getBestCmap()) for file in FACES.values()))
