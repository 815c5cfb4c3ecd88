"""What an alert is explained by: versions and verdicts from their topics, deliveries from the ledger, and who belongs to which receiver."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from alertcore.cases import units
from alertcore.cases.release import waiting
from alertcore.cases.state import AlertFile
from alertcore.dispatch.answer import Answer, Belongs, Delivery, answer
from alertcore.dispatch.explain import accounts_of, audience_of
from alertcore.dispatch.outcome import Account, Word
from alertcore.dispatch.receivers import Receiver
from alertcore.dispatch.routing import Routing, read_routing
from alertcore.dispatch.shipped import SHIPPED
from alertcore.dispatch.state import ROUTING, RoutingState
from alertcore.dispatch.trial import falls
from alertcore.dispatch.waiting import Waits, waits_of
from alertcore.records.alert import Alert
from alertcore.records.dispatch import Verdicts
from alertcore.records.notice import AudienceFilter
from schemas.codec import decode
from store.alert_figures import AlertFigures, NoticeFigures
from store.database import Database
from store.engine import open_engine
from store.errors import StoreAway
from store.fates import Fate, Fates, Unreached
from store.reach_now import Reach
from store.vault import Vault, open_vault
from tocsin.case_state import CaseState, read_state
from tocsin.commands.output import say
from tocsin.exits import UnreachableError
from tocsin.hub import Hub
from tocsin.keyed_log import of_key
from tocsin.told_nobody import asked_of, is_of, swallowed


@dataclass(frozen=True, slots=True)
class Gate:
    """What waits for persons. audiences: not released to these yet; approvals: (audience, who) so far; call_at: of the next of them."""

    audiences: tuple[str, ...]
    approvals: tuple[tuple[str, str], ...]
    call_at: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """All that topics, state and ledger have of an alert. life: its versions, the first first. waits: what dispatch will tell yet."""

    life: tuple[Alert, ...]
    accounts: tuple[Account, ...]
    figures: tuple[NoticeFigures, ...]
    waits: tuple[Waits, ...] = ()
    gate: Gate | None = None
    routing: Routing | None = None

    @property
    def alert(self) -> Alert:
        """Its newest version."""
        return self.life[-1]


@dataclass(frozen=True, slots=True)
class Reachable:
    """A receiver as notices name it, and whom it means for one alert. suffix: of the release audience, with the company where it is one."""

    suffix: str
    receiver: str
    whom: AudienceFilter

    @property
    def audience(self) -> str:
        """The release audience."""
        return self.suffix.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Personal:
    """What became of it for one person. deliveries: all of them, the first first."""

    answer: Answer
    deliveries: tuple[Fate, ...]


async def known(hub: Hub, alert_id: str) -> Known | None:
    """What there is of an alert; None where there is no such alert."""
    access = hub.access("operator")
    life = {a.version: a for a in await of_key(access, "alerts", alert_id, say) if isinstance(a, Alert)}
    if not life:
        return None
    state = await read_state(access, say)
    records = [r for r in await of_key(access, "verdicts", alert_id, say) if isinstance(r, Verdicts)]
    engine = open_engine(hub.database_url)
    try:
        figures = await AlertFigures(Database(engine)).of_alert(alert_id)
    except StoreAway as error:
        raise UnreachableError(f"the database cannot be reached: {error}") from error
    finally:
        await engine.dispose()
    waits, gate = stands(state, alert_id, datetime.now(UTC))
    return Known(tuple(life[v] for v in sorted(life)), accounts_of(records), tuple(figures), waits, gate, routing_of(state))


def stands(state: CaseState, alert_id: str, at: datetime) -> tuple[tuple[Waits, ...], Gate | None]:
    """What waits in dispatch, and what for its release."""
    file: AlertFile | None = state.get(f"alert/{alert_id}")
    if file is None:
        return (), None
    waits = waits_of(state, [units.unit_id(alert_id, suffix) for suffix in file.units], at)
    unreleased = () if file.ended else waiting(file)
    gate = Gate(unreleased, tuple((a.audience, a.by) for a in file.approvals), file.limit_at) if unreleased else None
    return waits, gate


async def personal(hub: Hub, found: Known, ref: str) -> Personal:
    """What became of it for the person with this reference in the list of people."""
    engine = open_engine(hub.database_url)
    try:
        return await for_person(Database(engine), open_vault(hub.vault_key), found, ref, datetime.now(UTC))
    except StoreAway as error:
        raise UnreachableError(f"the database cannot be reached: {error}") from error
    finally:
        await engine.dispose()


async def for_person(database: Database, vault: Vault, found: Known, ref: str, now: datetime) -> Personal:
    """The same of a ledger and a directory. now: when it is asked who belongs to a receiver."""
    fates = Fates(database, vault, decode)
    deliveries = await fates.of_alert(found.alert.alert_id, ref)
    missed = await fates.unreached(found.alert.alert_id, ref)
    receivers = list(receivers_now(found.alert, found.routing or read_routing(SHIPPED), now))
    reach = Reach(database, vault)
    asked = list(zip(receivers, await reach.why_not([r.whom for r in receivers], now, ref), strict=True))
    for suffix, receiver in swallowed(found.accounts, [r.suffix for r in receivers]):
        questions = asked_of(suffix)
        answers = await reach.why_not(questions, now, ref)
        if is_of(suffix, answers) or "unknown" in answers:
            asked.append((Reachable(suffix, receiver, questions[0]), "unknown" if "unknown" in answers else "matched"))
    return Personal(composed(found, deliveries, missed, asked), tuple(deliveries))


def routing_of(state: CaseState) -> Routing:
    """The routing file by which stage cases decides now."""
    found: RoutingState | None = state.get(ROUTING)
    return read_routing(SHIPPED) if found is None else read_routing(json.loads(found.content), found.lines)


def composed(found: Known, deliveries: Iterable[Fate], missed: Iterable[Unreached], asked: Iterable[tuple[Reachable, str]]) -> Answer:
    """One answer from all of it. asked: the receivers by now, each with `matched` or what does not fit."""
    asked = list(asked)
    released = found.alert.release.audiences if found.alert.release else ()
    told = {audience_of(a).partition("/")[0] for a in found.accounts} | set(released)
    told |= {w.unit.split("/")[1] for w in found.waits}
    own = {r.audience for r, why in asked if why == "matched"}
    mine = {r.suffix for r, why in asked if why == "matched"}
    accounts = [a for a in found.accounts if a.last is not Word.NOBODY or audience_of(a) in mine]  # others have such a receiver too
    belongs = [*map(_missed, missed), *(Belongs(receiver=r.receiver, why_not="" if why == "matched" else why) for r, why in asked)]
    return answer(accounts, [_delivery(d) for d in deliveries], belongs, found.waits, unreleased=bool(own) and not own & told)


def _delivery(d: Fate) -> Delivery:
    return Delivery(
        notice_id=d.notice_id,
        receiver=d.receiver,
        purpose=d.purpose,
        versions=d.versions,
        channel=d.channel,
        state=d.state,
        reason=d.reason,
        at=d.at,
        until=d.until,
        merged_into=d.merged_into,
    )


def _missed(m: Unreached) -> Belongs:
    return Belongs(receiver=m.receiver, why_not=m.why, notice_id=m.notice_id, version=max(m.versions, default=0))


def receivers_now(alert: Alert, routing: Routing, at: datetime) -> Iterator[Reachable]:
    """The receivers that an alert falls to by a routing file, each with whom it means for this alert."""
    for suffix in units.suffixes(alert, units.TOLD):
        company = suffix.partition("/")[2]
        for fall in falls(routing, units.labels(alert, suffix), at):
            whom = _filter_of(fall.receiver, alert, company)
            if whom is not None and not fall.first:
                yield Reachable(suffix, f"{fall.receiver.name}:{company}" if company else fall.receiver.name, whom)


def _filter_of(receiver: Receiver, alert: Alert, company: str) -> AudienceFilter | None:
    return None if receiver.audience is None else units.audience_of(receiver, alert, company).filter
