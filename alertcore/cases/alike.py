"""Which medicines are alike: of one generic group, else of the same substances, strengths and form; kept as an index by what they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from alertcore.cases.desk import Desk
from alertcore.cases.state import Medicine
from alertcore.kept import Same
from alertcore.making import maker
from alertcore.records.shared import Nature
from alertcore.strengths import plain

GROUP_TYPES = (0, 1, 2, 4)
"""Reference, generic, generic of complementary posology, substitutable generic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Medicines that share something (`alike/<what>`), by CIS; or those of them that are short (`alike-short/<nature>/<what>`), or of which
    no more than a risk or a stop to come is known (`alike-risk/<nature>/<what>`).
    """

    cis: tuple[str, ...] = ()


KINDS: dict[str, type[object]] = {"alike": Members, "alike-short": Members, "alike-risk": Members}


class Scarce(StrEnum):
    """How a medicine lacks: out of stock or stopped, or at risk of it."""

    SHORT = "short"
    RISK = "risk"


_HOW = tuple(Scarce)


def shared(medicine: Medicine) -> tuple[str, ...]:
    """Everything by which others are found to be alike: its generic groups, and what it is made of."""
    return (_KEYS.known(id(medicine)) or _KEYS.keep(medicine))[0]


def decisive(medicine: Medicine) -> tuple[str, ...]:
    """What decides for the medicine itself: its generic groups; only without any, what it is made of."""
    return (_KEYS.known(id(medicine)) or _KEYS.keep(medicine))[1]


def _keys(medicine: Medicine) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is shared, and what of it decides."""
    groups = tuple(f"group:{g.id}" for g in medicine.groups if g.type in GROUP_TYPES)
    made = _made_of(medicine)
    keys = tuple(sorted({*groups, *((made,) if made else ())}))
    return keys, tuple(k for k in keys if k.startswith("group:")) or keys


_KEYS = Same(_keys, 8192)


def _made_of(medicine: Medicine) -> str:
    """Substances with strengths and form; empty where one of them is not known, for unknown is not the same."""
    parts = [(s.code, plain(s.strength or "")) for s in medicine.substances]
    form = " ".join(medicine.form.casefold().split())
    if not parts or not form or not all(strength for _, strength in parts):
        return ""
    return "made:" + "+".join(f"{code}={strength}" for code, strength in sorted(parts)) + f"@{form}"


def reindex(desk: Desk, old: Medicine, new: Medicine) -> None:
    """Bring the index up to date with what a medicine has become."""
    before, after = shared(old) if old.packs else (), shared(new)
    for key in before:
        if key not in after:
            _leave(desk, f"alike/{key}", new.cis)
            for nature in Nature:
                for how in Scarce:
                    _leave(desk, f"alike-{how}/{nature}/{key}", new.cis)
    for key in after:
        _join(desk, f"alike/{key}", new.cis)


def mark(desk: Desk, medicine: Medicine, nature: Nature, scarce: Scarce | None) -> None:
    """Note that a medicine is short or at risk, or is neither any longer."""
    for key in shared(medicine):
        for how in _HOW:
            (_join if how is scarce else _leave)(desk, f"alike-{how}/{nature}/{key}", medicine.cis)


def marked(desk: Desk, medicine: Medicine, nature: Nature) -> Scarce | None:
    """What is noted of a medicine that shares something."""
    places = _lacking_keys(nature, shared(medicine))
    found: list[tuple[Scarce, Members | None]] = [(how, desk.get(places[n * len(places) // 2])) for n, how in enumerate(_HOW)]
    return next((how for how, known in found if known is not None and medicine.cis in known.cis), None)


def lacking(desk: Desk, nature: Nature, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Medicines under any of these keys that are short or at risk, by CIS."""
    return _of([m for key in _lacking_keys(nature, keys) if (m := desk.get(key)) is not None])


def standing(desk: Desk, nature: Nature, keys: tuple[str, ...]) -> tuple[Members | None, ...]:
    """All that is known of them: the same as long as nothing has moved."""
    return tuple([desk.get(key) for key in standing_keys(nature, keys)])


def apart(standing: tuple[Members | None, ...]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Of what `standing` found: those that are short, those at risk, and all, by CIS."""
    n = len(standing) // 3
    return _of(standing[:n]), _of(standing[n : 2 * n]), _of(standing[2 * n :])


@lru_cache(maxsize=16_384)
def standing_keys(nature: Nature, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The state keys of all that."""
    return (*_under(f"alike-short/{nature}/", keys), *_under(f"alike-risk/{nature}/", keys), *_under("alike/", keys))


@lru_cache(maxsize=16_384)
def _lacking_keys(nature: Nature, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The state keys of those that are short or at risk."""
    return (*_under(f"alike-short/{nature}/", keys), *_under(f"alike-risk/{nature}/", keys))


@lru_cache(maxsize=16_384)
def _under(prefix: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([prefix + key for key in keys])


def _of(found: Sequence[Members | None]) -> tuple[str, ...]:
    if len(found) == 1:
        return found[0].cis if found[0] else ()
    return tuple(sorted({cis for m in found if m is not None for cis in m.cis}))


_members, _NOBODY = maker(Members), Members()


def _join(desk: Desk, key: str, cis: str) -> None:
    known: Members = desk.get(key) or _NOBODY
    if cis not in known.cis:
        desk.put(key, _members(cis=tuple(sorted((*known.cis, cis)))))


def _leave(desk: Desk, key: str, cis: str) -> None:
    known: Members | None = desk.get(key)
    if known is not None and cis in known.cis:
        rest = tuple(c for c in known.cis if c != cis)
        desk.put(key, _members(cis=rest) if rest else None)
