"""Follow-ups that add or take out lots: what an open alert tells besides, so that who has the earlier list knows what changed."""

from __future__ import annotations

import json
from dataclasses import replace

from alertcore.cases.picture import Picture, same_content
from alertcore.records.alert import Alert
from alertcore.records.shared import Batch
from alertcore.rules import defect_words as words

Lot = tuple[str, str]


def with_changes(shown: Picture, alert: Alert | None) -> Picture:
    """The picture as a follow-up to what the open alert told: facts `lots_added`, `lots_removed`, and a sentence on them.

    Lots once taken out stay named while the alert is open: who missed one message must not go on by an older list. Lots are named as
    added by the version that adds them, and as long as nothing else changes.
    """
    if alert is None:
        return shown
    old, new = _lots(alert.batches), _lots(shown.batches)
    removed = {x for x in old | _read(alert, "lots_removed") if not any(_overlap(x, y) for y in new)}
    added = {y for y in new if not any(_overlap(x, y) and x[0] in ("", y[0]) for x in old)}
    if not added:
        again = _said(shown, _read(alert, "lots_added") & new, removed)
        if old == new and same_content(alert, again):
            return again
    return _said(shown, added, removed)


def _lots(batches: tuple[Batch, ...]) -> set[Lot]:
    return {(b.cip13 or "", b.lot) for b in batches}


def _overlap(a: Lot, b: Lot) -> bool:
    """True where the same packs can be meant: a lot without a presentation means all of them."""
    return a[1] == b[1] and (a[0] == b[0] or "" in (a[0], b[0]))


def _read(alert: Alert, name: str) -> set[Lot]:
    return {(cip13, lot) for cip13, lot in json.loads(alert.facts.get(name, "[]"))}


def _said(shown: Picture, added: set[Lot], removed: set[Lot]) -> Picture:
    if not added and not removed:
        return shown
    fr, en = words.lots_changed(_names(added), _names(removed))
    facts = shown.facts | {"sentence_fr": shown.facts["sentence_fr"] + fr, "sentence_en": shown.facts["sentence_en"] + en}
    for name, lots in (("lots_added", added), ("lots_removed", removed)):
        facts |= {name: json.dumps(sorted(lots), ensure_ascii=False)} if lots else {}
    return replace(shown, facts=facts)


def _names(lots: set[Lot]) -> tuple[str, ...]:
    """Lots as printed, with the presentation only where one lot number stands for several."""
    numbers = [lot for _, lot in lots]
    return tuple(f"{lot} (CIP {cip13})" if cip13 and numbers.count(lot) > 1 else lot for cip13, lot in sorted(lots, key=lambda x: x[::-1]))
