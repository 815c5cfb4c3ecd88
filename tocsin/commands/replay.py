"""`tocsin replay`: the case log decided again, nothing sent, and compared with what was decided."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from alertcore.cases.stage import CasesStage
from alertcore.records.alert import Alert
from plumbing.reader import Reader
from plumbing.settings import KafkaAccess
from schemas.codec import decode
from streams.deciding import Record
from streams.replay import OutOfOrderError, Place, replay
from tocsin.alert_log import shown
from tocsin.commands.options import HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put, say
from tocsin.commands.running import run
from tocsin.exits import DONE, FAILED, ExitError
from tocsin.hub import Hub
from tocsin.roles.decide import agency_of

LOG, ALERTS = "cases.log", "alerts"


def replay_command(json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """Decide the case log again from its beginning: each alert version as it comes out; exit 1 if any differs from the topic."""
    run(_replay(Hub.find(home, settings), json))


async def _replay(hub: Hub, as_json: bool) -> int:
    differing, count = 0, 0
    reader = Reader(hub.access("operator"))
    written = await _written(reader)
    try:
        async for raw in replayed(hub):
            alert: Alert = decode(raw)
            same = written.pop((alert.alert_id, alert.version), None) == raw
            differing += not same
            count += 1
            _show(alert, same, as_json)
    except OutOfOrderError as error:
        raise ExitError(f"the case log cannot be read again from its beginning: {error}") from error
    for alert_id, version in sorted(written):
        say(f"only in the topic: {alert_id} version {version}")
    say(f"{count} alert versions decided again, {differing} differ, {len(written)} missing")
    return FAILED if differing or written else DONE


async def replayed(hub: Hub) -> AsyncIterator[bytes]:
    """Values of every alert version, in order of decision, as a second reading of the log gives them."""
    stage = CasesStage(agency_of(hub.settings))
    time = await _time_of(hub)
    async for _, out in replay(stage, _entries(hub.access("operator")), time=time):
        if out.topic == ALERTS:
            yield out.wire.value


async def _time_of(hub: Hub) -> Any:
    return hub.home.endpoints().get("time", "wall") if hub.home else hub.settings.time


async def _entries(access: KafkaAccess) -> AsyncIterator[Place]:
    async for batch in Reader(access).read_to_end(LOG, 0):
        for r in batch:
            yield 0, Record(r.offset, r.key or b"", r.value or b"")


async def _written(reader: Reader) -> dict[tuple[str, int], bytes]:
    """Every alert version in the topic; a repeat has the same bytes, or it stands here and shows as a difference."""
    parts = await asyncio.gather(*(_read(reader, p) for p in await reader.partitions(ALERTS)))
    return {key: value for part in parts for key, value in part}


async def _read(reader: Reader, partition: int) -> list[tuple[tuple[str, int], bytes]]:
    found = []
    async for batch in reader.read_to_end(ALERTS, partition):
        for record in batch:
            alert: Alert = decode(record.value)
            found.append(((alert.alert_id, alert.version), record.value or b""))
    return found


def _show(alert: Alert, same: bool, as_json: bool) -> None:
    if as_json:
        put(shown(alert))
        return
    mark = "" if same else "  DIFFERS"
    print(
        f"{alert.decided_at:%Y-%m-%d %H:%M:%S}  {alert.alert_id} {alert.version:>3}  {alert.kind:<13} {alert.step:<11} {alert.reason}{mark}"
    )
