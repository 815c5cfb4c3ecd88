"""Which notice of a device a report belongs to; a report that links two notices makes them one."""

from __future__ import annotations

from dataclasses import replace

from alertcore.cases.desk import Desk
from alertcore.cases.devices import DeviceBoard, DeviceThread, board_key, fact_key, is_over, on_board, subject_of, thread_key
from alertcore.identity import digest
from alertcore.records.device import DeviceNotice
from alertcore.records.shared import Nature

FINAL = 2
"""Rank of a final report."""


def thread_of(desk: Desk, notice: DeviceNotice, sender: str) -> tuple[DeviceThread, DeviceThread | None]:
    """The thread of the report it follows, or of its own number; else a new one. Where both are known they become one.

    The second is the thread that went up in the first by this report.
    """
    mine = f"device-of/{notice.nature}/{sender}/{notice.notice_id}"
    before = f"device-of/{notice.nature}/{sender}/{notice.previous_id}" if notice.previous_id else mine
    names = tuple(dict.fromkeys(n for n in (desk.get(before), desk.get(mine)) if n))
    found = [t for t in (desk.get(thread_key(notice.nature, n)) for n in names) if t is not None]
    gone: DeviceThread | None = None
    if len(found) > 1:
        found.sort(key=lambda t: (t.opened_at, t.thread))
        thread, gone = _merged(desk, notice.nature, *found), found[1]
    elif found:
        thread = found[0]
    else:
        name = digest(notice.nature, sender, notice.previous_id or notice.notice_id)
        thread = DeviceThread(thread=name, sender=sender, subject=subject_of(notice), opened_at=desk.now)
    desk.put(mine, thread.thread)
    desk.put(before, thread.thread)
    return thread, gone


def _merged(desk: Desk, nature: Nature, kept: DeviceThread, gone: DeviceThread) -> DeviceThread:
    """The thread that was opened first takes in the other's reports, none of which it has; who was told of either stays told."""
    for link in gone.links:
        desk.put(fact_key(nature, kept.thread, link.id), desk.get(fact_key(nature, gone.thread, link.id)))
        desk.put(fact_key(nature, gone.thread, link.id), None)
        for id_ in {link.id, link.previous or link.id}:
            desk.put(f"device-of/{nature}/{gone.sender}/{id_}", kept.thread)
    links = tuple(sorted((*kept.links, *gone.links), key=lambda x: (x.at, x.id)))
    thread = replace(kept, links=links, notified=kept.notified or gone.notified)
    desk.put(thread_key(nature, gone.thread), None)
    desk.put(thread_key(nature, kept.thread), thread)
    rest = tuple(t.thread for t in on_board(desk, nature, gone.subject))
    desk.put(board_key(nature, gone.subject), DeviceBoard(threads=rest) if rest else None)
    return thread


def put_on_board(desk: Desk, nature: Nature, thread: DeviceThread) -> None:
    """The subject's notices, without those that are over and of which everybody knows it."""
    kept = {t.thread for t in on_board(desk, nature, thread.subject) if not _may_go(desk, nature, t)}
    board, key = DeviceBoard(threads=tuple(sorted({*kept, thread.thread}))), board_key(nature, thread.subject)
    if desk.get(key) != board:
        desk.put(key, board)


def _may_go(desk: Desk, nature: Nature, thread: DeviceThread) -> bool:
    return (thread.notified is None or thread.notified.closed) and is_over(desk, nature, thread)
