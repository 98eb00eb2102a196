"""A model card's Markdown as HTML. HTML inside the Markdown stays text."""

from __future__ import annotations

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

_RENDERER = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def card_html(markdown: str) -> SafeString:
    """The card without its title, which the page has; headings one step lower."""
    tokens = _RENDERER.parse(markdown)
    if tokens and tokens[0].tag == "h1":
        tokens = tokens[3:]
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + 1, 6)}"
        if token.type == "table_open":
            token.attrJoin("class", "table")
    text: str = _RENDERER.renderer.render(tokens, _RENDERER.options, {})
    return SafeString(text)  # the renderer escapes all HTML of the card
