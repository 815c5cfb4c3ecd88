"""`tocsin silence`: what is asked for before anything is sent, which record answers an order, and what is listed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from alertcore.cases.silences import silence_id
from alertcore.dispatch.matcher_text import read_matchers
from alertcore.records.dispatch import Silence, SilenceMatcher, SilenceRecurrence, SilenceState
from schemas.codec import encode
from tests.unit.alertcore.cases_world import World
from tocsin.cli import build
from tocsin.commands.silence import _answer, joined, times, told
from tocsin.exits import DONE, FAILED, UsageError
from tocsin.silence_log import Order, answered, falls_under, is_over, newest, shown

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ORDER = Order("c1", "officer-1", "sil_a", 2)


def silence(**given: Any) -> Silence:
    """A silence as the topic has it."""
    fields: dict[str, Any] = {
        "silence_id": "sil_a",
        "version": 1,
        "state": SilenceState.ACTIVE,
        "matchers": (SilenceMatcher(name="kind", op="=", value="shortage"),),
        "author": "officer-1",
        "reason": "known",
        "starts": NOW,
        "ends": NOW + 2 * HOUR,
        "at": NOW,
    }
    return Silence(**fields | given)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("kind=shortage", "--by", "o", "--reason", "r"), "--until or --for"),
        (("kind=shortage", "--by", "o", "--reason", "r", "--at", "22:00", "--for", "8h"), "name --until"),
        (("kind=shortage", "--by", "o", "--reason", "r", "--until", "2026-03-02T09:00Z", "--for", "8h"), "both say when it ends"),
        (("kind=shortage", "--by", "o", "--reason", "r", "--until", "tomorrow"), "--until takes a time"),
        (("kind=shortage", "--by", "o", "--reason", "r", "--for", "2h", "--starts", "2026-03-02T09:00"), "--starts needs an offset"),
        (("kind=shortage", "--by", "o", "--reason", "r", "--for", "long"), "--for: 'long' is not a duration"),
        (("kind=~(", "--by", "o", "--reason", "r", "--for", "2h"), "is not valid"),
        (("shortage", "--by", "o", "--reason", "r", "--for", "2h"), "wanted here"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_is_sent(words: tuple[str, ...], says: str) -> None:
    found = CliRunner().invoke(build("silence"), ["silence", "add", *words])
    assert isinstance(found.exception, UsageError)
    assert says in str(found.exception).replace("an instant", "a time")


@pytest.mark.parametrize("missing", ["--by", "--reason"])
def test_author_and_reason_are_asked_for(missing: str) -> None:
    words = {"--by": "o", "--reason": "r", "--for": "2h"}
    given = [w for name, value in words.items() if name != missing for w in (name, value)]
    found = CliRunner().invoke(build("silence"), ["silence", "add", "kind=shortage", *given], env={"COLUMNS": "200", "TERM": "dumb"})
    assert found.exit_code == 2
    assert f"Missing option '{missing}'" in found.output


def test_matchers_in_either_syntax_become_one_text() -> None:
    assert (
        joined(["kind=shortage", '{severity=~"minor|info", "my name"!="x"}']) == '{"my name"!="x",kind="shortage",severity=~"minor|info"}'
    )


def test_its_end_is_said_by_a_time_or_by_a_length_from_its_beginning() -> None:
    ends = {"ends": "2026-03-02T10:00:00+00:00"}
    assert times("2026-03-02T10:00:00+00:00", "", "", "", NOW) == ends
    assert times("", "2h", "", "", NOW) == ends
    began = {"starts": "2026-03-03T00:00:00+01:00"}
    assert times("", "2h", "2026-03-03T00:00+01:00", "", NOW) == began | {"ends": "2026-03-03T02:00:00+01:00"}


def test_with_a_time_of_the_day_the_length_is_that_of_each_turn() -> None:
    until = "2026-06-01T00:00:00+02:00"
    assert times(until, "8h", "", "22:00", NOW) == {"ends": until, "at": "22:00", "for": "8h"}


def test_an_order_is_answered_by_its_own_silence_or_by_its_refusal() -> None:
    own = silence(silence_id=silence_id("c1"))
    refused = replace(own, state=SilenceState.REFUSED, why="no")
    other = silence(silence_id=silence_id("c2"))
    assert answered([None, b"?", encode(other)], Order("c1", "officer-1")) is None
    assert answered([encode(other), encode(own)], Order("c1", "officer-1")) == own
    assert answered([encode(refused)], ORDER) == refused


def test_an_order_on_a_silence_is_answered_by_the_next_version_of_the_same_person() -> None:
    for version, author, ended_by, expected in ((2, "officer-1", "", False), (3, "officer-2", "", False), (3, "officer-1", "", True)):
        found = silence(version=version, author=author, expired_by=ended_by)
        assert (answered([encode(found)], ORDER) == found) is expected
    ended = silence(version=3, author="officer-2", expired_by="officer-1", state=SilenceState.EXPIRED)
    assert answered([encode(ended)], ORDER) == ended


def test_the_newest_version_of_each_counts_and_refusals_are_none() -> None:
    first, second = silence(), silence(version=2, ends=NOW + 5 * HOUR)
    other = silence(silence_id="sil_b", ends=NOW + 3 * HOUR)
    refused = silence(silence_id="sil_c", state=SilenceState.REFUSED, why="no")
    assert newest([None, b"?", *(encode(s) for s in (second, first, other, refused))]) == [other, second]


@pytest.mark.parametrize(
    ("given", "now", "stands", "over"),
    [
        ({}, NOW, "active", False),
        ({"starts": NOW + HOUR}, NOW, "pending", False),
        ({}, NOW + 2 * HOUR, "expired", True),
        ({"state": SilenceState.EXPIRED, "ends": NOW}, NOW, "expired", True),
    ],
)
def test_where_a_silence_stands(given: dict[str, Any], now: datetime, stands: str, over: bool) -> None:
    record = silence(**given)
    assert (shown(record, now)["phase"], is_over(record, now)) == (stands, over)


def test_a_recurring_silence_says_when_it_holds_next() -> None:
    nights = SilenceRecurrence(minute=22 * 60, duration_ms=8 * 3_600_000, weekdays=(1, 2), zone="Europe/Paris")
    record = silence(ends=NOW + 240 * HOUR, recurrence=nights)
    assert shown(record, NOW)["holds"] == {"from": "2026-03-02T21:00:00Z", "until": "2026-03-03T05:00:00Z"}
    assert told(record, NOW) == [
        'sil_a  active  {kind="shortage"}',
        "  by officer-1: known",
        "  from 2026-03-02 08:00 until 2026-03-12 08:00 (UTC)",
        "  Monday, Tuesday at 22:00 (Europe/Paris) for 8 h",
        "  holds 2026-03-02 21:00 to 2026-03-03 05:00",
    ]


def test_a_silence_that_is_over_holds_never_again_and_says_who_ended_it() -> None:
    record = silence(state=SilenceState.EXPIRED, ends=NOW, expired_by="officer-2")
    assert shown(record, NOW)["holds"] is None
    assert told(record, NOW)[-1] == "  ended by officer-2"


def test_an_alert_falls_under_a_silence_by_the_labels_of_any_of_its_audiences() -> None:
    world = World()
    world.declare()
    alert = world.alert()
    for text, expected in (
        ('kind="shortage",nature="actual"', True),
        ('audience="officers"', True),
        ('company="lab-a"', True),
        ('company="lab-b"', False),
        ('kind="shortage",nature="exercise"', False),
        (f'subject="cis:{alert.subject.id}"', True),
    ):
        assert falls_under(read_matchers(text), alert) is expected, text


def test_a_refusal_names_the_duties_and_says_how_to_confirm(capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    world.declare()
    alert = world.alert()
    refused = silence(state=SilenceState.REFUSED, why="open duties match", duties=(alert.alert_id, "alr_other"))
    assert _answer(refused, [alert], as_json=False) == FAILED
    said = capsys.readouterr()
    assert said.out == ""
    assert f"  {alert.alert_id}  shortage  AMOXIDEMO 500 mg, gélule\n  alr_other\n" in said.err
    assert "--confirm" in said.err


def test_what_was_set_says_how_many_open_alerts_match_now(capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    world.declare()
    found = silence(ends=datetime.now(UTC) + HOUR, duties=("alr_other",))
    assert _answer(found, [world.alert()], as_json=False) == DONE
    text = capsys.readouterr().out
    assert f"1 open alert matches now\n  {world.alert().alert_id}  shortage" in text
    assert "told all the same, since they are duties:\n  alr_other" in text
    _answer(found, [], as_json=False)
    assert "0 open alerts match now" in capsys.readouterr().out


def test_where_many_match_the_first_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    world.declare()
    many = [replace(world.alert(), alert_id=f"alr_{n:02}") for n in range(22)]
    _answer(silence(), many, as_json=False)
    text = capsys.readouterr().out
    assert "22 open alerts match now" in text
    assert "alr_19" in text
    assert "alr_20" not in text
    assert "  and 2 more" in text


def test_programs_read_the_record_with_how_many_alerts_match(capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    world.declare()
    assert _answer(silence(), [world.alert()], as_json=True) == DONE
    found = json.loads(capsys.readouterr().out)
    assert (found["silence_id"], found["text"], found["alerts_matching"]) == ("sil_a", '{kind="shortage"}', 1)
    assert _answer(silence(state=SilenceState.REFUSED, why="no", starts=None), [], as_json=True) == FAILED
    refused = json.loads(capsys.readouterr().out)
    assert (refused["why"], refused["state"]) == ("no", "refused")
    assert not {"alerts_matching", "phase"} & set(refused)


def test_what_was_ended_says_nothing_of_alerts(capsys: pytest.CaptureFixture[str]) -> None:
    assert _answer(silence(state=SilenceState.EXPIRED, ends=NOW, expired_by="officer-2"), [], as_json=False) == DONE
    assert "match" not in capsys.readouterr().out
