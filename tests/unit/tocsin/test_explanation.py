"""An alert explained: what people read, and what programs read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alertcore.dispatch.answer import Answer, Became
from alertcore.dispatch.explain import accounts_of
from alertcore.dispatch.outcome import Verdict as Told
from alertcore.dispatch.outcome import Word
from alertcore.dispatch.waiting import Waits
from alertcore.records.alert import Alert, AlertStep, Release, Severity
from alertcore.records.dispatch import Chain, Verdict, Verdicts
from store.alert_figures import NoticeFigures
from store.fates import Fate, Happened
from tests.unit.alertcore.cases_world import World
from tocsin import explanation, personal_answer
from tocsin.explaining import Gate, Known, Personal
from tocsin.routes_file import shipped_text

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LINE = Verdict(word="routed", by="line 12, route.routes[3]")


def life(*changes: dict[str, Any]) -> tuple[Alert, ...]:
    """Versions of an alert, each with what it changes."""
    world = World()
    world.declare()
    found = [replace(world.alert(), alert_id="alr_a", version=1, decided_at=AT, numbers={}, release=None)]
    for n, change in enumerate(changes, 2):
        given: dict[str, Any] = {"version": n, "decided_at": AT + n * MINUTE} | change
        found.append(replace(found[-1], **given))
    return tuple(found)


def said(
    receiver: str, word: str, by: str = "", *, n: int = 0, version: int = 1, audience: str = "professionals", routing: str = "7"
) -> Verdicts:
    """A chain that ends with a verdict, n minutes on."""
    until = AT + 60 * MINUTE if word in ("silenced", "muted") else None
    verdicts = (LINE, Verdict(word="grouped", by="normal|x"), Verdict(word=word, by=by, until=until))
    chain = Chain(version=version, audience=audience, receiver=receiver, routing=routing, verdicts=verdicts)
    return Verdicts(alert_id="alr_a", at=AT + n * MINUTE, chains=(chain,))


def text(*records: Verdicts, of: tuple[Alert, ...] | None = None, figures: tuple[NoticeFigures, ...] = ()) -> str:
    """The account for people."""
    return "\n".join(explanation.lines(Known(of or life(), accounts_of(records), figures)))


def test_it_begins_with_what_the_alert_is_and_where_it_stands() -> None:
    lines = text(of=life({"step": AlertStep.RESOLVED, "covered_by": "alr_b"})).splitlines()
    assert lines[0] == "alr_a  shortage  cis:60000001  AMOXIDEMO 500 mg, gélule"
    assert lines[1] == f"  {life()[0].severity}, over, version 2. Times are UTC."
    assert lines[2].startswith("  covered by alr_b")
    assert ", open, version 1." in text()


def test_what_happened_is_told_version_by_version_with_what_changed() -> None:
    released = Release(audiences=("officers",), by=("officer-1",), at=AT, until=AT + 15 * MINUTE)
    waits = replace(released, audiences=(), by=())
    found = text(
        of=life(
            {
                "step": AlertStep.HELD,
                "reason": "awaits_release",
                "release": waits,
                "numbers": {"packs": 5.0},
            },
            {"step": AlertStep.RELEASED, "reason": "released_by_officer", "release": released},
            {"step": AlertStep.COVERED, "reason": "covered_by_another", "covered_by": "alr_b"},
            {"step": AlertStep.UNCOVERED, "reason": "cover_ended", "covered_by": None, "severity": Severity.CRITICAL},
        )
    )
    happened = found[found.index("What happened") : found.index("Who is told")].splitlines()
    assert "    2  2026-03-02 08:02:00  held         awaits_release" in happened
    assert happened[happened.index("    2  2026-03-02 08:02:00  held         awaits_release") + 1 :][:2] == [
        "       packs 5",
        "       the rest waits for a person; the time of its gate is over 2026-03-02 08:15:00",
    ]
    assert "       released to officers by officer-1" in happened
    assert "       covered by alr_b" in happened
    assert "       covered no longer" in happened
    assert any(line.strip().endswith("becomes critical") for line in happened)
    assert found.count("packs 5") == 1, "numbers are said where they changed"


def test_one_of_two_persons_is_not_enough() -> None:
    half = Release(audiences=("officers",), by=("officer-1",))
    found = text(of=life({"release": replace(half, by=())}, {"release": half}))
    assert "released by officer-1, not yet enough" in found


def test_where_it_stands_is_said_first_then_each_chain_with_its_line_and_version() -> None:
    found = text(said("pharmacies", "told", "ntc_1"), said("pharmacies", "silenced", "sil_x", n=5, version=2))
    assert (
        "  professionals: pharmacies\n"
        "    version 2 silenced by sil_x until 2026-03-02 09:00:00, since 2026-03-02 08:05:00; version 1 was told 2026-03-02 08:00:00\n"
        "      2026-03-02 08:00:00  version 1: routed by line 12, route.routes[3] of routing 7, grouped, told by ntc_1\n"
        "      2026-03-02 08:05:00  version 2: routed by line 12, route.routes[3] of routing 7, grouped, "
        "silenced by sil_x until 2026-03-02 09:00:00\n"
    ) in found


@pytest.mark.parametrize(
    ("word", "by", "expected"),
    [
        ("covered", "alr_b", "covered by alr_b"),
        ("inhibited", "line 3, inhibit_rules[0]: alr_b/officers", "held back by line 3, inhibit_rules[0]: alr_b/officers"),
        ("muted", "nights", "kept quiet by nights until 2026-03-02 09:00:00"),
        ("repeated", "ntc_2", "told again by ntc_2"),
        ("ended", "ntc_3", "told that it is over by ntc_3"),
        ("ended_untold", "", "over before they were told"),
        ("ended_unsaid", "superseded", "over, which is not said: superseded"),
        ("nobody", "nobody", "told to nobody by receiver nobody"),
        ("acknowledged", "p_1", "acknowledged by p_1"),
    ],
)
def test_each_verdict_has_its_words(word: str, by: str, expected: str) -> None:
    when = "at" if word in ("repeated", "ended") else "since"
    assert f"    version 1 {expected}, {when} 2026-03-02 08:00:00" in text(said("r", word, by))


def test_a_step_of_an_escalation_stands_with_its_receiver() -> None:
    found = text(said("officers", "told", "ntc_1"), said("officers#2", "escalated", "step 2: ntc_2", n=1))
    assert found.count("professionals: officers") == 1
    assert "version 1, step 2 of the escalation: routed" in found


def test_the_shipped_routing_is_named_as_such_with_the_line_of_its_file() -> None:
    text_of_file = shipped_text().splitlines()
    said_of_it = explanation.line_text("route.routes[1]", "0")
    line = re.fullmatch(r"line (\d+), route\.routes\[1\] of the shipped routing", said_of_it)
    assert line is not None, said_of_it
    assert "receiver: companies" in text_of_file[int(line[1]) - 1]
    assert "route.routes[999] of the shipped routing" in explanation.line_text("route.routes[999]", "0")
    assert explanation.line_text("route.routes[1]", "7") == "route.routes[1] of routing 7"


def test_of_many_reminders_the_last_are_shown() -> None:
    found = text(*(said("r", "repeated", f"ntc_{n}", n=n) for n in range(20)))
    assert "8 earlier chains are left out" in found
    assert "told again by ntc_7\n" not in found
    assert "told again by ntc_8\n" in found


def test_what_is_released_and_not_decided_is_named() -> None:
    released = Release(audiences=("officers", "professionals", "public"))
    found = text(said("officers", "told", "ntc_1", audience="officers"), of=life({"release": released}))
    assert "  professionals: released, and no route leads there" in found
    assert "  public: released; told past all routes" in found
    assert "  officers: released" not in found


def waits(held: Told | None = None, *, receiver: str = "pharmacies", version: int = 2) -> Waits:
    """What waits now for a receiver."""
    return Waits(
        unit="alr_a/professionals",
        receiver=receiver,
        version=version,
        held=held,
        until=AT + 30 * MINUTE,
        routed="line 12, route.routes[3]",
        routing="7",
    )


def state(known: Known, receiver: str) -> str:
    """The line that says where it stands under a receiver."""
    lines = list(explanation.lines(known))
    return lines[lines.index(f"  professionals: {receiver}") + 1].strip()


def test_what_waits_for_its_group_is_named_though_nothing_was_decided() -> None:
    found = Known(life(), (), (), (waits(),))
    assert state(found, "pharmacies") == "version 2 waits for its group until 2026-03-02 08:30:00, by line 12, route.routes[3] of routing 7"
    assert explanation.plain(found)["waiting"] == [
        {
            "audience": "professionals",
            "receiver": "pharmacies",
            "version": 2,
            "held": None,
            "until": "2026-03-02T08:30:00Z",
            "routed": "line 12, route.routes[3]",
            "routing": "7",
        }
    ]


def test_what_holds_it_now_goes_before_what_held_it_once() -> None:
    accounts = accounts_of([said("pharmacies", "told", "ntc_1"), said("pharmacies", "silenced", "sil_x", n=5, version=2)])
    until = AT + 9 * MINUTE
    ended = "version 2 waits for its group until 2026-03-02 08:30:00, by line 12, route.routes[3] of routing 7"
    muted = "version 2 kept quiet by nights until 2026-03-02 08:09:00, by line 12, route.routes[3] of routing 7"
    shorter = "version 2 silenced by sil_x until 2026-03-02 08:09:00, since 2026-03-02 08:05:00"
    newer = ended.replace("version 2", "version 3")
    for held, version, expected in (
        (None, 2, ended),
        (Told(word=Word.MUTED, by="nights", until=until), 2, muted),
        (Told(word=Word.SILENCED, by="sil_x", until=until), 2, shorter),
        (None, 3, newer),
    ):
        found = Known(life(), accounts, (), (waits(held, version=version),))
        assert state(found, "pharmacies") == f"{expected}; version 1 was told 2026-03-02 08:00:00"


def test_what_waits_for_persons_says_for_whom_who_released_and_when_the_next_is_called() -> None:
    gate = Gate(("professionals", "public"), (("professionals", "officer-1"),), AT + 15 * MINUTE)
    found = Known(life(), (), (), gate=gate)
    assert list(explanation.lines(found))[2:5] == [
        "  waits for its release to professionals, public",
        "    released so far: professionals by officer-1",
        "    the next person in charge is called 2026-03-02 08:15:00",
    ]
    assert explanation.plain(found)["release"] == {
        "waits": ["professionals", "public"],
        "approvals": [{"audience": "professionals", "by": "officer-1"}],
        "call_at": "2026-03-02T08:15:00Z",
    }
    assert list(explanation.lines(replace(found, gate=Gate(("public",), (), None))))[2:4] == ["  waits for its release to public", ""]


def test_deliveries_are_counted_by_notice() -> None:
    done = NoticeFigures("ntc_1", "pharmacies", "alert", 1, AT, True, {("email", "accepted"): 3, ("email", "failed"): 1})
    begun = NoticeFigures("ntc_2", "", "escalation", 2, AT, False)
    found = text(figures=(done, begun))
    assert "  ntc_1  2026-03-02 08:00:00  alert to pharmacies, version 1: 3 accepted (email), 1 failed (email)" in found
    assert "  ntc_2  2026-03-02 08:00:00  escalation, version 2: nobody, and more to come" in found
    assert "Deliveries\n  none" in text()


def test_programs_read_all_of_it() -> None:
    figures = (NoticeFigures("ntc_1", "r", "alert", 1, AT, True, {("email", "accepted"): 3}),)
    records = (said("r", "told", "ntc_1"), said("r", "silenced", "sil_x", n=5, version=2))
    found = json.loads(json.dumps(explanation.plain(Known(life({"covered_by": "alr_b"}), accounts_of(records), figures))))
    assert (found["alert_id"], found["kind"], found["open"], found["covered_by"]) == ("alr_a", "shortage", True, "alr_b")
    assert [v["version"] for v in found["versions"]] == [1, 2]
    [receiver] = found["receivers"]
    assert receiver["state"] == {
        "told": False,
        "held": True,
        "version": 2,
        "at": "2026-03-02T08:05:00Z",
        "word": "silenced",
        "by": "sil_x",
        "until": "2026-03-02T09:00:00Z",
    }
    assert receiver["chains"][0]["verdicts"][0] == {"word": "routed", "by": "line 12, route.routes[3]", "until": None}
    assert (receiver["chains"][0]["routing"], len(receiver["chains"])) == ("7", 2)
    assert found["notices"][0]["deliveries"] == [{"channel": "email", "state": "accepted", "count": 3}]


def test_there_is_a_sentence_for_whatever_may_have_become_of_it() -> None:
    for became in Became:
        answer = Answer(became=became, version=2, by="BY", channel="email", purpose="alert", why="region", at=AT, until=AT + MINUTE)
        found = personal_answer.sentence(answer)
        assert found.startswith("version 2 "), became
        assert "{" not in found


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            Answer(became=Became.SENT, version=1, by="ntc_1", channel="email", purpose="update", at=AT),
            "version 1 sent by email with notice ntc_1 (update) at 2026-03-02 08:00:00",
        ),
        (
            Answer(became=Became.SILENCED, version=3, by="sil_x", at=AT, until=AT + MINUTE),
            "version 3 silenced by sil_x until 2026-03-02 08:01:00",
        ),
        (
            Answer(became=Became.LIMITED, version=1, by="ntc_1", until=AT),
            "version 1 waits for room under a limit, with notice ntc_1 until 2026-03-02 08:00:00",
        ),
        (Answer(became=Became.NOT_MATCHED, why="follows"), "not matched: they follow nothing that the alert is about"),
        (Answer(became=Became.FAILED, version=1, by="ntc_1", why="no_template"), "version 1 given up: no_template (notice ntc_1)"),
    ],
)
def test_the_answer_in_words(answer: Answer, expected: str) -> None:
    assert personal_answer.sentence(answer) == expected


def test_under_the_answer_stand_the_line_what_they_know_and_every_delivery() -> None:
    answer = Answer(became=Became.SILENCED, version=2, by="sil_x", receiver="r", routed="line 12, route", routing="7", known=1)
    events = (Happened("accepted", AT, 250, "sink"),)
    sent = Fate("ntc_1", "r", "alert", False, (1,), "dlv_1", "17", "professional", "email", "accepted", "", AT, None, "", events)
    found = Personal(answer, (sent, replace(sent, notice_id="ntc_2", state="deferred", reason="limited", events=())))
    assert list(personal_answer.lines("p-1", found)) == [
        "p-1: version 2 silenced by sil_x",
        "  by line 12, route of routing 7, receiver r",
        "  they know version 1",
        "  ntc_1 alert by email: accepted [accepted 2026-03-02 08:00:00 (sink)]",
        "  ntc_2 alert by email: deferred, limited",
    ]
    bare = Personal(replace(answer, routed="", known=0), ())
    assert list(personal_answer.lines("p-1", bare)) == ["p-1: version 2 silenced by sil_x"]
    unnamed = Personal(replace(answer, receiver="", known=0), ())
    assert list(personal_answer.lines("p-1", unnamed))[1] == "  by line 12, route of routing 7"
    plain = json.loads(json.dumps(personal_answer.plain("p-1", found)))
    assert (plain["person"], plain["answer"]["became"], plain["answer"]["sentence"]) == ("p-1", "silenced", "version 2 silenced by sil_x")
    assert plain["deliveries"][0]["events"] == [{"kind": "accepted", "at": "2026-03-02T08:00:00Z", "code": 250, "detail": "sink"}]
