"""What became of an alert under each receiver, from the chains of verdicts; for a person one answer from all of theirs, never two."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from alertcore.dispatch.outcome import HELD, Account, Verdict, Word
from alertcore.records.dispatch import Chain, Verdicts

TOLD = (Word.TOLD, Word.REPEATED, Word.ESCALATED, Word.ENDED)
_WORDS = {w.value: w for w in Word}


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
    return fate_of(mine)


def fate_of(mine: list[Account]) -> Fate | None:
    """The same of accounts that all count, in the order in which they were given."""
    if not mine:
        return None
    told = [a for a in mine if a.last in TOLD]
    chosen = (told or mine)[-1]
    return Fate(told=bool(told), held=not told and chosen.last in HELD, account=chosen)


def accounts_of(records: Iterable[Verdicts]) -> tuple[Account, ...]:
    """The accounts that the topic carries, in the order in which they were given. Each is of a unit: the alert, `/`, its audience.

    A record of a restarted stage may come twice, the same to the byte: it counts once. Words of a later program are left out.
    """
    found = (_account(r, chain) for r in sorted(_once(records), key=lambda r: r.at) for chain in r.chains)
    return tuple(a for a in found if a.verdicts)


def _once(records: Iterable[Verdicts]) -> list[Verdicts]:
    return list(dict.fromkeys(records))


def _account(record: Verdicts, chain: Chain) -> Account:
    return Account(
        at=record.at,
        alert_id=f"{record.alert_id}/{chain.audience}",
        alert_version=chain.version,
        receiver=chain.receiver,
        routing=chain.routing,
        verdicts=tuple(Verdict(word=_WORDS[v.word], by=v.by, until=v.until) for v in chain.verdicts if v.word in _WORDS),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an alert stands under a receiver. fate: of its newest version there; accounts: all, the first first.

    audience: the release audience, for companies with the one.
    """

    audience: str
    receiver: str
    fate: Fate
    accounts: tuple[Account, ...]


def standings(accounts: Iterable[Account]) -> tuple[Standing, ...]:
    """By audience and receiver, in the order in which each was first decided. The steps of an escalation stand with their receiver."""
    found: dict[tuple[str, str], list[Account]] = {}
    for account in accounts:
        found.setdefault((audience_of(account), receiver_of(account)), []).append(account)
    return tuple(_standing(audience, receiver, mine) for (audience, receiver), mine in found.items())


def _standing(audience: str, receiver: str, mine: list[Account]) -> Standing:
    newest = max(a.alert_version for a in mine)
    now = fate_of([a for a in mine if a.alert_version == newest])
    assert now is not None, "it has an account"
    return Standing(audience=audience, receiver=receiver, fate=now, accounts=tuple(mine))


def audience_of(account: Account) -> str:
    """The release audience of an account's unit."""
    return account.alert_id.partition("/")[2]


def receiver_of(account: Account) -> str:
    """The receiver, without the step of its escalation."""
    return account.receiver.partition("#")[0]


def routed_by(account: Account) -> str:
    """The line and path of the file that led to a receiver."""
    return next((v.by for v in account.verdicts if v.word is Word.ROUTED), "")


def notice_told(account: Account) -> str:
    """The notice that an account says was sent, or nothing."""
    last = account.verdicts[-1]
    return last.by.rpartition(" ")[2] if last.word in TOLD else ""
