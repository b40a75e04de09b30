"""Publish a home's releases as a static site, for any file server or bucket."""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from schemas.words import plural
from warehouse.page import style_sheet, words

HERE = Path(__file__).parent


def template(name: str) -> Template:
    """Return a template of this folder; it escapes what it inserts."""
    return _environment().get_template(name)


def style() -> bytes:
    """Return the style sheet of the site's pages."""
    return f"{style_sheet()}\n{(HERE / 'site.css').read_text('utf-8')}".encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"day": words.day, "counted": plural, "coded": coded}
    environment.tests["link"] = words.is_link
    return environment


def coded(text: str) -> Markup:
    """Return a text as HTML, with the words between backticks as code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  the text is escaped
