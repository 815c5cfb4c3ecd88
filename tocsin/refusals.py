"""Why an order was refused, in words that say what to do; by the reason that the stage names."""

from __future__ import annotations

from alertcore.cases.case_file import CONSULTATIONS, LONGEST
from alertcore.cases.measure_codes import FREE_TEXT
from alertcore.cases.reasons import Outcome
from alertcore.policy import AUDIENCES

SHOW = "see `tocsin cases show`"
WORDS = {
    Outcome.UNKNOWN_ACTION: "this hub knows no such order",
    Outcome.NO_PERSON: "it names no person: give --by one opaque id, a single word",
    Outcome.NO_REASON: "it needs a reason: give --reason",
    Outcome.UNKNOWN_ALERT: "there is no such alert: see `tocsin alerts list --all`",
    Outcome.ALERT_ENDED: "the alert has ended: nothing more can be ordered on it",
    Outcome.NOTHING_TO_RELEASE: "nothing of the alert waits to be released to whom you named",
    Outcome.UNKNOWN_AUDIENCE: f"there is no such audience: name one of {', '.join(AUDIENCES)}",
    Outcome.SAME_PERSON: "this person has agreed to it already: another person must",
    Outcome.NO_QUESTION: "the alert does not ask whether it is to be reported",
    Outcome.NO_ANSWER: "the answer is yes or no",
    Outcome.NO_AUTHORITY: "the register names no authority for shortages: add one with `tocsin authorities apply`",
    Outcome.UNKNOWN_VALUE: "a value that it gives is none that there is",
    Outcome.CASE_FULL: f"the case is full (1 MiB of texts, {CONSULTATIONS} consultations): only closing and ending go on",
    Outcome.CASE_CLOSED: "the case is closed already",
    Outcome.UNKNOWN_SUBJECT: "nothing is known of this subject: see `tocsin cases list`, and the kind before the colon",
    Outcome.TOO_LONG: f"a text is longer than {LONGEST} characters",
    Outcome.ALERTS_OPEN: "an alert on the subject is open: it must end first, or be cancelled",
    Outcome.ANSWERS_MISSING: "a consultation awaits answers: enter them with `tocsin cases answer`",
    Outcome.NOT_AT_THIS_STEP: f"the measure does not stand where this can be done: {SHOW}",
    Outcome.NOT_ITS_COMPANY: "the alert does not concern that company: `tocsin alerts show` names those it does",
    Outcome.NOTHING_NEW: "it stands so already",
    Outcome.REPEAT: "the same order was decided before",
}
_MEASURE = f"no such code, no --detail with {' or '.join(FREE_TEXT)}, a day that is none (YYYY-MM-DD), or a last day before the first"
_STEP = f"no such measure of that company or the agency, a day that is none (YYYY-MM-DD), or a last day before the first: {SHOW}"
_TEXTS = "that company says nothing of alternatives in a declaration that holds"
VALUES = {
    "case.evaluate": "--market-share-pct takes a number from 0 to 100",
    "case.consult": "it takes a question, bodies in --to, and in --until a day to come or an instant with its offset",
    "case.answer": f"no such consultation, or it was not put to that body: {SHOW}",
    "case.note": "the note is empty",
    "measure": f"{_MEASURE}; and only an alert of a shortage or a stop takes one",
    "measure.propose": _MEASURE,
    **dict.fromkeys(("measure.agree", "measure.refuse", "measure.start", "measure.end"), _STEP),
    **dict.fromkeys(("text.agree", "text.refuse"), _TEXTS),
    "correct": f"the text, and whatever else is corrected, is needed in French and in English, each of at most {LONGEST} characters",
    "contest": f"the text is empty, or longer than {LONGEST} characters",
    "duty_met": "no such duty is open on the alert for whom you named, or a rule sees by itself whether it is met",
    "alternatives": "only an alert of a stop takes it, with yes, no or unknown",
}
SAME = {"ack": "this person has acknowledged what the alert says now"}
OPEN = {"case.reopen": "the case is open already"}


def why(action: str, reason: str) -> str:
    """The refusal of an order in words; the reason itself where a newer hub gives one that is not known here."""
    known = next((o for o in Outcome if o == reason), None)
    own = {Outcome.UNKNOWN_VALUE: VALUES, Outcome.SAME_PERSON: SAME, Outcome.NOTHING_NEW: OPEN}
    if known in own and action in own[known]:
        return own[known][action]
    return WORDS.get(known, reason) if known is not None else reason
