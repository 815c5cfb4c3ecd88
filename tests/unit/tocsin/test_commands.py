"""What commands print and how they end: data on standard output, sentences on standard error, an exit code for each cause."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from alertcore.records.hub import DoorReceipt, Problem, Verdict
from plumbing.errors import NotThere, Refused, Transient
from plumbing.records import Received
from schemas.codec import encode
from tests.unit.schemas.golden import full_record
from tocsin.cli import build
from tocsin.commands import publish as publishing_command
from tocsin.commands.running import guarded
from tocsin.commands.tail import shown, shown_value, start_of
from tocsin.exits import DONE, FAILED, UNREACHABLE, USAGE, ExitError, UsageError
from tocsin.publishing import Item, Outcome
from tocsin.roles.process import health_address

AT = datetime(2026, 1, 1, tzinfo=UTC)


def receipt(verdict: Verdict, *problems: Problem) -> DoorReceipt:
    """An answer of the door."""
    return DoorReceipt(event_id="evt_a", kind="plans", verdict=verdict, problems=problems, at=AT)


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (None, DONE, ""),
        (UsageError("no such thing"), USAGE, "tocsin: no such thing\n"),
        (ExitError("failed"), FAILED, "tocsin: failed\n"),
        (Refused("not yours"), USAGE, "tocsin: not yours\n"),
        (NotThere("no topic"), USAGE, "tocsin: no topic\n"),
        (Transient("no answer"), UNREACHABLE, "tocsin: the hub's Kafka cannot be reached: no answer. Is the hub up?\n"),
        (KeyboardInterrupt(), FAILED, ""),
    ],
)
def test_each_fault_has_its_exit_code_and_its_sentence(
    error: BaseException | None, code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def work() -> int | None:
        if error is not None:
            raise error
        return None

    assert guarded(work()) == code
    assert capsys.readouterr().err == told


def test_a_fault_of_the_program_is_not_hidden() -> None:
    async def work() -> None:
        raise LookupError("a bug")

    with pytest.raises(LookupError):
        guarded(work())


def test_answers_are_counted_and_remarks_count_as_taken() -> None:
    outcome = Outcome()
    remark = Problem(field="x", code="unknown_field", text="left out")
    for number, verdict in enumerate((Verdict.TAKEN, Verdict.REMARKS, Verdict.REFUSED, Verdict.HELD), 1):
        problems = (remark,) if verdict in (Verdict.REMARKS, Verdict.REFUSED) else ()
        outcome.note(Item(number, b"{}"), receipt(verdict, *problems))
    assert (outcome.taken, outcome.remarks, outcome.refused, outcome.held, outcome.answered) == (2, 1, 1, 1, 4)
    assert outcome.noted == [(2, remark)]
    assert [r.number for r in outcome.refusals] == [3]


def test_refused_events_go_to_a_file_with_their_lines_and_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome()
    outcome.note(Item(7, b'{"b": "\xff"}'), receipt(Verdict.REFUSED, Problem(line=2, field="cis", code="missing", text="is required")))
    outcome.note(Item(3, b'{"a": 1}'), receipt(Verdict.REFUSED, Problem(code="undecodable", text="not JSON")))
    summary = publishing_command._summary(outcome, tmp_path / "in.jsonl")
    rows = [json.loads(line) for line in Path(summary["refused_file"]).read_text(encoding="utf-8").splitlines()]
    assert [(row["line"], row["value"]) for row in rows] == [(3, '{"a": 1}'), (7, '{"b": "\\xff"}')]
    assert rows[1]["problems"] == [{"line": 2, "field": "cis", "code": "missing", "text": "is required"}]
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{tmp_path / 'in.jsonl'}:7: refused: line 2, cis: is required" in said.err
    assert (summary["taken"], summary["refused"]) == (0, 2)


def test_where_the_folder_is_not_ours_the_refused_events_go_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = Outcome()
    outcome.note(Item(1, b"{}"), receipt(Verdict.REFUSED, Problem(code="x", text="y")))
    assert publishing_command._summary(outcome, tmp_path / "gone" / "in.jsonl")["refused_file"] == "in.jsonl.refused.jsonl"
    assert (tmp_path / "in.jsonl.refused.jsonl").exists()


def test_a_summary_in_words_says_what_to_do_next() -> None:
    words = publishing_command._in_words({"taken": 2, "remarks": 1, "refused": 1, "held": 3, "refused_file": "x"})
    assert words == "2 taken (1 with remarks), 1 refused, 3 held for a person (`tocsin held list`); reasons in x"


@pytest.mark.parametrize("words", [["plan", "x.jsonl"], ["plans", "x.jsonl", "--format", "xml"], ["plans", "nothing.jsonl"]])
def test_publish_refuses_a_wrong_call_before_it_looks_for_a_hub(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.jsonl").write_text("{}")
    done = CliRunner().invoke(build("publish"), ["publish", *words, "--sender", "acme"])
    assert isinstance(done.exception, UsageError)


def test_publish_without_a_hub_says_how_to_start_one(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("{}")
    done = CliRunner().invoke(
        build("publish"), ["publish", "plans", str(tmp_path / "x.jsonl"), "--sender", "a", "--home", str(tmp_path / "h")]
    )
    assert done.exit_code == UNREACHABLE
    assert "tocsin up --home" in done.output


@pytest.mark.parametrize(("text", "start"), [("beginning", "beginning"), ("end", "end"), ("0", 0), ("17", 17)])
def test_tail_starts_where_it_is_told(text: str, start: Any) -> None:
    assert start_of(text) == start


@pytest.mark.parametrize("text", ["", "-1", "first", "²", "1.5"])
def test_tail_names_what_is_no_place_to_start(text: str) -> None:
    with pytest.raises(UsageError, match="--from takes beginning, end or an offset"):
        start_of(text)


@pytest.mark.parametrize(
    ("text", "address"), [("127.0.0.1:0", ("127.0.0.1", 0)), ("::1:9100", ("::1", 9100)), ("0.0.0.0:65535", ("0.0.0.0", 65535))]
)
def test_the_place_of_health_is_read(text: str, address: tuple[str, int]) -> None:
    assert health_address(text) == address


@pytest.mark.parametrize("text", ["", "9100", ":9100", "host:", "host:x", "host:70000", "host:²"])
def test_a_wrong_place_of_health_is_named(text: str) -> None:
    with pytest.raises(UsageError, match="--health takes HOST:PORT"):
        health_address(text)


def test_an_entry_is_shown_with_what_is_in_it() -> None:
    plan = full_record("Plan")
    entry = full_record("Entry")
    shown_entry = shown_value(encode(type(entry)(stamp=AT, sender="a", event_id="e", kind="plans", value=encode(plan))))
    assert shown_entry["value"]["cis"] == plan.cis
    assert shown_entry["stamp"] == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (None, None),
        (b'{"a": [1, null]}', {"a": [1, None]}),
        ("é".encode(), "é"),
        (b"\xff\x00", base64.b64encode(b"\xff\x00").decode()),
        (b"\0\0\0\0\1", "\0\0\0\0\1"),
        (b"", ""),
    ],
)
def test_what_is_no_record_is_shown_as_json_text_or_base64(raw: bytes | None, value: Any) -> None:
    assert shown_value(raw) == value


def test_a_record_is_shown_with_where_it_stands() -> None:
    record = Received(
        topic="alerts",
        partition=1,
        offset=7,
        timestamp_ms=1767225600500,
        key=b"k\xff",
        value=b"7",
        headers=(("ce_id", b"a"), ("x", b"\xff")),
    )
    assert shown(record) == {
        "topic": "alerts",
        "partition": 1,
        "offset": 7,
        "timestamp": "2026-01-01T00:00:00.500000Z",
        "key": "k\\xff",
        "headers": {"ce_id": "a", "x": "\\xff"},
        "value": 7,
    }
