"""What always holds for each person: random lives of the case log, their notices in a ledger, and who had what in the end."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings

from alertcore.records.defect import DefectClass, DefectStep, SeriousRisk
from alertcore.records.notice import Notice, Purpose
from alertcore.records.shortage import DeclarationStep
from store.database import Database
from store.engine import open_engine
from store.ledger import DeliveryState
from store.people import People
from store.pseudonym import opened
from store.told import TOLD_BY
from store.vault import Vault, new_key
from tests.contract.stored import Hub, create_tables, csv, person
from tests.unit.alertcore.cases_world import HOURS, NOW, of
from tests.unit.alertcore.promises_world import Life, lives
from tests.unit.alertcore.test_cases_promises import Acts, name_of

FIRST, SECOND = "cis:60000001", "cis:60000002"
PEOPLE = [
    person("o-1", "officer"),
    person("o-2", "officer"),
    person("pharmacy", follows=FIRST),
    person("other-pharmacy", follows=SECOND),
    person("physician", "physician", f"{FIRST} {SECOND}"),
    person("patient", "patient", FIRST),
    person("other-patient", "patient", f"{FIRST} {SECOND}"),
    person("wholesaler", "wholesaler"),
    person("lab", "company", org_scheme="agency", org_id="lab-0"),
    person("other-lab", "company", org_scheme="agency", org_id="lab-1"),
]


@dataclass(frozen=True)
class Told:
    """One delivery: to whom, by which notice, and whether it is sent."""

    who: str
    notice: Notice
    sent: bool
    reason: str


async def delivered(notices: list[Notice]) -> list[Told]:
    """What a ledger makes of these notices, for these people."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/tocsin.db")
        try:
            await create_tables(engine)
            database, vault = Database(engine), Vault(new_key())
            await People(database, vault).import_csv(csv(*PEOPLE), NOW - 24 * HOURS)
            hub = Hub(database, vault, chunk=100)
            for notice in notices:
                await hub.take(notice)
                await hub.expand(notice.not_before)
            rows = await hub.rows()
            return [Told(_who(vault, row), notices[row.notice - 1], row.state == DeliveryState.INTENDED, row.reason) for row in rows]
        finally:
            await engine.dispose()


def _who(vault: Vault, row: Any) -> str:
    """A patient is another in every alert: only the sealed number says who it is."""
    return str(row.person if row.link is None else opened(vault, row.link))


def test_a_life_of_every_kind_reaches_every_kind_of_person() -> None:
    """What the promise below is tried on is there."""
    fault = ("report", 0, 0, DefectClass.II, SeriousRisk.EXCLUDED, DefectStep.INITIAL)
    life = Life().live([(0, ("declare", 0, 0, DeclarationStep.INITIAL)), (0, ("declare", 1, 1, DeclarationStep.INITIAL)), (9, fault)])
    sent = {one.who for one in asyncio.run(delivered(of(life.world.outs, Notice))) if one.sent}
    assert sent == {str(n + 1) for n in range(len(PEOPLE))}


@settings(max_examples=25, deadline=None)
@given(lives())
def test_whoever_was_told_hears_one_end_and_nobody_else_does(acts: Acts) -> None:
    life = Life().live(acts)
    ends = life.ends()
    unsaid = {(name_of(c), v.alert_id) for v, c in life.chains() if c.verdicts[-1].word == "ended_unsaid"}
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    ended: Counter[tuple[str, str]] = Counter()
    for one in asyncio.run(delivered(of(life.world.outs, Notice))):
        if one.notice.purpose is Purpose.ESCALATION or not one.sent:
            assert one.notice.purpose is Purpose.ESCALATION or one.reason.startswith(TOLD_BY), "everybody here can be reached"
            continue
        for ref in one.notice.alerts:
            if ref.version >= ends.get(ref.alert_id, ref.version + 1):
                if one.notice.purpose is Purpose.UPDATE and not one.notice.receiver:
                    continue  # past every route: officers are asked about what one of them cancelled
                assert (one.who, ref.alert_id) in told, "never told that it stands"
                ended[one.who, ref.alert_id] += 1
            else:
                told[one.who, ref.alert_id].add(one.notice.receiver)
    for (who, alert), receivers in told.items():
        if any((receiver, alert) not in unsaid for receiver in receivers):
            assert ended[who, alert] == (alert in ends), (who, alert, receivers)
