"""Stage supply: newest sums of every source make one position, given when its numbers change."""

from __future__ import annotations

from datetime import datetime, timedelta
from struct import pack
from typing import Any

import pytest

import alertcore.supply.giving as giving_module
from alertcore.heard import packed, reporter_hash
from alertcore.records.stock import Circuit, Partial, Tier
from alertcore.supply.stage import SupplyStage
from streams.local import LocalShell, tick
from tests.unit.alertcore.stock_world import (
    CIP,
    CIS,
    LAB,
    NOON,
    cip,
    cis,
    entry,
    last,
    positions,
    setting,
)

DAY = timedelta(days=1)
SETTLED = timedelta(milliseconds=500)


def partial(
    sums: dict[str, int], *, source: int = 0, version: int = 1, generation: int = 1, heard: dict[str, datetime] | None = None, **more: Any
) -> Partial:
    """A partial: cell key to saleable packs, all held in the EEA, one reporter each, seen at noon."""
    n, values = len(sums), list(sums.values())
    seen = {reporter_hash(name): int(at.timestamp() * 1e6) for name, at in (heard or {}).items()}
    fields: dict[str, Any] = {
        "generation": generation,
        "source": source,
        "version": version,
        "keys": tuple(sums),
        "saleable": pack(f"<{n}q", *values),
        "reserve": pack(f"<{n}q", *values),
        "daily": pack(f"<{n}d", *[0.0] * n),
        "reporters": pack(f"<{n}i", *[1] * n),
        "oldest": pack(f"<{n}q", *[int(NOON.timestamp()) * 10**6] * n),
        "heard": packed(seen),
        "heard_at": packed(seen.values()),
    }
    return Partial(**{**fields, **more})


PHARMACY = f"{CIP}|{CIS}|community_pharmacy|ville|11|"
HOSPITAL = f"{CIP}|{CIS}|hospital_pharmacy|hopital||"
OWN = f"{CIP}|{CIS}|manufacturer|both||{LAB}"
OTHER = f"{cip(2)}|{cis(2)}|community_pharmacy|ville|11|"


def supply() -> LocalShell:
    return LocalShell(SupplyStage("agency", "FR"), durable=True)


def settle(of: LocalShell) -> None:
    of.advance(of.head().now + SETTLED)


# -- sums


def test_a_position_adds_up_the_newest_sums_of_every_source() -> None:
    shell = supply()
    for one in (partial({PHARMACY: 5, HOSPITAL: 7}), partial({PHARMACY: 20}, source=1), partial({PHARMACY: 6}, version=2)):
        shell.feed(0, entry(one))
    assert shell.outs == []
    settle(shell)
    (found,) = positions(shell.outs)
    assert (found.cis, found.version, found.saleable, found.as_of) == (CIS, 1, 33, NOON + SETTLED)
    assert [(c.tier, c.circuit, c.region, c.saleable) for c in found.cells] == [
        (Tier.COMMUNITY_PHARMACY, Circuit.VILLE, "11", 26),
        (Tier.HOSPITAL_PHARMACY, Circuit.HOPITAL, None, 7),
    ]
    assert found.oldest == NOON
    assert [(out.topic, out.key) for out in shell.outs] == [("positions", CIS)]


def test_a_changed_medicine_waits_half_a_second_for_the_other_sources_or_until_it_is_quiet() -> None:
    shell = supply()
    shell.feed(0, entry(partial({PHARMACY: 5})))
    assert (shell.head().due, shell.head().pending) == (NOON + SETTLED, True)
    shell.feed(0, tick(NOON + SETTLED - timedelta(microseconds=1), 0, 8))
    assert shell.outs == []
    shell.idle()
    assert len(shell.outs) == 1
    assert not shell.head().pending


@pytest.mark.parametrize(("version", "counts"), [(4, False), (5, True), (6, True)])
def test_an_older_partial_of_a_source_is_dropped(version: int, counts: bool) -> None:
    shell = supply()
    shell.feed(0, entry(partial({PHARMACY: 5}, version=5)))
    shell.feed(0, entry(partial({PHARMACY: 9}, version=version)))
    settle(shell)
    assert last(shell.outs).saleable == (9 if counts else 5)


def test_a_new_generation_begins_from_nothing_and_the_old_one_is_dropped() -> None:
    shell = supply()
    shell.feed(0, entry(partial({PHARMACY: 5, OTHER: 3}, version=9)))
    settle(shell)
    shell.feed(0, entry(partial({PHARMACY: 8}, generation=2)))
    shell.feed(0, entry(partial({PHARMACY: 70}, version=99)))
    settle(shell)
    assert (last(shell.outs).saleable, last(shell.outs, cis(2)).saleable) == (8, 0)
    assert last(shell.outs, cis(2)).oldest is None
    shell.reopen()
    shell.feed(0, entry(partial({HOSPITAL: 1}, generation=2, version=2)))
    settle(shell)
    assert last(shell.outs).saleable == 9


def test_a_position_is_given_only_when_its_numbers_changed_and_its_version_rises() -> None:
    shell = supply()
    for n, packs in enumerate((5, 5, 6, 5)):
        shell.feed(0, entry(partial({PHARMACY: packs}, version=n)))
        settle(shell)
    assert [(p.version, p.saleable) for p in positions(shell.outs)] == [(1, 5), (2, 6), (3, 5)]


def test_many_medicines_are_looked_at_a_thousand_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving_module, "MOST", 2)
    shell = supply()
    shell.feed(0, entry(partial({f"{cip(n)}|{cis(n)}|wholesaler|ville||": n for n in range(1, 6)})))
    counts = []
    for n in range(3):
        shell.feed(0, tick(NOON + SETTLED + n * timedelta(milliseconds=1), 0, 8))
        counts.append(len(positions(shell.outs)))
    assert counts == [2, 4, 5]
    assert not shell.head().pending


def test_what_changes_while_others_are_looked_at_waits_its_own_half_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving_module, "MOST", 2)
    shell = supply()
    millisecond = timedelta(milliseconds=1)
    shell.feed(0, entry(partial({f"{cip(n)}|{cis(n)}|wholesaler|ville||": n for n in range(1, 5)})))
    shell.feed(0, tick(NOON + SETTLED, 0, 8))
    assert shell.head().due == NOON + SETTLED + millisecond
    shell.feed(0, entry(partial({f"{cip(9)}|{cis(9)}|wholesaler|ville||": 9}, source=1), NOON + SETTLED))
    assert (sorted(p.cis for p in positions(shell.outs)), shell.head().due) == ([cis(n) for n in range(1, 5)], NOON + 2 * SETTLED)
    shell.reopen()
    shell.feed(0, entry(partial({f"{cip(9)}|{cis(9)}|wholesaler|ville||": 8}, source=2), NOON + SETTLED + millisecond))
    settle(shell)
    assert [p.saleable for p in positions(shell.outs) if p.cis == cis(9)] == [17]
    assert not shell.head().pending


@pytest.mark.parametrize("restart", [False, True])
def test_what_one_look_had_no_room_for_is_looked_at_with_the_next_message(monkeypatch: pytest.MonkeyPatch, restart: bool) -> None:
    monkeypatch.setattr(giving_module, "MOST", 2)
    shell = supply()
    shell.feed(0, entry(partial({f"{cip(n)}|{cis(n)}|wholesaler|ville||": n for n in range(1, 4)})))
    shell.idle()
    if restart:
        shell.reopen()
    assert (len(positions(shell.outs)), shell.head().pending) == (2, True)
    shell.idle()
    assert (len(positions(shell.outs)), shell.head().pending) == (3, False)


def test_what_the_stage_does_not_need_leads_to_nothing() -> None:
    shell = supply()
    shell.feed(0, entry(setting("calendar", {})))
    assert (shell.outs, shell.head().due) == ([], None)


def test_what_awaits_a_look_survives_a_restart() -> None:
    shell = supply()
    shell.feed(0, entry(partial({PHARMACY: 5, OTHER: 3})))
    shell.reopen()
    assert (shell.head().due, shell.head().pending) == (NOON + SETTLED, True)
    settle(shell)
    assert {p.cis: p.saleable for p in positions(shell.outs)} == {CIS: 5, cis(2): 3}
