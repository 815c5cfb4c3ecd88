"""When the partition next wants a tick: release limits, unmet deadlines and the calls before them, the earliest first."""

from __future__ import annotations

import heapq
from datetime import datetime

from alertcore.cases.desk import Desk
from alertcore.cases.state import AlertFile
from alertcore.deadlines.duties import name

Heap = list[tuple[datetime, str]]


def of_file(file: AlertFile) -> datetime | None:
    """The earliest instant a file wants a tick: its release limit, a deadline neither met nor told as missed, or a call before one."""
    if file.ended:
        return None
    instants = [d.due for d in file.alert.deadlines if d.met_at is None and name(d) not in file.missed]
    instants += [r.at for r in file.rings]
    if file.limit_at is not None:
        instants.append(file.limit_at)
    return min(instants, default=None)


def remember(desk: Desk, file: AlertFile) -> None:
    """Note a file's due instant in the heap."""
    if file.due_at is not None:
        heapq.heappush(_heap(desk), (file.due_at, file.alert.alert_id))


def reached(desk: Desk) -> list[AlertFile]:
    """Files whose instant has come, earliest first, then by id."""
    heap, found = _heap(desk), []
    while heap and heap[0][0] <= desk.now:
        instant, alert = heapq.heappop(heap)
        file = _current(desk, instant, alert)
        if file is not None and file not in found:
            found.append(file)
    return found


def earliest(desk: Desk) -> datetime | None:
    """The earliest instant of all files. What was overtaken falls out of the heap here."""
    heap = _heap(desk)
    while heap and _current(desk, *heap[0]) is None:
        heapq.heappop(heap)
    return heap[0][0] if heap else None


def _current(desk: Desk, instant: datetime, alert: str) -> AlertFile | None:
    file: AlertFile | None = desk.get(f"alert/{alert}")
    return file if file is not None and file.due_at == instant else None


def _heap(desk: Desk) -> Heap:
    """The heap lives in the memo: it follows from the files alone, so it is built again where the memo was dropped."""
    heap: Heap | None = desk.view.memo.get("due")
    if heap is None:
        files = [file for _, file in desk.view.items("alert/")]
        heap = [(file.due_at, file.alert.alert_id) for file in files if file.due_at is not None]
        heapq.heapify(heap)
        desk.view.memo["due"] = heap
    return heap
