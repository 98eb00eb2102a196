"""One HTML file that holds everything: style, figures, links; nothing is fetched."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from annotations.reporting.final_report.render.cells import Shown, right_columns, shown
from annotations.reporting.final_report.render.drawings import svg_of
from annotations.reporting.final_report.result import STATUS_WORDS, Figure, Report, Table


def report_html(report: Report) -> str:
    """The page."""
    return _template().render(report=report)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("annotations.reporting.final_report.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["shown"] = _shown
    environment.filters["svg"] = _svg
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.globals["status_words"] = STATUS_WORDS
    return environment.get_template("report.html")


def _shown(table: Table) -> tuple[list[list[Shown]], list[bool]]:
    rows = [[shown(cell) for cell in row] for row in table.rows]
    return rows, right_columns(rows, len(table.columns))


def _svg(figure: Figure) -> Markup:
    """The drawing; its texts are escaped where it is drawn."""
    return Markup(svg_of(figure))  # noqa: S704
