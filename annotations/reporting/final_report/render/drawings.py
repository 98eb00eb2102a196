"""Figures as drawings that become SVG and PDF alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

from annotations.reporting.final_report.render.axes import Axes, ticks
from annotations.reporting.final_report.result import Figure

INK: Final = HexColor("#1a1a1a")
SOFT: Final = HexColor("#8a8a8a")
FAINT: Final = HexColor("#dddddd")
COLOURS: Final = tuple(
    HexColor(one)
    for one in ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#666666")
)
"""Told apart also by those who don't see red or green (Okabe and Ito), and by dashes."""
DASHES: Final = (None, (5, 2), (2, 2), (7, 2, 2, 2))
WIDTH, HEIGHT = 460, 280
FONT: Final = "Helvetica"


def drawing_of(figure: Figure) -> Drawing:
    """The figure drawn."""
    return _DRAWERS[figure.kind](figure.data)


def svg_of(figure: Figure) -> str:
    """The drawing as one svg element, to stand in a page; names inside it begin with its key."""
    text = renderSVG.drawToString(drawing_of(figure))
    start = text.index("<svg")
    svg: str = text[start:].strip()
    for name in ("clip", "group"):
        svg = svg.replace(f'id="{name}"', f'id="{figure.key}-{name}"')
        svg = svg.replace(f"url(#{name})", f"url(#{figure.key}-{name})")
    return svg


def text_at(
    x: float, y: float, words: str, size: float = 8, anchor: str = "start", colour: Color = INK
) -> String:
    """A text; only Latin letters can be drawn."""
    plain = words.encode("cp1252", "replace").decode("cp1252")
    return String(x, y, plain, fontName=FONT, fontSize=size, textAnchor=anchor, fillColor=colour)


def _flow(data: Mapping[str, Any]) -> Drawing:
    arms: Sequence[Sequence[str]] = data["arms"]
    width = max(WIDTH, 150 * len(arms))
    foot = max((14 * len(lines) + 10 for lines in arms), default=0)
    drawing = Drawing(width, foot + 70)
    top = foot + 28
    _box(drawing, width / 2 - 110, top, 220, data["top"])
    for place, lines in enumerate(arms):
        middle = width * (place + 0.5) / len(arms)
        drawing.add(Line(width / 2, top, width / 2, top - 14, strokeColor=INK))
        drawing.add(
            Line(
                min(middle, width / 2), top - 14, max(middle, width / 2), top - 14, strokeColor=INK
            )
        )
        drawing.add(Line(middle, top - 14, middle, top - 26, strokeColor=INK))
        _box(drawing, middle - 70, top - 36 - 14 * len(lines), 140, lines)
    return drawing


def _box(drawing: Drawing, x: float, y: float, width: float, lines: Sequence[str]) -> None:
    height = 14 * len(lines) + 10
    drawing.add(Rect(x, y, width, height, fillColor=None, strokeColor=INK, strokeWidth=0.8))
    for place, line in enumerate(lines):
        at = y + height - 14 * (place + 1)
        drawing.add(text_at(x + width / 2, at, line, 9 if place == 0 else 8, "middle"))


def _slopes(data: Mapping[str, Any]) -> Drawing:
    lines = data["lines"]
    values = [v for line in lines for v in line["values"] if v is not None]
    values += [v for v in data.get("mean") or () if v is not None]
    drawing = Drawing(WIDTH, HEIGHT)
    if not values:
        drawing.add(text_at(WIDTH / 2, HEIGHT / 2, "no value can be estimated", 9, "middle"))
        return drawing
    axes = Axes.around(values, WIDTH, HEIGHT, right=90)
    arms = data["arms"]
    at = [
        axes.left + axes.width * (0.12 + 0.76 * i / max(len(arms) - 1, 1)) for i in range(len(arms))
    ]
    _y_axis(drawing, axes, data["y_label"])
    for x, arm in zip(at, arms, strict=True):
        drawing.add(Line(x, axes.bottom, x, axes.top, strokeColor=FAINT))
        drawing.add(text_at(x, axes.bottom - 14, arm, 9, "middle"))
    groups = list(dict.fromkeys(line["group"] for line in lines))
    ends: list[tuple[float, str, Color]] = []
    for line in lines:
        place = groups.index(line["group"])
        points = [(x, axes.y(v)) for x, v in zip(at, line["values"], strict=True) if v is not None]
        colour = COLOURS[place % len(COLOURS)]
        _line(drawing, points, colour, 1, DASHES[place % len(DASHES)])
        for x, y in points:
            drawing.add(Circle(x, y, 2, fillColor=colour, strokeColor=colour))
        if points and line["values"][-1] is not None:
            ends.append((points[-1][1], line["name"], colour))
    _labels(drawing, at[-1] + 8, ends)
    mean = [
        (x, axes.y(v))
        for x, v in zip(at, data.get("mean") or [None] * len(at), strict=True)
        if v is not None
    ]
    _line(drawing, mean, INK, 2.5, None)
    for place, group in enumerate(groups):
        if len(groups) > 1:
            y = axes.top - 4 - 12 * place
            _line(
                drawing,
                [(WIDTH - 62, y + 3), (WIDTH - 44, y + 3)],
                COLOURS[place],
                1,
                DASHES[place % len(DASHES)],
            )
            drawing.add(text_at(WIDTH - 40, y, group or "not said"))
    return drawing


def _labels(drawing: Drawing, x: float, ends: list[tuple[float, str, Color]]) -> None:
    """Names at the ends of lines, pushed apart where they would meet."""
    last = -1e9
    for y, name, colour in sorted(ends, key=lambda one: (one[0], one[1])):
        last = max(y - 3, last + 8)
        drawing.add(text_at(x, last, name, 7, colour=colour))


def _line(
    drawing: Drawing,
    points: Sequence[tuple[float, float]],
    colour: Color,
    width: float,
    dash: tuple[int, ...] | None,
) -> None:
    if len(points) > 1:
        flat = [coordinate for point in points for coordinate in point]
        drawing.add(PolyLine(flat, strokeColor=colour, strokeWidth=width, strokeDashArray=dash))


def _y_axis(drawing: Drawing, axes: Axes, label: str) -> None:
    drawing.add(Line(axes.left, axes.bottom, axes.left, axes.top, strokeColor=INK))
    for value in ticks(axes.low, axes.high):
        y = axes.y(value)
        drawing.add(Line(axes.left - 3, y, axes.left, y, strokeColor=INK))
        drawing.add(text_at(axes.left - 5, y - 3, f"{value:g}", 8, "end"))
    drawing.add(text_at(axes.left, axes.top + 8, label, 8))


def _x_axis(drawing: Drawing, axes: Axes, label: str) -> None:
    drawing.add(Line(axes.left, axes.bottom, axes.right, axes.bottom, strokeColor=INK))
    for value in ticks(0.0, axes.x_high):
        x = axes.x(value)
        drawing.add(Line(x, axes.bottom - 3, x, axes.bottom, strokeColor=INK))
        drawing.add(text_at(x, axes.bottom - 13, f"{value:g}", 8, "middle"))
    drawing.add(text_at((axes.left + axes.right) / 2, axes.bottom - 26, label, 8, "middle"))


def _curves(data: Mapping[str, Any]) -> Drawing:
    drawing = Drawing(WIDTH, HEIGHT + 20)
    y_max = float(data.get("y_max", 1.0))
    axes = Axes(50, 40, 300, HEIGHT, 0.0, y_max, float(data["x_max"]))
    _y_axis(drawing, axes, data["y_label"])
    _x_axis(drawing, axes, data["x_label"])
    if data["diagonal"]:
        _line(drawing, [(axes.x(0), axes.y(0)), (axes.x(1), axes.y(1))], FAINT, 1, None)
    for place, curve in enumerate(data["curves"]):
        strong = bool(curve.get("strong"))
        colour = INK if strong else COLOURS[place % len(COLOURS)]
        dash = None if strong else DASHES[(place // len(COLOURS)) % len(DASHES)]
        points = [(axes.x(x), axes.y(y)) for x, y in zip(curve["x"], curve["y"], strict=True)]
        _line(drawing, points, colour, 2 if strong else 1, dash)
        y = axes.top - 8 - 12 * place
        if y > 20:
            _line(
                drawing,
                [(axes.right + 12, y + 3), (axes.right + 30, y + 3)],
                colour,
                2 if strong else 1,
                dash,
            )
            drawing.add(text_at(axes.right + 34, y, curve["name"][:26], 7))
    return drawing


def _reliability(data: Mapping[str, Any]) -> Drawing:
    drawing = Drawing(WIDTH, HEIGHT + 20)
    axes = Axes(50, 40, 300, HEIGHT, 0.0, 1.0, 1.0)
    _y_axis(drawing, axes, "share positive")
    _x_axis(drawing, axes, "mean probability")
    _line(drawing, [(axes.x(0), axes.y(0)), (axes.x(1), axes.y(1))], FAINT, 1, None)
    points = [(axes.x(x), axes.y(y)) for x, y in zip(data["x"], data["y"], strict=True)]
    _line(drawing, points, COLOURS[0], 1, None)
    for (x, y), n in zip(points, data["n"], strict=True):
        drawing.add(Circle(x, y, 2.5, fillColor=COLOURS[0], strokeColor=COLOURS[0]))
        drawing.add(text_at(x + 4, y - 8, f"{n}", 6, colour=SOFT))
    drawing.add(text_at(axes.right + 12, axes.top - 8, "numbers: cells a bin", 7))
    return drawing


_DRAWERS: Final[dict[str, Callable[[Mapping[str, Any]], Drawing]]] = {
    "flow": _flow,
    "slopes": _slopes,
    "curves": _curves,
    "reliability": _reliability,
}
