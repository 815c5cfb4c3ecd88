"""The kept logs read again, as they were or under another policy or routing file: for `tocsin replay` and dry runs."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

from alertcore.cases.stage import CasesStage
from alertcore.identity import canonical_json
from alertcore.records.alert import Alert
from alertcore.records.hub import SettingName, SettingsFile
from alertcore.records.notice import Notice
from alertcore.sharding import CASES_LOG, SUPPLY_LOG
from alertcore.supply.stage import SupplyStage
from plumbing.reader import Reader
from plumbing.settings import KafkaAccess
from schemas.codec import decode
from streams.deciding import Record
from streams.emitting import Out
from streams.replay import OutOfOrderError, Place, replay
from streams.whatif import Logged, cases_again, in_order, routed_again, supply_again
from tocsin.differing import Reading, differences, summed
from tocsin.exits import ExitError
from tocsin.hub import Hub
from tocsin.rerouting import LOOK_BACK, Told
from tocsin.rerouting import differences as told_differently
from tocsin.roles.decide import agency_of

Said = Callable[[str], None]


async def replayed(hub: Hub) -> AsyncIterator[Out]:
    """Every emit of `cases`, in order of decision, as a second reading of its log gives them."""
    try:
        async for _, out in replay(CasesStage(agency_of(hub.settings)), _records(hub.access("operator")), time=_time(hub)):
            yield out
    except OutOfOrderError as error:
        raise ExitError(f"the case log cannot be read again from its beginning: {error}") from error


def _time(hub: Hub) -> Any:
    """`wall` or `data`."""
    return hub.home.endpoints().get("time", "wall") if hub.home else hub.settings.time


async def _records(access: KafkaAccess) -> AsyncIterator[Place]:
    async for batch in Reader(access).read_to_end(CASES_LOG, 0):
        for r in batch:
            yield 0, Record(r.offset, r.key or b"", r.value or b"")


async def under(hub: Hub, policy: dict[str, Any], say: Said) -> dict[str, Any]:
    """What another policy would have changed, as `tocsin.differing.differences` gives it. policy: content of its file."""
    then = [out.value async for out in replayed(hub) if isinstance(out.value, Alert | Notice)]
    access, zone = hub.access("operator"), hub.settings.agency.timezone
    partitions = await Reader(access).partitions(SUPPLY_LOG)
    supply = [[one async for one in _logged(access, SUPPLY_LOG, p)] for p in partitions]
    since = min((p[0].entry.stamp for p in supply if p), default=None)
    say(f"reading again: {sum(map(len, supply))} entries of supply" + (f" kept since {since:%Y-%m-%d %H:%M}" if since else ""))
    file = _as_file(policy)
    stage = SupplyStage(hub.settings.agency.id, hub.settings.agency.country)
    again = supply_again(stage, len(partitions), file, in_order(supply))
    cases = [one async for one in _logged(access, CASES_LOG, 0)]
    say(f"reading again: {len(cases)} entries of cases")
    versions = [value for value in then if isinstance(value, Alert)]
    outs = cases_again(CasesStage(agency_of(hub.settings)), file, cases, again, since, versions)
    now: Reading = summed((out.value for out in outs), zone)
    return differences(summed(then, zone), now)


async def under_routes(hub: Hub, routes: dict[str, Any], say: Said) -> dict[str, Any]:
    """Who would have been told how often under another routing file, as `tocsin.rerouting.differences` gives it, over the last 90 days.

    routes: content of its file as it goes into the log.
    """
    agency = agency_of(hub.settings)
    log = [one async for one in _logged(hub.access("operator"), CASES_LOG, 0)]
    last = max((one.entry.stamp for one in log), default=datetime.fromtimestamp(0, UTC))
    until = last if _time(hub) == "data" else datetime.now(UTC)
    then, now = (Told(since=last - LOOK_BACK, zone=agency.timezone) for _ in range(2))
    say(f"reading again: {len(log)} entries of cases, counting from {then.since:%Y-%m-%d}")
    for n, (was, would_be) in enumerate(
        routed_again((CasesStage(agency), CasesStage(agency)), _as_file(routes, SettingName.ROUTES), log, until)
    ):
        then.add(out.value for out in was)
        now.add(out.value for out in would_be)
        if n and n % 5000 == 0:
            say(f"  {n} of {len(log)}")
    return told_differently(then, now)


async def _logged(access: KafkaAccess, topic: str, partition: int) -> AsyncIterator[Logged]:
    async for batch in Reader(access).read_to_end(topic, partition):
        for r in batch:
            yield Logged(partition, r.offset, (r.key or b"").decode(), decode(r.value or b""))


def _as_file(content: dict[str, Any], name: SettingName = SettingName.POLICY) -> SettingsFile:
    text = canonical_json(content)
    at = datetime.fromtimestamp(0, UTC)
    return SettingsFile(name=name, content=text.decode(), sha256=hashlib.sha256(text).hexdigest(), by="dry-run", at=at)
