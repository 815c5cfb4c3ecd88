"""A correction: what an alert said was wrong, and an officer says it right to exactly those who were told.

The officer's words take the place of the rule's, whose own stand beside them; they stay until the rule says something else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from alertcore import persons
from alertcore.cases import alerts, earlier, telling
from alertcore.cases.desk import Desk
from alertcore.cases.picture import NOTE_PREFIX, ORIGINAL_PREFIX, OWN_PREFIX
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.state import AlertFile
from alertcore.records.alert import Alert, AlertStep
from alertcore.records.hub import Command

LONGEST = 4000
TEXTS = {"text": "sentence", "headline": "headline", "instruction": "instruction", "patient_instruction": "patient_instruction"}
"""What an officer may put right, and the facts that say it."""
_AWAITS = "correction_awaits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A correction that awaits a second person (`correction/<alert id>`). texts: in order of their names."""

    by: str
    texts: tuple[str, ...]


KINDS: dict[str, type[object]] = {"correction": Begun}


def correct(desk: Desk, file: AlertFile, order: Command) -> str:
    """Params: text_fr and text_en, and where they were wrong headline_fr … patient_instruction_en. Only with a reason.

    Like a cancellation it waits for no gate; but where two persons had to release what some were told, two must agree on the correction.
    """
    if file.ended:
        return Outcome.ALERT_ENDED
    if not order.reason.strip():
        return Outcome.NO_REASON
    said = _said(order)
    if said is None:
        return Outcome.UNKNOWN_VALUE
    if _needs_two(desk, file) and not _second(desk, file, order, said):
        return desk.reason
    begun = f"correction/{file.alert.alert_id}"
    if desk.get(begun) is not None:
        desk.put(begun, None)
    right = partial(_righted, said=said, reason=order.reason)
    facts = alerts.in_key_order(right(file.alert))
    file = alerts.step(desk, replace(file, approvals=()), AlertStep.CORRECTED, Reason.CORRECTED_BY_OFFICER, facts=facts)
    file = earlier.as_now(file, right)  # who waits for another content goes on being told what is right too
    alerts.save(desk, telling.tell_correction(desk, file, said["sentence_en"]))
    return Reason.CORRECTED_BY_OFFICER


def _righted(alert: Alert, said: dict[str, str], reason: str) -> dict[str, str]:
    facts = {k: v for k, v in corrected(alert.facts, said).items() if k != NOTE_PREFIX + _AWAITS}
    return facts | {f"{NOTE_PREFIX}corrected_because": reason}


def corrected(facts: dict[str, str], said: dict[str, str]) -> dict[str, str]:
    """Facts with the officer's words; the rule's own are kept. What was said to some alone gives way to what is said to all."""
    kept, found = {k: v for k, v in facts.items() if k.startswith(ORIGINAL_PREFIX)}, dict(facts)
    for name, text in said.items():
        stem, _, language = name.rpartition("_")
        others = [k for k in facts if k == f"{stem}_others_{language}" or (k.startswith(OWN_PREFIX) and k.endswith(f"/{name}"))]
        for key in (name, *others):
            kept.setdefault(ORIGINAL_PREFIX + key, facts.get(key, ""))
            found[key] = text
    return found | kept


def _said(order: Command) -> dict[str, str] | None:
    found = {}
    for name, text in order.params.items():
        stem, _, language = name.rpartition("_")
        if stem not in TEXTS or language not in ("fr", "en") or not text.strip() or len(text) > LONGEST:
            return None
        found[f"{TEXTS[stem]}_{language}"] = text.strip()
    pairs = {name[:-3] for name in found}
    complete = all(f"{stem}_{x}" in found for stem in pairs for x in ("fr", "en"))
    return found if "sentence" in pairs and complete else None


def _needs_two(desk: Desk, file: AlertFile) -> bool:
    released = file.alert.release.audiences if file.alert.release else ()
    had = {"authorities"} & {*released, *(e.audience for e in file.earlier)}
    audiences = {t.audience for t in file.told} | ({"public"} if file.published else set()) | had
    return any(desk.policy.gate(file.alert.kind, a).gate == "two" for a in audiences)


def _second(desk: Desk, file: AlertFile, order: Command, said: dict[str, str]) -> bool:
    """True where another person has said the same before; else this one's word is kept and officers are told that it awaits another."""
    key = f"correction/{file.alert.alert_id}"
    begun: Begun | None = desk.get(key)
    texts = tuple(v for _, v in sorted(said.items()))
    if begun is not None and begun.texts == texts:
        desk.reason = Outcome.SAME_PERSON
        return not persons.among(order.by, (begun.by,))
    desk.put(key, Begun(by=order.by, texts=texts))
    notes = {k.removeprefix(NOTE_PREFIX): v for k, v in file.alert.facts.items() if k.startswith(NOTE_PREFIX)}
    alerts.note(desk, file, notes | {_AWAITS: "\n".join(texts)}, Reason.AWAITS_SECOND_PERSON, tell=True)
    desk.reason = Outcome.AWAITS_ANOTHER_PERSON
    return False
