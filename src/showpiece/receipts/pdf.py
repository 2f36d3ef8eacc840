"""A sheet drawn as PDF, A4, by fpdf2.

Most of its time goes into the fonts, whatever is on the sheet. The library takes a second to load, and is loaded when
the first sheet is drawn. Letters that the fonts lack become question marks; names that have some are drawn in Latin
letters, where the sheet says how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from showpiece.receipts.letters import FACES, FONTS, broken, drawable, is_drawable, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fpdf import FPDF

    from showpiece.receipts.sheet import Party, Row, Sheet, Sum

Colour = tuple[int, int, int]
INK, MUTED, GREEN, LINE = (16, 32, 26), (77, 92, 85), (13, 90, 61), (205, 213, 208)
# Millimetres.
EDGE, BOTTOM, GAP, LABEL = 20.0, 24.0, 4.0, 36.0
# Of the width: the least that names get, and where sums begin.
NAMES, SUMS = 0.34, 0.45

# Stands for the number of pages until it is known: a letter of no script, which no name can bring onto a sheet.
PAGES = "\ufdd0"


class Pen(NamedTuple):
    """How a text is written: points, weight and colour."""

    size: float = 10
    style: str = ""
    colour: Colour = INK

    @property
    def step(self) -> float:
        """Millimetres from line to line."""
        return self.size * 0.5


PLAIN, BOLD, QUIET, SMALL = Pen(), Pen(style="B"), Pen(colour=MUTED), Pen(8.5, "", MUTED)
TITLE, TOTAL, BRAND = Pen(20, "B"), Pen(12, "B"), Pen(12, "B", GREEN)


def sheet_pdf(sheet: Sheet, *, compressed: bool = True) -> bytes:
    """The file."""
    return _Paper(sheet, compressed=compressed).drawn()


class _Paper:
    """A sheet on its way onto pages. `y`: where the next thing begins, in millimetres from the top."""

    def __init__(self, sheet: Sheet, *, compressed: bool) -> None:
        self.sheet = sheet
        self.pdf = _blank(sheet, compressed=compressed)
        self.pdf.add_page()
        self.width: float = self.pdf.epw
        self.y = EDGE
        self.columns = self._columns()
        self.names = self.width - sum(self.columns)

    def _columns(self) -> list[float]:
        """How wide each column of amounts is: as its widest text, and narrower where the names had no room left."""
        wanted = []
        for place, head in enumerate(self.sheet.heads[1:]):
            texts = [(head, SMALL), *((row.cells[place], PLAIN) for row in self.sheet.rows)]
            lines = ((line, pen) for text, pen in texts for line in drawable(text).split("\n"))
            wanted.append(max(width(line, pen.size, pen.style) for line, pen in lines) + GAP * 1.5)
        most = self.width * (1 - NAMES)
        return [one * min(1, most / sum(wanted)) for one in wanted]

    def drawn(self) -> bytes:
        self._head()
        self._parties()
        self._heads()
        for row in self.sheet.rows:
            self._row(row)
        self.y += GAP
        for line in self.sheet.sums:
            self._sum(line)
        for note in self.sheet.notes:
            self._make_room(GAP + self._height(note, self.width, SMALL))
            self.y = self._write(note, SMALL, top=self.y + GAP)
        return bytes(self.pdf.output())

    # Parts of the sheet

    def _head(self) -> None:
        self.y = self._write(self.sheet.brand, BRAND, top=self.y) + GAP * 2
        self.y = self._write(self.sheet.title, TITLE, top=self.y) + GAP
        for fact in self.sheet.facts:
            label = self._write(fact.label, QUIET, room=LABEL - GAP, top=self.y)
            text = self._write(fact.text, PLAIN, left=LABEL, room=self.width - LABEL, top=self.y)
            self.y = max(label, text)
        self.y += GAP * 2

    def _parties(self) -> None:
        room = self.width / max(len(self.sheet.parties), 1)
        ends = [self._party(party, place * room, room - GAP) for place, party in enumerate(self.sheet.parties)]
        self.y = max([self.y, *ends]) + GAP * 2.5

    def _party(self, party: Party, left: float, room: float) -> float:
        y = self._write(party.label, SMALL, left=left, room=room, top=self.y)
        for place, line in enumerate(party.lines):
            y = self._write(line, PLAIN if place else BOLD, left=left, room=room, top=y)
        return y

    def _heads(self) -> None:
        name = self._write(self.sheet.heads[0], SMALL, room=self.names, top=self.y)
        self.y = max(name, self._cells(self.sheet.heads[1:], SMALL, self.y)) + GAP / 4
        self._line()

    def _row(self, row: Row) -> None:
        """It is never torn: one that does not fit begins the next page, below the heads."""
        name = row.plain if row.plain and not is_drawable(row.name) else row.name
        about = row.plain_about if row.plain_about and not is_drawable(row.about) else row.about
        high = self._height(name, self.names, BOLD) + self._height(about, self.names, SMALL)
        cells = max((self._height(cell, self.width, PLAIN) for cell in row.cells), default=0)
        if self._make_room(max(high, cells) + GAP):
            self._heads()
        top = self.y + GAP / 2
        end = self._write(name, BOLD, room=self.names, top=top)
        end = self._write(about, SMALL, room=self.names, top=end)
        self.y = max(end, self._cells(row.cells, PLAIN, top)) + GAP / 2
        self._line()

    def _cells(self, texts: Sequence[str], pen: Pen, top: float) -> float:
        left, end = self.names, top
        for text, room in zip(texts, self.columns, strict=True):
            end = max(end, self._write(text, pen, left=left + GAP, room=room - GAP, top=top, right=True))
            left += room
        return end

    def _sum(self, line: Sum) -> None:
        pen = {"total": TOTAL, "part": SMALL}.get(line.kind, PLAIN)
        left = self.width * SUMS
        amount = width(drawable(line.text), pen.size, pen.style) + GAP
        room = self.width - left - amount
        self._make_room(self._height(line.label, room, pen) + GAP / 2)
        self._write(line.text, pen, left=left + room, room=amount, top=self.y, right=True)
        self.y = self._write(line.label, pen, left=left, room=room, top=self.y) + GAP / 2

    # Writing

    def _write(
        self, text: str, pen: Pen, *, top: float, left: float = 0, room: float | None = None, right: bool = False
    ) -> float:
        """A text in so much room. Returns where it ends."""
        room = self.width - left if room is None else room
        self.pdf.set_font("Inter", pen.style, pen.size)
        self.pdf.set_text_color(*pen.colour)
        lines = broken(drawable(text), room, pen.size, pen.style) if text else []
        for line in lines:
            start = room - width(line, pen.size, pen.style) if right else 0
            if line:
                self.pdf.text(EDGE + left + start, top + pen.step * 0.76, line)
            top += pen.step
        return top

    def _height(self, text: str, room: float, pen: Pen) -> float:
        return len(broken(drawable(text), room, pen.size, pen.style)) * pen.step if text else 0

    def _make_room(self, height: float) -> bool:
        """Begin another page if this one has no room for so much. Returns whether it has."""
        if self.y + height <= self.pdf.h - BOTTOM:
            return False
        self.pdf.add_page()
        self.y = EDGE
        return True

    def _line(self) -> None:
        self.pdf.set_draw_color(*LINE)
        self.pdf.set_line_width(0.2)
        self.pdf.line(EDGE, self.y, EDGE + self.width, self.y)


def _blank(sheet: Sheet, *, compressed: bool) -> FPDF:
    from fpdf import FPDF, ViewerPreferences

    named = " ".join([sheet.title, *(fact.text for fact in sheet.facts[:1])])

    class Pages(FPDF):
        def footer(self) -> None:
            """Each page says whose it is, for when the sheets are mixed up."""
            self.set_y(-BOTTOM + 8)
            self.set_font("Inter", SMALL.style, SMALL.size)
            self.set_text_color(*SMALL.colour)
            self.c_margin = 0
            self.cell(self.epw / 2, 4, drawable(named))
            # How many there are is known at the end; it takes the place of one digit.
            likely = width(drawable(sheet.page_of.format(page=self.page_no(), pages=9)), SMALL.size)
            self.x = EDGE + self.epw - likely
            self.cell(likely, 4, sheet.page_of.format(page=self.page_no(), pages=PAGES))

    pdf = Pages(format="A4")
    pdf.set_compression(compressed)
    pdf.alias_nb_pages(PAGES)
    for style, file in FACES.items():
        pdf.add_font("Inter", style, FONTS / file)
    pdf.set_margins(EDGE, EDGE, EDGE)
    pdf.set_auto_page_break(False)
    pdf.set_lang(sheet.language)
    pdf.set_title(named)
    pdf.set_author(sheet.brand)
    pdf.set_creation_date(sheet.moment)
    # A reader's window, and what is read aloud, begin with the title and not with the name of the file.
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    return pdf
