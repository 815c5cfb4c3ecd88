"""Reading the list of people: CSV lines to values, with every problem of every line named; nothing is stored here."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from alertcore.identifiers import country
from alertcore.records.shared import OrgScheme, SubjectKind
from store.directory import PersonKind

HEADER = ("ref", "kind", "org_scheme", "org_id", "country", "region", "departement", "language", "email", "sms", "follows")
_LANGUAGE = re.compile(r"[a-z]{2}")
_AREA = re.compile(r"[0-9A-Z]{0,3}")
_KINDS = frozenset(PersonKind)
_SCHEMES = frozenset(OrgScheme) - {OrgScheme.UNKNOWN}
_SUBJECTS = frozenset(SubjectKind) - {SubjectKind.UNKNOWN}


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person or body as the list says it. `follows` are `kind:id`, sorted, each once."""

    ref: str
    kind: str
    org_scheme: str
    org_id: str
    country: str
    region: str
    departement: str
    language: str
    email: str
    sms: str
    follows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with a line; the text never repeats an address or a number."""

    line: int
    field: str
    text: str


def read_people(text: str) -> tuple[list[PersonLine], list[LineProblem]]:
    """Good lines and problems; a line with a problem is left out whole. Line numbers count from 1, the header being 1."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    people: list[PersonLine] = []
    problems: list[LineProblem] = []
    seen: set[str] = set()
    try:
        header = tuple(name.strip() for name in next(reader, []))
        if header != HEADER:
            return [], [LineProblem(1, "", "the header must be " + ",".join(HEADER))]
        for row in reader:
            line = reader.line_num
            if not any(cell.strip() for cell in row):
                continue
            person, found = _line(line, [cell.strip() for cell in row], seen)
            problems += found
            if person is not None and not found:
                people.append(person)
    except csv.Error as error:
        problems.append(LineProblem(reader.line_num, "", f"not readable as CSV from here on: {error}"))
    return people, problems


def _line(line: int, row: list[str], seen: set[str]) -> tuple[PersonLine | None, list[LineProblem]]:
    if len(row) != len(HEADER):
        return None, [LineProblem(line, "", f"{len(row)} columns instead of {len(HEADER)}")]
    cell = dict(zip(HEADER, row, strict=True))
    problems = [LineProblem(line, field, text) for field, text in _problems(cell, seen)]
    seen.add(cell["ref"])
    email, email_problem = _email(cell["email"])
    sms, sms_problem = _sms(cell["sms"], cell["country"])
    problems += [LineProblem(line, field, text) for field, text in (("email", email_problem), ("sms", sms_problem)) if text]
    follows = tuple(sorted(set(cell["follows"].split())))
    plain = {k: cell[k] for k in HEADER[:8]}
    return PersonLine(**plain, email=email, sms=sms, follows=follows), problems


def _problems(cell: dict[str, str], seen: set[str]) -> list[tuple[str, str]]:
    found = [
        ("ref", "is empty", not cell["ref"]),
        ("ref", "stands in the file twice", bool(cell["ref"]) and cell["ref"] in seen),
        ("ref", "is longer than 200 characters", len(cell["ref"]) > 200),
        ("kind", "is none of " + ", ".join(sorted(_KINDS)), cell["kind"] not in _KINDS),
        ("org_scheme", "is none of " + ", ".join(sorted(_SCHEMES)), cell["org_scheme"] not in {"", *_SCHEMES}),
        ("org_id", "is longer than 40 characters", len(cell["org_id"]) > 40),
        ("country", "is no country of ISO 3166-1", country(cell["country"]) is None),
        ("region", "is no INSEE region code", not _AREA.fullmatch(cell["region"])),
        ("departement", "is no département code", not _AREA.fullmatch(cell["departement"])),
        ("language", "is not two small letters", not _LANGUAGE.fullmatch(cell["language"])),
    ]
    problems = [(field, text) for field, text, wrong in found if wrong]
    for follow in cell["follows"].split():
        kind, _, identifier = follow.partition(":")
        if kind not in _SUBJECTS or not identifier or len(follow) > 80:
            problems.append(("follows", "each must be kind:id, separated by spaces"))
            break
    return problems


def _email(text: str) -> tuple[str, str]:
    """The address in a form that plain SMTP carries, and what is wrong with it."""
    if not text:
        return "", ""
    try:
        checked = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return "", "is no e-mail address"
    if checked.ascii_email is None:
        return "", "has letters before the @ that not every server takes"
    return checked.ascii_email, ""


def _sms(text: str, country: str) -> tuple[str, str]:
    """The number in international form (E.164), and what is wrong with it."""
    if not text:
        return "", ""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return "", "is no telephone number"
    if not phonenumbers.is_possible_number(number):
        return "", "is no telephone number"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), ""
