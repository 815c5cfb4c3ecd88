"""Do the languages say the same? Numbers, dates, lots and names of each message compared across languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import get_month_names

from alertcore.records.notice import Notice, Purpose
from notifiers.email.mould import Slot, mark
from notifiers.rendering import Renderer, TemplateBroken, TemplateMissing
from notifiers.samples import AUDIENCES, sample

_SPACES = "\u00a0\u202f\u2009"
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_SLASHED = re.compile(r"\b(\d{2})/(\d{2})/(\d{4})\b")
_CODE = re.compile(r"\b(?=[\w/.-]*\d)(?=[\w/.-]*[A-Za-z])[\w/-]+(?:\.[\w/-]+)*\b")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Difference:
    """What only one language says, or a message that cannot be made at all."""

    template: str
    audience: str
    purpose: str
    text: str


def said(text: str, language: str) -> set[str]:
    """Dates as ISO, numbers with a point and no grouping, and codes (lots, references) as they stand."""
    for slot in Slot:
        text = text.replace(mark(slot), " ")
    text = re.sub(rf"(?<=\d)[{_SPACES}](?=\d{{3}}\b)", "", text)
    if language == "en":
        text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    found: set[str] = set()

    def take(match: re.Match[str], value: str) -> str:
        found.add(value)
        return " " * len(match.group(0))

    text = _ISO.sub(lambda m: take(m, m.group(0)), text)
    text = _SLASHED.sub(lambda m: take(m, f"{m[3]}-{m[2]}-{m[1]}"), text)
    for number, name in get_month_names("wide", locale=language).items():
        written = re.compile(rf"\b(\d{{1,2}})\s+{re.escape(name)}\s+(\d{{4}})\b", re.IGNORECASE)
        text = written.sub(lambda m, n=number: take(m, date(int(m[2]), n, int(m[1])).isoformat()), text)  # type: ignore[misc]
    text = _CODE.sub(lambda m: take(m, m.group(0)), text)
    found |= {n.replace(",", ".") for n in _NUMBER.findall(text)}
    return found


def check(renderer: Renderer, languages: Sequence[str] = ("fr", "en")) -> list[Difference]:
    """Every template, audience and purpose, with all parameters and with hardly any. Empty when all is well."""
    return list(_check(renderer, languages))


def _check(renderer: Renderer, languages: Sequence[str]) -> Iterator[Difference]:
    for template, audiences in AUDIENCES.items():
        for audience in audiences:
            for purpose in Purpose:
                for bare in (False, True):
                    notice = sample(template, purpose, bare=bare)
                    for text in compare(renderer, notice, audience, languages):
                        yield Difference(template, audience, purpose.value, text)


def compare(renderer: Renderer, notice: Notice, audience: str, languages: Sequence[str] = ("fr", "en")) -> list[str]:
    """What one language says of a notice and another does not, and what the text says and the HTML does not."""
    problems: list[str] = []
    spoken: dict[str, set[str]] = {}
    for language in languages:
        try:
            written = renderer.render(notice, audience, language)
        except (TemplateBroken, TemplateMissing) as error:
            return [str(error)]
        if written.language != language:
            problems.append(f"no {language}")
            continue
        spoken[language] = said(f"{written.subject}\n{' '.join(written.text.split(' '))}", language)
        name = notice.params.get("name", "")
        if name and name not in re.sub(r"\s+", " ", written.text):
            problems.append(f"{language}: the name is missing")
    for one, other in zip(spoken, list(spoken)[1:], strict=False):
        problems += [f"only {one}: {fact}" for fact in sorted(spoken[one] - spoken[other])]
        problems += [f"only {other}: {fact}" for fact in sorted(spoken[other] - spoken[one])]
    return problems
