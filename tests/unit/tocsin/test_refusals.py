"""Why an order was refused, in words: every reason that an order may end with, and what is said for each action."""

from __future__ import annotations

import pytest

from alertcore.cases.answers import is_refusal
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.wiring import CASE_ORDERS, ORDERS
from tocsin.case_state import Answer
from tocsin.commands.case_orders import not_done
from tocsin.refusals import OPEN, SAME, VALUES, WORDS, why


@pytest.mark.parametrize(
    ("action", "reason", "said"),
    [
        ("case.evaluate", "unknown_value", "--market-share-pct takes a number from 0 to 100"),
        ("case.close", "alerts_open", "an alert on the subject is open: it must end first, or be cancelled"),
        ("ack", "same_person", "this person has acknowledged what the alert says now"),
        ("release", "same_person", "this person has agreed to it already: another person must"),
        ("case.reopen", "nothing_new", "the case is open already"),
        ("measure", "nothing_new", "it stands so already"),
        ("major_event", "unknown_value", "a value that it gives is none that there is"),
        ("case.dance", "a_reason_of_tomorrow", "a_reason_of_tomorrow"),
        ("cancel", "late", "late"),
    ],
)
def test_a_refusal_is_said_in_words_of_its_action(action: str, reason: str, said: str) -> None:
    assert why(action, reason) == said


def test_only_refusals_have_words_and_only_orders_that_there_are() -> None:
    assert all(is_refusal(reason) for reason in WORDS)
    assert {*VALUES, *SAME, *OPEN} <= {*ORDERS, *CASE_ORDERS}
    assert not any(is_refusal(reason) for reason in (*Reason, "case_kept", "test_sent", "awaits_another_person"))
    assert is_refusal(Outcome.REPEAT)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(refused="no_reason", decided=True), "is refused (no_reason): it needs a reason: give --reason"),
        (Answer(decided=True), "changed nothing, and nothing is said of why: see `tocsin dead-letters list`"),
        (Answer(), "is not decided after 15 s; it stands in the log, and will be when the hub goes on"),
    ],
)
def test_what_was_not_done_says_so_with_exit_1(answer: Answer, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert not_done("cancel on alr_x", "cancel", answer, as_json=True) == 1
    out, err = capsys.readouterr()
    assert err.strip() == f"tocsin: cancel on alr_x {said}"
    assert '"refused"' in out
    assert not_done("cancel on alr_x", "cancel", answer, as_json=False) == 1
    assert capsys.readouterr().out == ""
