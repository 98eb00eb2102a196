"""The report as PDF: A4, with bookmarks, links and the data's hash on every page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    LongTable,
    PageTemplate,
    Paragraph,
    Spacer,
)

from annotations.reporting.final_report.render.cells import Shown, right_columns, shown
from annotations.reporting.final_report.render.drawings import drawing_of
from annotations.reporting.final_report.result import (
    STATUS_WORDS,
    Figure,
    Report,
    Section,
    Table,
    Text,
)

MARGIN: Final = 16 * mm
WIDTH: Final = A4[0] - 2 * MARGIN
GREY: Final = HexColor("#666666")
LINK: Final = "#00527f"


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=more.pop("fontName", "Helvetica"), fontSize=size, leading=size * 1.3, **more
    )


TITLE: Final = _style("title", 18, fontName="Helvetica-Bold", spaceAfter=4)
HEADING: Final = _style("heading", 13, fontName="Helvetica-Bold", spaceBefore=16, spaceAfter=6)
BODY: Final = _style("body", 9.5, spaceAfter=5)
CAPTION: Final = _style("caption", 9, fontName="Helvetica-Bold", spaceBefore=8, spaceAfter=3)
NOTE: Final = _style("note", 7.5, textColor=GREY, spaceBefore=2, spaceAfter=6)
CELL_SIZES: Final = ((6, 7.5), (8, 7.0), (10, 6.5), (99, 5.5))
"""So many columns at most -> size of the letters."""


def report_pdf(report: Report) -> bytes:
    """The file; the same report gives the same bytes."""
    whole = io.BytesIO()
    document = _Document(whole, report)
    document.build(list(_story(report)))
    return whole.getvalue()


class _Document(BaseDocTemplate):  # type: ignore[misc]
    """A4 portrait; the foot of each page says what it rests on."""

    def __init__(self, out: io.BytesIO, report: Report) -> None:
        super().__init__(
            out,
            pagesize=A4,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=MARGIN,
            bottomMargin=MARGIN + 6 * mm,
            title=plain(report.title),
            subject=plain(report.subtitle),
            author="",
            creator="SpineStudy",
            lang="en",
            invariant=1,
        )
        self._report = report
        frame = Frame(MARGIN, MARGIN + 6 * mm, WIDTH, A4[1] - 2 * MARGIN - 6 * mm, 0, 0, 0, 0)
        self.addPageTemplates([PageTemplate("page", [frame], onPage=self._foot)])

    def _foot(self, canvas: Any, _: Any) -> None:
        canvas.setFont("Helvetica", 6.5)
        canvas.setFillColor(GREY)
        facts = self._report.facts
        words = f"Data {facts['data']}  seed {facts['seed']}  {facts['preset']}"
        canvas.drawString(MARGIN, MARGIN - 2 * mm, plain(words))
        canvas.drawRightString(A4[0] - MARGIN, MARGIN - 2 * mm, f"page {canvas.getPageNumber()}")

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab's name
        """Bookmarks of the sections."""
        key = getattr(flowable, "section_key", None)
        if key:
            self.canv.addOutlineEntry(flowable.getPlainText(), f"section-{key}", 0)
            self.canv.bookmarkPage(f"section-{key}")


def plain(text: str) -> str:
    """Letters that the standard fonts have; others become a question mark."""
    return text.encode("cp1252", "replace").decode("cp1252")


def _marked(text: str) -> str:
    return escape(plain(text))


def _story(report: Report) -> Iterator[Flowable]:
    yield Paragraph(_marked(report.title), TITLE)
    yield Paragraph(_marked(report.subtitle), BODY)
    yield Paragraph(
        "Numbers stand with their 95 % interval; below them in grey cells / patients. Every number "
        "with all its digits stands in the JSON and CSV files.",
        NOTE,
    )
    for section in report.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[Flowable]:
    heading = Paragraph(f'<a name="{section.key}"/>{_marked(section.title)}', HEADING)
    heading.section_key = section.key
    yield CondPageBreak(60 * mm)
    yield heading
    for block in section.blocks:
        match block:
            case Text():
                yield Paragraph(_marked(block.text), BODY)
            case Figure():
                yield _figure(block, section.key)
            case Table():
                yield from _table(block, section.key)


def _caption(block: Figure | Table, section_key: str) -> Paragraph:
    status = STATUS_WORDS[block.status]
    words = _marked(block.title)
    if status:
        words += f' <font name="Helvetica" size="7.5" color="#666666">{status}</font>'
    # A name may stand once; the section has it where both have the same key.
    name = f'<a name="{block.key}"/>' if block.key != section_key else ""
    return Paragraph(f"{name}{words}", CAPTION)


def _figure(figure: Figure, section_key: str) -> Flowable:
    drawing = drawing_of(figure)
    scale = min(1.0, WIDTH / drawing.width)
    drawing.scale(scale, scale)
    drawing.width, drawing.height = drawing.width * scale, drawing.height * scale
    parts = [_caption(figure, section_key), drawing]
    parts += [Paragraph(_marked(figure.note), NOTE)] if figure.note else []
    return KeepTogether(parts)


def _table(table: Table, section_key: str) -> Iterator[Flowable]:
    yield CondPageBreak(30 * mm)  # a head never stands alone at the foot of a page
    yield _caption(table, section_key)
    size = next(size for most, size in CELL_SIZES if len(table.columns) <= most)
    cells = [[shown(cell) for cell in row] for row in table.rows]
    sides = [2 if right else 0 for right in right_columns(cells, len(table.columns))]
    heads = [_style("head", size, fontName="Helvetica-Bold", alignment=side) for side in sides]
    styles = [_style("cell", size, alignment=side) for side in sides]
    body: list[list[Any]] = [
        [Paragraph(_marked(one), head) for one, head in zip(table.columns, heads, strict=True)]
    ]
    body += [
        [Paragraph(_words(one, size), style) for one, style in zip(row, styles, strict=True)]
        for row in cells
    ]
    if not cells:
        body.append([Paragraph("none", _style("none", size)), *[""] * (len(table.columns) - 1)])
    yield LongTable(
        body,
        colWidths=_widths(table.columns, cells, size),
        repeatRows=1,
        hAlign="LEFT",
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 5),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ("LINEBELOW", (0, 0), (-1, 0), 0.6, HexColor("#1a1a1a")),
            ("LINEBELOW", (0, 1), (-1, -1), 0.25, HexColor("#dddddd")),
        ],
    )
    yield Paragraph(_marked(table.note), NOTE) if table.note else Spacer(1, 4)


def _words(cell: Shown, size: float) -> str:
    words = _marked(cell.text)
    if cell.target:
        words = f'<a href="#{cell.target}" color="{LINK}">{words}</a>'
    if cell.below:
        words += f'<br/><font size="{size * 0.85:g}" color="#666666">{_marked(cell.below)}</font>'
    return words


def _widths(columns: tuple[str, ...], cells: list[list[Shown]], size: float) -> list[float]:
    """As browsers do: every column its longest word, the rest by how much a column would like."""
    least, wanted = [], []
    for place, name in enumerate(columns):
        texts = [name, *(row[place].text for row in cells)]
        words = [word for text in texts for word in text.split()] or [""]
        least.append(
            min(max(stringWidth(plain(one), "Helvetica-Bold", size) for one in words), 110)
        )
        wanted.append(max(stringWidth(plain(one), "Helvetica-Bold", size) for one in texts))
    least = [one + 6 for one in least]
    wanted = [max(one + 8, low) for one, low in zip(wanted, least, strict=True)]
    if sum(wanted) <= WIDTH:
        return wanted
    if sum(least) >= WIDTH:
        return [one * WIDTH / sum(least) for one in least]
    spare = WIDTH - sum(least)
    room = [high - low for high, low in zip(wanted, least, strict=True)]
    return [low + spare * one / sum(room) for low, one in zip(least, room, strict=True)]
