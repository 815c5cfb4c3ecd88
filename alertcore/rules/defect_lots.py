"""Follow-ups that add or take out lots: what an open alert tells besides, so that who has the earlier list knows what changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from alertcore.cases.picture import Picture, same_content
from alertcore.records.alert import Alert
from alertcore.records.shared import Batch
from alertcore.rules import defect_words as words

Lot = tuple[str, str]
ALL: Lot = ("", "")
"""All boxes of a recall that names no lots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Lots that leave the list of an alert and are not out of it. closed: of a defect that is closed, recalled for good. moved: another
    alert tells them now. open_ended: a defect that stands names no lots, so that nobody can say which are out of it.
    """

    closed: tuple[Batch, ...] | None = None
    moved: tuple[Batch, ...] = ()
    open_ended: bool = False


def with_changes(shown: Picture, alert: Alert | None, elsewhere: Elsewhere) -> Picture:
    """The picture as a follow-up to what the open alert told: facts `lots_added`, `lots_removed`, `lots_kept_off`, and a sentence on them.

    Lots once taken out stay named while the alert is open: who missed one message must not go on by an older list. Lots are named as
    added by the version that adds them, and as long as nothing else changes.
    """
    if alert is None:
        return shown
    old, new = _lots(alert.batches), _lots(shown.batches)
    kept_off = {x for x in _closed(elsewhere, old) | _read(alert, "lots_kept_off") if not _any(x, new)}
    still = kept_off | _lots(elsewhere.moved)
    gone = set() if elsewhere.open_ended else old | _read(alert, "lots_removed")
    removed = {x for x in gone if not _any(x, new) and not _any(x, still)}
    added = {y for y in new if not any(_overlap(x, y) and x[0] in ("", y[0]) for x in old)}
    if not added:
        again = _said(shown, _read(alert, "lots_added") & new, removed, kept_off, new)
        if old == new and same_content(alert, again):
            return again
    return _said(shown, added, removed, kept_off, new)


def _closed(elsewhere: Elsewhere, old: set[Lot]) -> set[Lot]:
    """What a defect recalled that is closed, of the lots told so far; all boxes where it names none."""
    if elsewhere.closed is None:
        return set()
    return {x for x in _lots(elsewhere.closed) if _any(x, old)} if elsewhere.closed else {ALL}


def _lots(batches: tuple[Batch, ...]) -> set[Lot]:
    return {(b.cip13 or "", b.lot) for b in batches}


def _overlap(a: Lot, b: Lot) -> bool:
    """True where the same packs can be meant: a lot without a presentation means all of them."""
    return a[1] == b[1] and (a[0] == b[0] or "" in (a[0], b[0]))


def _any(lot: Lot, others: set[Lot]) -> bool:
    return any(_overlap(lot, x) for x in others)


def _read(alert: Alert, name: str) -> set[Lot]:
    return {(cip13, lot) for cip13, lot in json.loads(alert.facts.get(name, "[]"))}


def _said(shown: Picture, added: set[Lot], removed: set[Lot], kept_off: set[Lot], listed: set[Lot]) -> Picture:
    if not added and not removed and not kept_off:
        return shown
    named = added | removed | kept_off | listed
    fr, en = words.lots_changed(_names(added, named), _names(removed, named))
    if kept_off:
        off = words.kept_off(_names(kept_off - {ALL}, named))
        fr, en = fr + off[0], en + off[1]
    facts = shown.facts | {"sentence_fr": shown.facts["sentence_fr"] + fr, "sentence_en": shown.facts["sentence_en"] + en}
    for name, lots in (("lots_added", added), ("lots_removed", removed), ("lots_kept_off", kept_off)):
        facts |= {name: json.dumps(sorted(lots), ensure_ascii=False)} if lots else {}
    return replace(shown, facts=facts)


def _names(lots: set[Lot], named: set[Lot]) -> tuple[str, ...]:
    """Lots as printed, with the presentation only where one lot number stands for several of those named here or still listed."""
    numbers = [lot for _, lot in named]
    return tuple(f"{lot} (CIP {cip13})" if cip13 and numbers.count(lot) > 1 else lot for cip13, lot in sorted(lots, key=lambda x: x[::-1]))
