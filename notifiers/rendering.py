"""Templates to messages: which one speaks to whom, in which language, with dates and numbers as that language writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import SandboxedEnvironment

from alertcore.records.notice import Notice
from notifiers import several
from notifiers.email.mould import Slot, Written, mark
from notifiers.facts import Facts

TEMPLATES = Path(__file__).parent / "templates"

# An officer can be shown what a professional or a company is told, a company what a professional is told. A patient never gets
# a text made for others.
FALLBACK = {
    "professional": ("professional",),
    "company": ("company", "professional"),
    "officer": ("officer", "professional", "company"),
    "patient": ("patient",),
}


class TemplateMissing(Exception):
    """No template speaks to this audience. Permanent."""


class TemplateBroken(Exception):
    """A template failed with these parameters. Permanent; the text names template and error, never the parameters."""


@dataclass(frozen=True, slots=True)
class House:
    """Who writes, and where links lead."""

    agency: str
    public_url: str
    timezone: str = "Europe/Paris"
    languages: tuple[str, ...] = ("fr", "en")


class Renderer:
    """Renders notices. `extra` is a folder of the agency's own templates, which go before the shipped ones."""

    def __init__(self, house: House, extra: Path | None = None) -> None:
        self._house = house
        loaders: list[BaseLoader] = [FileSystemLoader(folder) for folder in (extra, TEMPLATES) if folder is not None]
        self._environment = SandboxedEnvironment(
            loader=ChoiceLoader(loaders),
            autoescape=lambda name: bool(name and name.endswith(".html.j2")),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def render(self, notice: Notice, audience: str, language: str) -> Written:
        """Subject, text and HTML for one audience and language. Raises TemplateMissing, TemplateBroken."""
        folder, spoken = self.resolve(notice.template, audience, language)
        facts = Facts(notice, spoken)
        context = self._context(facts, audience, may_leave=not notice.duty) | _beside(notice, spoken)
        try:
            context["w"] = self._words(context)
            context["several"] = several.items(notice, spoken) if several.has_items(notice) else []
            subject, text, html = (self._part(f"{folder}/{spoken}", part, context) for part in ("subject", "txt", "html"))
        except TemplateError as error:
            raise TemplateBroken(f"{folder}/{spoken}: {type(error).__name__}") from error
        return Written(" ".join(subject.split()), _tidy(text), html, spoken, urgent=facts.urgent, may_leave=not notice.duty)

    def _part(self, name: str, part: str, context: dict[str, Any]) -> str:
        """`b` are the blocks of this kind: macros that know the facts; `items` the alerts of the message, each with facts and blocks."""
        blocks = self._environment.get_template(f"blocks.{'html' if part == 'html' else 'txt'}.j2")
        items = []
        for facts in context["several"]:
            own = context | {"f": facts}
            own["w"] = self._words(own)
            items.append({"f": facts, "w": own["w"], "b": blocks.make_module(own)})
        made = {"b": blocks.make_module(context), "items": items}
        return self._environment.get_template(f"{name}.{part}.j2").render(context | made)

    def _words(self, context: dict[str, Any]) -> Any:
        return self._environment.get_template(f"words/{context['f'].language}.j2").make_module(context)

    def resolve(self, template: str, audience: str, language: str) -> tuple[str, str]:
        """Folder and language that are used: the audience's own or its fallback; the language, else the agency's, else English."""
        for fallback in FALLBACK.get(audience, ("professional",)):
            for spoken in dict.fromkeys((language, *self._house.languages, "en")):
                if self._has(f"{template}/{fallback}/{spoken}.subject.j2"):
                    return f"{template}/{fallback}", spoken
        raise TemplateMissing(f"no template {template} for {audience}")

    def _has(self, name: str) -> bool:
        loader = self._environment.loader
        assert loader is not None
        try:
            loader.get_source(self._environment, name)
        except TemplateNotFound:
            return False
        return True

    def _context(self, facts: Facts, audience: str, *, may_leave: bool) -> dict[str, Any]:
        locale = facts.language
        zone = ZoneInfo(self._house.timezone)
        return {
            "f": facts,
            "audience": audience,
            "agency": facts.agency or self._house.agency,
            "public_url": self._house.public_url.rstrip("/"),
            "may_leave": may_leave,
            "unsubscribe_url": mark(Slot.UNSUBSCRIBE),
            "acknowledge_url": mark(Slot.ACKNOWLEDGE),
            "day": lambda value: _day(value, locale, zone),
            "moment": lambda value: _moment(value, locale, zone),
            "figure": lambda value, digits=0: _figure(value, locale, digits),
            "until": lambda value: _until(value, locale, zone),
            "wrap": wrap,
        }


def _beside(notice: Notice, language: str) -> dict[str, Any]:
    """What is said beside the facts, and the parameters as they are for what only one template says."""
    return {
        "standing": several.standing(notice, language),
        "merged": several.merged(notice),
        "given": notice.params,
        "instant": _instant,
    }


def _instant(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None


def _day(value: date | datetime | None, locale: str, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(zone).date()
    return _written(value, locale)


def _written(day: date, locale: str) -> str:
    """A day in words; the first of a month is `1er` in French, which the locale's patterns do not know."""
    text = str(format_date(day, "d MMMM y", locale=locale))
    return f"1er{text[1:]}" if locale == "fr" and day.day == 1 else text


def _moment(value: datetime | None, locale: str, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    local = value.astimezone(zone)
    return f"{_written(local.date(), locale)} {'à' if locale == 'fr' else 'at'} {local:%H:%M}"


def _until(value: datetime, locale: str, zone: ZoneInfo) -> str:
    """A limit at midnight is the end of the day before: nobody reads `1 March, 00:00` as the end of February."""
    local = value.astimezone(zone)
    if (local.hour, local.minute) == (0, 0):
        last = _written(local.date() - timedelta(days=1), locale)
        return f"{last} inclus" if locale == "fr" else f"the end of {last}"
    return _moment(value, locale, zone)


def _figure(value: float | None, locale: str, digits: int) -> str:
    return "" if value is None else str(format_decimal(round(value, digits), locale=locale))


def wrap(text: str, width: int = 74, indent: str = "") -> str:
    """Lines of at most `width`; words, numbers with their no-break spaces, and links are never cut."""
    return "\n".join(indent + line if line else "" for line in _wrapped(text, width - len(indent)))


def _wrapped(text: str, width: int) -> Sequence[str]:
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for part in (p for p in paragraph.split(" ") if p):  # a no-break space stays inside its word
            if line and len(line) + 1 + len(part) > width:
                lines.append(line)
                line = part
            else:
                line = f"{line} {part}" if line else part
        lines.append(line)
    return lines


def _tidy(text: str) -> str:
    """No more than one empty line in a row, none at the ends, no blanks at line ends."""
    out: list[str] = []
    for line in (raw.rstrip(" \t") for raw in text.strip("\n").split("\n")):
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).rstrip("\n") + "\n"
