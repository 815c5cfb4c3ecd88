"""Public lists from a file's bytes through the door to what stage cases finds: the same in every encoding, past every bad download."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alertcore.agency import Agency
from alertcore.cases.stage import CasesStage
from alertcore.records.alert import Alert, AlertStep, Signal
from alertcore.records.hub import Verdict
from alertcore.register import read_authorities, read_senders
from connectors.door.arrival import Arrival
from connectors.door.dry import DryDoor
from connectors.door.world import DoorConfig
from schemas.codec import decode
from streams.local import LocalShell
from tocsin.feeding import LIST_KIND, read_feed

DATES = ("2025-07-04", "2025-12-29", "2026-01-19", "2026-01-26")
LIVES = (AlertStep.RAISED, AlertStep.UPDATED, AlertStep.SUPERSEDED, AlertStep.RESOLVED)
FIRST = datetime(2026, 2, 2, 6, tzinfo=UTC)
SENDERS = {"senders": [{"name": name, "kinds": [LIST_KIND]} for name in ("bdpm", "ema", "fda", "tfda")]}


class Hub:
    """A door and a stage cases in memory, fed with files as `tocsin publish --format` feeds them; a week lies between two files."""

    def __init__(self, tmp_path: Path) -> None:
        authorities = read_authorities({"authorities": []})
        self.door = DryDoor(DoorConfig(agency="ansm", senders=read_senders(SENDERS), authorities=authorities))
        self.shell = LocalShell(CasesStage(Agency(id="ansm", program="test")))
        self.now, self._file = FIRST, tmp_path / "list"

    def publish(self, data: bytes, form: str = "bdpm") -> set[Verdict]:
        """The verdicts on one file; what was taken is decided."""
        self._file.write_bytes(data)
        items = read_feed(LIST_KIND, self._file, form).items
        before = len(self.door.appended)
        receipts = self.door.take([Arrival(form, LIST_KIND, item.value, {}) for item in items], self.now)
        for one in self.door.appended[before:]:
            self.shell.feed(0, one.entry, one.key)
        self.now += timedelta(days=7)
        return {receipt.verdict for receipt in receipts}

    def alerts(self) -> list[Alert]:
        """Every alert version told, in order."""
        return [decode(out.wire.value) for out in self.shell.outs if isinstance(out.value, Alert)]

    def signals(self) -> list[Signal]:
        """Every signal version told, in order."""
        return [decode(out.wire.value) for out in self.shell.outs if isinstance(out.value, Signal)]

    def told(self) -> list[tuple[object, ...]]:
        """What was found of medicines, without when and without the hub's own troubles."""
        found: list[tuple[object, ...]] = [
            (a.kind, a.subject.id, a.step, a.reason, tuple(a.facts.items())) for a in _medicines(self.alerts())
        ]
        return found + [(s.rule, s.subject.id, s.state, s.severity, s.sentence) for s in self.signals() if s.rule == "published"]


def _medicines(alerts: Sequence[Alert]) -> Iterator[Alert]:
    """What this rule says; duties and questions that follow from it are for their own tests."""
    return (a for a in alerts if a.labels["rule"] == "published")


def real(shared: Path, folder: str) -> bytes:
    return (shared / f"bdpm/disponibilites/{folder}/CIS_CIP_Dispo_Spec.txt").read_bytes()


def as_utf8(data: bytes) -> bytes:
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252").encode()
    return data


def as_windows(data: bytes) -> bytes:
    return as_utf8(data).decode().encode("cp1252")


@pytest.mark.shared_data
def test_four_dates_in_both_encodings_give_the_same_findings(shared: Path, tmp_path: Path) -> None:
    published, utf8, windows = (Hub(tmp_path) for _ in range(3))
    for day in DATES:
        data = real(shared, day)
        for hub, given in ((published, data), (utf8, as_utf8(data)), (windows, as_windows(data).replace(b"\r", b""))):
            assert hub.publish(given) == {Verdict.TAKEN}
    assert published.told() == utf8.told() == windows.told()
    assert len(published.told()) > 100


@pytest.mark.shared_data
def test_the_list_as_served_and_as_converted_is_one_publication(shared: Path, tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    for day in DATES:
        hub.publish(real(shared, day))
    before, entries = hub.told(), len(hub.door.appended)
    assert hub.publish(real(shared, "2026-01-26-brut")) == {Verdict.TAKEN}
    assert (hub.told(), len(hub.door.appended)) == (before, entries)


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _good: b"",
    "a web page": lambda _good: b"<!DOCTYPE html>\n<html><body>Service indisponible</body></html>",
    "cut in a line": lambda good: good[: len(good) // 2],
    "cut at a line": lambda good: b"".join(good.splitlines(keepends=True)[:700]),
    "wrongly converted": lambda good: as_utf8(good).decode().replace("\u00ea", "\u0092").encode(),
    "another file": lambda _good: b"60005856\tA02BA03\tFAMOTIDINE EG 20 mg\thttps://x\r\n",
    "another encoding": lambda good: as_utf8(good).decode().encode("utf-16"),
}
"""What a download has left instead of the list."""


@pytest.mark.shared_data
@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_download_is_refused_whole_told_to_the_officer_and_changes_nothing_after_it(
    shared: Path, tmp_path: Path, how: str
) -> None:
    plain, troubled = Hub(tmp_path), Hub(tmp_path)
    for day in DATES[:2]:
        data = real(shared, day)
        assert plain.publish(data) == {Verdict.TAKEN}
        assert troubled.publish(data) == {Verdict.TAKEN}
        assert troubled.publish(BROKEN[how](data)) == {Verdict.REFUSED}
        trouble = [a for a in troubled.alerts() if a.kind.value == "hub"][-1]
        assert (trouble.subject.id, trouble.step) == ("bdpm", AlertStep.RELEASED)
        plain.now = troubled.now
    assert troubled.told() == plain.told()
    hub = [(str(a.step), a.reason) for a in troubled.alerts() if a.kind.value == "hub" and a.step in (AlertStep.RAISED, AlertStep.RESOLVED)]
    assert Counter(step for step, _ in hub) == {"raised": 2, "resolved": 1}


@pytest.mark.shared_data
def test_the_second_date_raises_what_a_plain_comparison_of_the_files_finds(shared: Path, tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    first, second = (real(shared, day) for day in DATES[:2])
    hub.publish(first)
    assert hub.alerts() == []
    hub.publish(second)
    raised = {a.subject.id: a.facts["status_code"] for a in _medicines(hub.alerts()) if a.step is AlertStep.RAISED}
    assert raised == compared(rows_of(first), rows_of(second))
    assert {a.step for a in _medicines(hub.alerts())} == {AlertStep.RAISED, AlertStep.RELEASED}
    assert len(raised) == 108


Rows = dict[tuple[str, str, str], tuple[str, str]]


def rows_of(data: bytes) -> Rows:
    """By CIS, CIP13 and link: day of the update as YYYYMMDD, and code; the latest wins, of equals the graver."""
    found: Rows = {}
    for line in as_utf8(data).decode().splitlines():
        cis, cip13, code, _, _, updated, _, url = line.split("\t")
        day, key = "".join(reversed(updated.split("/"))), (cis, cip13, url)
        if key not in found or (day, -int(code)) > (found[key][0], -int(found[key][1])):
            found[key] = (day, code)
    return found


def compared(before: Rows, now: Rows) -> dict[str, str]:
    """CIS to code of what is worse or other than before and no return; a row that is absent once still counts."""
    present = before | now

    def says(rows: Rows, cis: str) -> tuple[str, frozenset[str]] | None:
        codes = {key[1]: code for key, (_, code) in rows.items() if key[0] == cis}
        lead = min((code for key, (_, code) in rows.items() if key[0] == cis), default="")
        packs = frozenset(key[1] for key, (_, code) in rows.items() if key[0] == cis and code == lead)
        return (lead, frozenset({""}) if "" in packs else packs) if codes else None

    found = {}
    for cis in {key[0] for key in present}:
        was, is_ = says(before, cis), says(present, cis)
        if is_ is not None and is_ != was and is_[0] != "4":
            found[cis] = is_[0]
    return found


@pytest.mark.shared_data
def test_four_dates_lead_to_these_counts(shared: Path, tmp_path: Path) -> None:
    """Facts of the files named in bdpm/SOURCE.md as this rule counts them, to be looked at when they move."""
    hub = Hub(tmp_path)
    for day in DATES:
        hub.publish(real(shared, day))
    assert {str(step): Counter(a.reason for a in _medicines(hub.alerts()) if a.step is step) for step in LIVES} == {
        "raised": {"status_appeared": 75, "status_changed": 31, "status_relapsed": 20},
        "updated": {"status_changed": 6},
        "superseded": {"became_stop": 1},
        "resolved": {"status_returned": 6},
    }
    questions = {s.subject.id for s in hub.signals() if "depuis deux publications" in s.sentence.fr}
    assert len(questions) == 46
