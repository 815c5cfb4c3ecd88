"""Where a route told nobody of an alert, and whether a person is one of those it would have told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from alertcore.cases import units
from alertcore.dispatch.answer import named
from alertcore.dispatch.explain import audience_of
from alertcore.dispatch.outcome import Account, Word
from alertcore.dispatch.receivers import RELEASE_OF
from alertcore.records.notice import AudienceFilter

PROFESSIONALS = "professionals"
"""The audience of every kind that is of none of the others."""


def swallowed(accounts: Iterable[Account], elsewhere: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(unit's audience, receiver) of what a route told nobody last. elsewhere: audiences that another receiver is there for."""
    last = {audience_of(a): a for a in accounts}
    known = set(elsewhere)
    yield from ((suffix, named(a)) for suffix, a in last.items() if a.last is Word.NOBODY and suffix not in known)


def asked_of(suffix: str) -> list[AudienceFilter]:
    """What the directory is asked of a person, to know whether they are of an audience."""
    audience, _, company = suffix.partition("/")
    if audience == PROFESSIONALS:
        return [_of(other, "") for other in units.TOLD if other != PROFESSIONALS]
    return [_of(audience, company)]


def is_of(suffix: str, answers: Sequence[str]) -> bool:
    """Whether the answers to these questions say that the person is one of them."""
    wanted = "kind" if suffix == PROFESSIONALS else "matched"
    return all(answer == wanted for answer in answers)


def _of(audience: str, company: str) -> AudienceFilter:
    kinds = tuple(kind for kind, of in RELEASE_OF.items() if of == audience)
    return AudienceFilter(kinds=kinds, facilities=(company,) if company else (), mandatory=True)
