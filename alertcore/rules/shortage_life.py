"""What a new picture of supply does to the alerts of a medicine: raise, update, hand over between shortage and stop, or end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from alertcore.cases import alerts
from alertcore.cases.desk import Desk
from alertcore.cases.medicines import subject_of
from alertcore.cases.picture import Picture, whole
from alertcore.cases.reasons import Reason
from alertcore.cases.shortages import Supply
from alertcore.cases.state import AlertFile
from alertcore.making import maker
from alertcore.records.alert import AlertKind, AlertStep, Severity
from alertcore.records.shared import Subject, Text
from alertcore.records.shortage import DeclarationStep
from alertcore.rules import equivalents
from alertcore.rules.shortage import end_facts, open_heads, picture, public_open

OTHER = {AlertKind.SHORTAGE: AlertKind.STOP, AlertKind.STOP: AlertKind.SHORTAGE}
_text = maker(Text)
HANDED_OVER = {AlertKind.SHORTAGE: Reason.BECAME_STOP, AlertKind.STOP: Reason.BECAME_SHORTAGE}


def judge(desk: Desk, supply: Supply, rule: str, *, opened: Reason, changed: Reason, over: bool) -> None:
    """Bring both kinds of alert up to date, and write the rule's signal.

    over: true when the news is a return or a withdrawal. Else what ends one kind has moved to the other: a hand-over and no all-clear,
    for the medicine is not back.
    """
    subject = subject_of(supply.cis)
    beside = partial(equivalents.notes, desk, supply.cis, supply.nature)
    pictures = {kind: picture(supply, kind, beside) for kind in OTHER}
    files = {kind: alerts.open_file(desk, kind, subject, supply.nature) for kind in OTHER}
    replaced: str | None = None
    for kind, other in OTHER.items():
        file = files[kind]
        if file is not None and pictures[kind] is None and _told_over(supply):
            if not over and pictures[other] is not None:
                replaced = file.alert.alert_id
                alerts.end(desk, file, AlertStep.SUPERSEDED, HANDED_OVER[kind])
            else:
                _end(desk, supply, file)
    worst, first = Severity.INFO, None
    for shown in pictures.values():
        if shown is not None:
            alerts.show(desk, shown, opened, changed, replaces=replaced if files[shown.kind] is None else None)
            worst = Severity.SEVERE if Severity.SEVERE in (worst, shown.severity) else shown.severity
            first = first or shown
    numbers = [p.numbers for p in pictures.values() if p is not None]
    _signal(desk, supply, rule, subject, worst, first, numbers[0] if len(numbers) == 1 else {k: v for n in numbers for k, v in n.items()})


def _sentence(shown: Picture) -> Text:
    """What officers read: with what only they and the company do."""
    late, facts = {x: shown.notes.get(f"delay_{x}", "") for x in ("fr", "en")}, whole(shown).facts
    return _text(fr=f"{facts['sentence_fr']} {late['fr']}".strip(), en=f"{facts['sentence_en']} {late['en']}".strip())


def _told_over(supply: Supply) -> bool:
    """False where only absence speaks: nothing declared of this kind ever closed, and the public row is gone."""
    return bool(supply.heads) or supply.public is None or not supply.public.gone


def _end(desk: Desk, supply: Supply, file: AlertFile) -> None:
    """Resolved when all have returned; cancelled when every company withdrew and nobody ever returned."""
    steps = {step for stop, step in supply.ended if stop is (file.alert.kind is AlertKind.STOP)}
    withdrawn = steps == {DeclarationStep.WITHDRAWN} and supply.public is None
    from_list = not supply.heads
    reason = Reason.ALL_WITHDRAWN if withdrawn else Reason.STATUS_RETURNED if from_list else Reason.ALL_RETURNED
    facts = end_facts(supply, withdrawn=withdrawn)
    alerts.end(desk, file, AlertStep.CANCELLED if withdrawn else AlertStep.RESOLVED, reason, facts)


def _signal(
    desk: Desk, supply: Supply, rule: str, subject: Subject, worst: Severity, first: Picture | None, numbers: dict[str, float]
) -> None:
    stands: Callable[[Supply, AlertKind], object] = open_heads if rule == "declared" else public_open
    holds = bool(stands(supply, AlertKind.SHORTAGE) or stands(supply, AlertKind.STOP))
    if desk.goes_on(rule, subject, supply.nature, holds=holds, severity=worst, numbers=numbers):
        return
    if first is not None:
        sentence = _sentence(first)
    else:
        facts = end_facts(supply, withdrawn=False)
        sentence = Text(fr=facts["sentence_fr"], en=facts["sentence_en"])
    desk.signal(rule, subject, supply.nature, severity=worst, sentence=sentence, holds=holds, numbers=numbers)
