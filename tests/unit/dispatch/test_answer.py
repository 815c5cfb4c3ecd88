"""What became of an alert for one person: one answer, from verdicts and ledger together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alertcore.dispatch.answer import Answer, Became, Belongs, Delivery, answer, named
from alertcore.dispatch.explain import accounts_of, notice_told, routed_by, standings
from alertcore.dispatch.outcome import Account, Verdict, Word
from alertcore.dispatch.waiting import Waits
from alertcore.records.dispatch import Chain, Verdicts
from alertcore.records.dispatch import Verdict as Told

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROUTED = Verdict(word=Word.ROUTED, by="line 12, route.routes[3]")


def account(
    last: Word, by: str = "", *, version: int = 1, receiver: str = "pharmacies", unit: str = "professionals", n: int = 0
) -> Account:
    """A chain that ends with a verdict, n hours on."""
    until = AT + 9 * HOUR if last in (Word.SILENCED, Word.MUTED) else None
    verdicts = (ROUTED, Verdict(word=Word.GROUPED, by="g"), Verdict(word=last, by=by, until=until))
    return Account(at=AT + n * HOUR, alert_id=f"alr_a/{unit}", alert_version=version, receiver=receiver, routing="7", verdicts=verdicts)


def delivery(state: str, reason: str = "", **given: Any) -> Delivery:
    """A delivery of version 1 to a receiver."""
    fields: dict[str, Any] = {"notice_id": "ntc_1", "receiver": "pharmacies", "purpose": "alert", "versions": (1,), "channel": "email"}
    return Delivery(**fields | {"state": state, "reason": reason, "at": AT} | given)


def of(receiver: str = "pharmacies", why: str = "", notice: str = "") -> Belongs:
    """Whether somebody belongs to a receiver."""
    return Belongs(receiver=receiver, why_not=why, notice_id=notice, version=1 if notice else 0)


TOLD = account(Word.TOLD, "ntc_1")
SILENCED = account(Word.SILENCED, "sil_x")


@pytest.mark.parametrize(
    ("accounts", "deliveries", "belongs", "became", "by"),
    [
        # the ledger speaks where it has something
        ([TOLD], [delivery("accepted")], [of()], Became.SENT, "ntc_1"),
        ([TOLD], [delivery("acknowledged")], [of()], Became.SENT, "ntc_1"),
        ([TOLD], [delivery("intended")], [of()], Became.ON_ITS_WAY, "ntc_1"),
        ([TOLD], [delivery("claimed")], [of()], Became.ON_ITS_WAY, "ntc_1"),
        ([TOLD], [delivery("accepted", merged_into="dlv_9")], [of()], Became.MERGED, "dlv_9"),
        ([TOLD], [delivery("deferred", "limited")], [of()], Became.LIMITED, "ntc_1"),
        ([TOLD], [delivery("deferred", "merged", merged_into="dlv_9")], [of()], Became.ON_ITS_WAY, "ntc_1"),
        ([TOLD], [delivery("deferred", "greylisted")], [of()], Became.DEFERRED, "ntc_1"),
        ([TOLD], [delivery("suppressed", "unsubscribed")], [of()], Became.UNSUBSCRIBED, "ntc_1"),
        ([TOLD], [delivery("suppressed", "no_address")], [of()], Became.NO_ADDRESS, "ntc_1"),
        ([TOLD], [delivery("suppressed", "no_channel")], [of()], Became.NO_ADDRESS, "ntc_1"),
        ([TOLD], [delivery("suppressed", "sandbox")], [of()], Became.SUPPRESSED, "ntc_1"),
        ([TOLD], [delivery("suppressed", "told_by:ntc_0")], [of()], Became.TOLD_BY_ANOTHER, "ntc_0"),
        ([TOLD], [delivery("bounced", "mailbox")], [of()], Became.FAILED, "ntc_1"),
        ([TOLD], [delivery("failed", "no_template")], [of()], Became.FAILED, "ntc_1"),
        # several channels: the best that came of one
        ([TOLD], [delivery("bounced"), delivery("accepted", channel="sms")], [of()], Became.SENT, "ntc_1"),
        ([TOLD], [delivery("deferred", "limited"), delivery("intended", channel="sms")], [of()], Became.ON_ITS_WAY, "ntc_1"),
        # told, and not yet in the ledger; or it did not reach this person
        ([TOLD], [], [of()], Became.ON_ITS_WAY, "ntc_1"),
        ([TOLD], [], [of(why="waiting", notice="ntc_1")], Became.ON_ITS_WAY, "ntc_1"),
        ([TOLD], [], [of(), of(why="matched", notice="ntc_1")], Became.NOT_MATCHED, "ntc_1"),
        # held by verdicts
        ([SILENCED], [], [of()], Became.SILENCED, "sil_x"),
        ([account(Word.COVERED, "alr_b")], [], [of()], Became.COVERED, "alr_b"),
        ([account(Word.INHIBITED, "line 3")], [], [of()], Became.INHIBITED, "line 3"),
        ([account(Word.MUTED, "nights")], [], [of()], Became.MUTED, "nights"),
        ([account(Word.NOBODY, "nobody")], [], [of()], Became.NOBODY, "nobody"),
        ([account(Word.ENDED_UNTOLD)], [], [of()], Became.ENDED_UNTOLD, ""),
        ([account(Word.ENDED_UNSAID, "superseded")], [], [of()], Became.ENDED_UNSAID, "superseded"),
        # told by one receiver is told, whatever held it back at another, before or after
        ([SILENCED, account(Word.TOLD, "ntc_1", receiver="b")], [], [of(), of("b")], Became.ON_ITS_WAY, "ntc_1"),
        ([account(Word.TOLD, "ntc_1", receiver="b"), SILENCED], [delivery("accepted", receiver="b")], [of()], Became.SENT, "ntc_1"),
        # what failed at one receiver and waits at another waits
        ([TOLD, account(Word.SILENCED, "sil_x", receiver="b")], [delivery("failed")], [of("b")], Became.SILENCED, "sil_x"),
        # the latest account of a receiver counts
        ([SILENCED, account(Word.MUTED, "nights", n=1)], [], [of()], Became.MUTED, "nights"),
        ([SILENCED, account(Word.TOLD, "ntc_1", n=1)], [], [of()], Became.ON_ITS_WAY, "ntc_1"),
        # what became of it for others is no answer for this person
        ([SILENCED], [], [of(why="region")], Became.NOT_MATCHED, ""),
        ([account(Word.SILENCED, "sil_x", receiver="b")], [], [of(), of("b", "kind")], Became.GROUPED, ""),
        ([], [], [], Became.NOT_MATCHED, ""),
        ([], [], [of(why="unknown")], Became.UNKNOWN_PERSON, ""),
        # a call past every route
        ([], [delivery("accepted", receiver="")], [], Became.SENT, "ntc_1"),
    ],
)
def test_there_is_one_answer(accounts: list[Account], deliveries: list[Delivery], belongs: list[Belongs], became: Became, by: str) -> None:
    found = answer(accounts, deliveries, belongs)
    assert (found.became, found.by) == (became, by)


def test_what_was_sent_says_when_by_which_notice_and_by_which_line_of_which_version() -> None:
    found = answer([SILENCED, account(Word.TOLD, "ntc_1", n=1)], [delivery("accepted", at=AT + 2 * HOUR)], [of()])
    assert found == Answer(
        became=Became.SENT,
        version=1,
        at=AT + 2 * HOUR,
        by="ntc_1",
        channel="email",
        purpose="alert",
        receiver="pharmacies",
        routed="line 12, route.routes[3]",
        routing="7",
    )


def test_what_is_held_says_until_when_and_which_version_is_known() -> None:
    held = account(Word.SILENCED, "sil_x", version=3, n=1)
    found = answer([TOLD, held], [delivery("accepted")], [of()])
    assert (found.became, found.version, found.known, found.until) == (Became.SILENCED, 3, 1, AT + 9 * HOUR)
    assert (found.routed, found.routing) == ("line 12, route.routes[3]", "7")


def test_only_what_was_sent_is_known() -> None:
    found = answer([TOLD, account(Word.SILENCED, "sil_x", version=3)], [delivery("failed")], [of()])
    assert found.known == 0


def test_an_acknowledgement_of_a_later_version_is_no_answer() -> None:
    found = answer([TOLD, account(Word.ACKNOWLEDGED, "p_1", version=2)], [delivery("accepted")], [of()])
    assert (found.became, found.version) == (Became.SENT, 1)


def test_a_wait_for_room_says_until_when() -> None:
    found = answer([TOLD], [delivery("deferred", "limited", until=AT + HOUR)], [of()])
    assert (found.became, found.until) == (Became.LIMITED, AT + HOUR)


def test_what_was_merged_or_told_otherwise_waits_for_nothing() -> None:
    for given in ({"state": "accepted", "merged_into": "dlv_9"}, {"state": "suppressed", "reason": "told_by:ntc_0"}):
        assert answer([TOLD], [delivery(until=AT, **given)], [of()]).until is None


@pytest.mark.parametrize(("state", "reason", "why"), [("bounced", "", "bounced"), ("failed", "no_template", "no_template")])
def test_what_went_wrong_is_said(state: str, reason: str, why: str) -> None:
    assert answer([TOLD], [delivery(state, reason)], [of()]).why == why


def test_of_receivers_that_did_not_match_the_one_that_came_closest_is_named() -> None:
    found = answer([TOLD, account(Word.TOLD, "ntc_2", receiver="b")], [], [of(why="kind"), of("b", "follows"), of("c", "region")])
    assert (found.became, found.receiver, found.why, found.version) == (Became.NOT_MATCHED, "b", "follows", 1)
    assert (found.routed, found.routing) == ("line 12, route.routes[3]", "7")


def test_what_is_not_let_out_yet_is_said_before_anything_else() -> None:
    assert answer([], [], [of()], unreleased=True).became is Became.NOT_RELEASED


def test_an_end_and_a_call_are_told_by_the_notice_they_name() -> None:
    assert notice_told(account(Word.ENDED, "ntc_5")) == "ntc_5"
    assert notice_told(account(Word.ESCALATED, "step 2: ntc_6")) == "ntc_6"
    assert notice_told(SILENCED) == ""
    assert routed_by(SILENCED) == "line 12, route.routes[3]"
    assert routed_by(Account(at=AT, alert_id="a/o", alert_version=1, receiver="r", routing="1", verdicts=())) == ""


def test_each_company_has_a_receiver_of_its_own_and_steps_stand_with_theirs() -> None:
    assert named(account(Word.TOLD, "ntc_1", receiver="companies", unit="companies/lab-a")) == "companies:lab-a"
    assert named(account(Word.ESCALATED, "step 1: ntc_2", receiver="officers#1", unit="officers")) == "officers"


def test_one_company_is_not_told_by_what_another_was() -> None:
    accounts = [
        account(Word.TOLD, "ntc_1", receiver="c", unit="companies/lab-b"),
        account(Word.SILENCED, "s", receiver="c", unit="companies/lab-a"),
    ]
    assert answer(accounts, [], [of("c:lab-a"), of("c:lab-b", "facility")]).became is Became.SILENCED


def wait(held: Verdict | None = None, *, receiver: str = "pharmacies", version: int = 1) -> Waits:
    """What waits now for a receiver."""
    fields: dict[str, Any] = {"unit": "alr_a/professionals", "receiver": receiver, "version": version, "held": held}
    return Waits(**fields, until=AT + 2 * HOUR, routed="line 1, route", routing="8")


def test_what_waits_now_goes_before_the_verdict_that_once_held_it() -> None:
    found = answer([SILENCED], [], [of()], [wait()])
    assert (found.became, found.until, found.by, found.routed, found.routing) == (Became.GROUPED, AT + 2 * HOUR, "", "line 1, route", "8")
    found = answer([SILENCED], [], [of()], [wait(Verdict(word=Word.MUTED, by="nights"))])
    assert (found.became, found.by, found.until) == (Became.MUTED, "nights", AT + 2 * HOUR)


def test_what_waits_for_others_is_no_answer() -> None:
    assert answer([SILENCED], [], [of()], [wait(receiver="b")]).became is Became.SILENCED


def test_a_newer_version_that_waits_is_the_answer_and_says_what_is_known() -> None:
    found = answer([TOLD], [delivery("accepted")], [of()], [wait(version=4)])
    assert (found.became, found.version, found.known) == (Became.GROUPED, 4, 1)


def test_told_by_one_way_is_told_though_another_waits() -> None:
    assert answer([TOLD], [delivery("accepted")], [of(), of("b")], [wait(receiver="b")]).became is Became.SENT


def record(n: int, *chains: Chain) -> Verdicts:
    """What the topic says, n hours on."""
    return Verdicts(alert_id="alr_a", at=AT + n * HOUR, chains=chains)


def chain(word: str, version: int = 1, receiver: str = "officers", audience: str = "officers") -> Chain:
    """A chain of one verdict."""
    return Chain(version=version, audience=audience, receiver=receiver, routing="0", verdicts=(Told(word=word, by="x"),))


def test_what_a_restart_wrote_twice_counts_once_and_order_is_of_time() -> None:
    first, second = record(0, chain("silenced")), record(1, chain("told"))
    found = accounts_of([second, first, second, first])
    assert [(a.at, a.alert_id, a.last) for a in found] == [
        (AT, "alr_a/officers", Word.SILENCED),
        (AT + HOUR, "alr_a/officers", Word.TOLD),
    ]


def test_a_verdict_of_a_later_program_is_left_out() -> None:
    assert accounts_of([record(0, chain("postponed"))]) == ()
    both = replace(chain("told"), verdicts=(Told(word="told", by="x"), Told(word="postponed")))
    assert [a.last for a in accounts_of([record(0, both)])] == [Word.TOLD]


def test_where_it_stands_is_said_for_each_receiver_by_its_newest_version() -> None:
    records = [
        record(0, chain("told"), chain("muted", receiver="pharmacies", audience="professionals")),
        record(1, chain("escalated", receiver="officers#1")),
        record(2, chain("silenced", version=2)),
    ]
    officers, pharmacies = standings(accounts_of(records))
    assert (officers.audience, officers.receiver, len(officers.accounts)) == ("officers", "officers", 3)
    assert (officers.fate.told, officers.fate.held, officers.fate.account.last) == (False, True, Word.SILENCED)
    assert (pharmacies.fate.held, pharmacies.fate.account.last) == (True, Word.MUTED)
