"""The fate of an alert for one person, from the accounts of all receivers that the person belongs to: one answer, never two."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from alertcore.dispatch.outcome import HELD, Account, Word

TOLD = (Word.TOLD, Word.REPEATED, Word.ESCALATED, Word.ENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """told: by one way at least. held: by none yet, and it waits. account: the chain that decided."""

    told: bool
    held: bool
    account: Account


def fate(accounts: Iterable[Account], alert_id: str, version: int, receivers: Collection[str]) -> Fate | None:
    """What became of a version of an alert for somebody on these receivers. None where none of them has an account of it.

    Told by one receiver is told, whatever held it back at another. Otherwise the latest account says why not.
    """
    mine = [a for a in accounts if a.alert_id == alert_id and a.alert_version == version and a.receiver in receivers]
    if not mine:
        return None
    told = [a for a in mine if a.last in TOLD]
    chosen = (told or mine)[-1]
    return Fate(told=bool(told), held=not told and chosen.last in HELD, account=chosen)
