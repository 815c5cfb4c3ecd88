"""Rule `major_event`: a shortage that may become a major event, put to an officer as a question.

Reg. (EU) 2022/123 Art. 4(2): the national authority reports, in a timely manner, any event likely to lead to a public health emergency or a
major event, an actual or potential shortage included. The article names no number: the conditions here are the agency's (policy).
Of a medicine of major therapeutic interest that is out of stock, one reason is enough: all its equivalents are short too, or at risk of it
(a potential shortage counts by that article, and is named as such); none is known and its market share is large; its substance is short
in several states. Of an ATC class: a surge of declarations and many such stock-outs.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from alertcore.cases import alerts, alike, scarce
from alertcore.cases.desk import Desk, Moved
from alertcore.cases.finding import Finding, said, shown
from alertcore.cases.medicines import find, followed_by, subject_of
from alertcore.cases.reasons import Reason
from alertcore.cases.reporting import notes_of
from alertcore.cases.shortages import Supply, of_case
from alertcore.cases.state import AlertFile, Life, Medicine, ShortageCase
from alertcore.cases.substance_index import key_of_medicine
from alertcore.cases.substance_index import said as named
from alertcore.kept import Same
from alertcore.making import replace
from alertcore.records.alert import AlertKind, AlertStep, Severity
from alertcore.records.shared import Nature, Subject, SubjectKind, Text
from alertcore.rules import equivalents
from alertcore.rules import major_event_words as words
from alertcore.rules.major_event_calm import calm_of, calmed, still
from alertcore.rules.major_event_words import CARD as CARD
from alertcore.rules.shortage import open_heads

RULE = "major_event"
CLASS_LEVELS = (1, 3, 4)
"""Lengths of the ATC classes whose declarations are watched for a surge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruptures:
    """Major medicines that are out of stock in an ATC class (`ruptures/<nature>/<class>`), by CIS."""

    cis: tuple[str, ...] = ()


KINDS: dict[str, type[object]] = {"ruptures": Ruptures}


def follow(desk: Desk, moved: Moved) -> None:
    """Hears of shortages and stops, of substances short in several states, and of surges."""
    reason = desk.reason
    if moved.kind in equivalents.SHORT and moved.subject.kind is SubjectKind.CIS:
        _shortage_moved(desk, moved.nature, moved.subject.id)
    elif moved.kind is AlertKind.SEVERAL_STATES and moved.subject.kind is SubjectKind.SUBSTANCE:
        for cis in _short_with(desk, moved.nature, _substance_key(desk, moved)):
            _judge(desk, moved.nature, cis)
    elif moved.kind is AlertKind.SURGE and moved.subject.kind is SubjectKind.ATC:
        _judge_class(desk, moved.nature, moved.subject.id)
    desk.reason = reason


def relook(desk: Desk) -> None:
    """Another policy: every open stock-out and every class is looked at again."""
    for key, _ in list(desk.view.items("ruptures/")):
        _, nature, class_ = key.split("/", 2)
        _judge_class(desk, Nature(nature), class_)
    for key, life in list(desk.view.items("life/")):
        _, nature, kind, subject = key.split("/", 3)
        if kind == AlertKind.SHORTAGE and life.open is not None and subject.startswith("cis:"):
            _judge(desk, Nature(nature), subject.removeprefix("cis:"))


def _shortage_moved(desk: Desk, nature: Nature, cis: str) -> None:
    medicine = find(desk, cis)
    if medicine is None:
        return
    weighed = _gravity_of(desk, nature, medicine)
    out = weighed[0] and _open(desk, AlertKind.SHORTAGE, cis, nature) is not None
    _mark_classes(desk, nature, medicine, out=out)
    short = alike.lacking(desk, nature, alike.shared(medicine))
    for one in short if cis in short else sorted((cis, *short)):
        _judge(desk, nature, one, weighed if one == cis else None)


def equivalent_stopped(desk: Desk, key: str) -> None:
    """The day of a stop has come: rule `equivalents` sees it first, then it is asked what follows."""
    equivalents.wake(desk, key)
    nature, cis = key.split("/", 1)
    _shortage_moved(desk, Nature(nature), cis)


def _judge(desk: Desk, nature: Nature, cis: str, weighed: tuple[bool, float] | None = None) -> None:
    """weighed: its gravity, where that is known."""
    (key, asked), calm = _keys(nature, cis), calm_of(desk)
    case: ShortageCase | None = desk.get(key)
    known = calm.get(key)  # of whom nobody ever asked: who is asked about leaves it
    if known is not None and known.case is case and still(desk, known):
        return
    life: Life | None = desk.get(asked)
    medicine = find(desk, cis)
    if medicine is None:
        return
    out, share = weighed or _gravity_of(desk, nature, medicine)
    if life is None:
        same = known is not None and (known.out, known.share) == (out, share) and still(desk, known)
        calm[key] = known.of(case) if known is not None and same else calmed(desk, nature, medicine, case, out=out, share=share)
        if same or not out:
            return  # nothing to ask, and never asked
    subject = subject_of(cis)
    file, shortage = alerts.open_file(desk, AlertKind.SEVERAL_STATES, subject, nature), _open(desk, AlertKind.SHORTAGE, cis, nature)
    if file is None and (shortage is None or not medicine.mitm):
        return
    stands = shortage is not None and out
    reasons, numbers = _reasons(desk, nature, medicine, share, asked=file is not None) if stands else ((), {})
    if not reasons:
        _end(desk, file, subject, nature, medicine.name)
        return
    assert shortage is not None
    calm.pop(key, None)
    text = words.sentence(medicine.name, reasons)
    _show(desk, file, _of_medicine(desk, nature, medicine, shortage, text, numbers))


@lru_cache(maxsize=16_384)
def _keys(nature: Nature, cis: str) -> tuple[str, str]:
    """Under which its case stands, and the life of the question."""
    return f"case/{nature}/{cis}", alerts.life_key(AlertKind.SEVERAL_STATES, subject_of(cis), nature)


def _reasons(desk: Desk, nature: Nature, medicine: Medicine, share: float, *, asked: bool) -> tuple[tuple[Text, ...], dict[str, float]]:
    """Every reason that holds, with its number. asked: the question stands already, so what is only gone from a list ends nothing."""
    policy, reasons, numbers = desk.policy, [], {}
    around, least = equivalents.around(desk, medicine, nature), policy.major_event.market_share_pct
    if around.count and not around.able:
        reasons.append(words.equivalents_short(len(around.short), len(around.at_risk)))
        numbers["equivalents_short_count"] = float(len(around.short))
        numbers |= {"equivalents_at_risk_count": float(len(around.at_risk))} if around.at_risk else {}
    elif not around.count and share >= least and share > 0:
        reasons.append(words.alone(share, least))
        numbers["market_share_pct"] = share
    found = scarce.spread(scarce.of_key(desk, nature, key_of_medicine(medicine)), desk.agency.country, with_gone=asked)
    count = found.count(policy.states.union_list)
    if count >= policy.states.least:
        reasons.append(words.states(count))
        numbers["states_count"] = float(count)
    return tuple(reasons), numbers


def _of_medicine(desk: Desk, nature: Nature, medicine: Medicine, shortage: AlertFile, text: Text, numbers: dict[str, float]) -> Finding:
    key, told = key_of_medicine(medicine), shortage.alert.facts
    states = scarce.spread(scarce.of_key(desk, nature, key), desk.agency.country, with_gone=False).states
    return Finding(
        rule=RULE,
        kind=AlertKind.SEVERAL_STATES,
        subject=Subject(kind=SubjectKind.CIS, id=medicine.cis),
        severity=Severity.SEVERE,
        name=medicine.name,
        headline=words.headline(medicine.name),
        sentence=text,
        do=words.DO,
        nature=nature,
        also=followed_by(medicine),
        numbers=numbers,
        facts={
            "substance": named(desk, key) if key else "",
            "states": ",".join(sorted({*states, desk.agency.country})),
            "medicines": medicine.cis,
            "start": told.get("start", ""),
            "expected_return": told.get("expected_return", ""),
            "causes": told.get("causes", ""),
        },
    )


def _judge_class(desk: Desk, nature: Nature, atc: str) -> None:
    subject, name = Subject(kind=SubjectKind.ATC, id=atc), f"ATC {atc}"
    ruptures, least = _ruptures(desk, nature, atc), desk.policy.major_event.class_ruptures
    file = alerts.open_file(desk, AlertKind.SEVERAL_STATES, subject, nature)
    if len(ruptures) < least or alerts.open_file(desk, AlertKind.SURGE, subject, nature) is None:
        _end(desk, file, subject, nature, name)
        return
    found = Finding(
        rule=RULE,
        kind=AlertKind.SEVERAL_STATES,
        subject=subject,
        severity=Severity.SEVERE,
        name=name,
        headline=words.headline(name),
        sentence=words.class_sentence(atc, len(ruptures), least),
        do=words.DO,
        nature=nature,
        also=tuple(Subject(kind=SubjectKind.CIS, id=c) for c in ruptures),
        numbers={"class_ruptures_count": float(len(ruptures))},
        facts={"states": desk.agency.country, "medicines": ",".join(ruptures)},
    )
    _show(desk, file, found)


def _show(desk: Desk, file: AlertFile | None, found: Finding) -> None:
    desk.signal(RULE, found.subject, found.nature, severity=found.severity, sentence=found.sentence, numbers=found.numbers)
    picture = replace(shown(found), notes=notes_of(desk, file))
    alerts.show(desk, picture, Reason.MAJOR_EVENT, Reason.MAJOR_EVENT_CHANGED)


def _end(desk: Desk, file: AlertFile | None, subject: Subject, nature: Nature, name: str) -> None:
    if desk.get(alerts.life_key(AlertKind.SEVERAL_STATES, subject, nature)) is None:
        return  # it was never asked
    text = words.over(name)
    desk.signal(RULE, subject, nature, severity=Severity.INFO, sentence=text, holds=False)
    if file is not None:
        headline = Text(fr=text.fr.rstrip("."), en=text.en.rstrip("."))
        alerts.end(desk, file, AlertStep.RESOLVED, Reason.MAJOR_EVENT_OVER, said({"sentence": text, "headline": headline}))


def _gravity_of(desk: Desk, nature: Nature, medicine: Medicine) -> tuple[bool, float]:
    """Of a medicine of major therapeutic interest; no other counts."""
    if not medicine.mitm:
        return False, 0.0
    case: ShortageCase = desk.get(_keys(nature, medicine.cis)[0]) or _NOTHING
    return _gravity(of_case(desk, medicine.cis, nature, case))


def _gravity(supply: Supply) -> tuple[bool, float]:
    """Whether it is out of stock, and its largest share of the market in percent.

    Declared as a stock-out, or out of stock on our public list (a row that is gone was not said to be back).
    """
    return _GRAVITY.known(id(supply)) or _GRAVITY.keep(supply)


def _weighed(supply: Supply) -> tuple[bool, float]:
    heads = open_heads(supply, AlertKind.SHORTAGE)
    declared = any(d.nature_declared == "rupture" for d in heads)
    share = max([c.market_share_pct or 0.0 for d in heads for c in d.circuits], default=0.0)
    return declared or (supply.public is not None and supply.public.code == 1), share


_NOTHING = ShortageCase()
_GRAVITY = Same(_weighed, 4096)
"""Every medicine that is alike asks it of this one."""


def _open(desk: Desk, kind: AlertKind, cis: str, nature: Nature) -> AlertFile | None:
    return alerts.open_file(desk, kind, subject_of(cis), nature)


def _substance_key(desk: Desk, moved: Moved) -> str:
    life: Life | None = desk.get(alerts.life_key(moved.kind, moved.subject, moved.nature))
    file: AlertFile | None = desk.get(f"alert/{life.open or life.last}") if life is not None else None
    return file.alert.facts.get("substance_key", "") if file is not None else ""


def _short_with(desk: Desk, nature: Nature, key: str) -> tuple[str, ...]:
    """Our medicines of a substance that are short, and those asked about because they were."""
    return scarce.spread(scarce.of_key(desk, nature, key), desk.agency.country, with_gone=True).here


def _mark_classes(desk: Desk, nature: Nature, medicine: Medicine, *, out: bool) -> None:
    noted: dict[tuple[Nature, str], tuple[Medicine, bool]] = desk.view.memo.setdefault(_NOTED, {})
    who = (nature, medicine.cis)
    before = noted.get(who)
    if before is not None and before[0] is medicine and before[1] is out:
        return
    noted[who] = (medicine, out)
    for class_, key in _classes(nature, medicine.atc or ""):
        ruptures: Ruptures | None = desk.get(key)
        known = ruptures.cis if ruptures is not None else ()
        place = bisect_left(known, medicine.cis)
        if out != (known[place : place + 1] == (medicine.cis,)):
            now = tuple(sorted({*known, medicine.cis} if out else set(known) - {medicine.cis}))
            desk.put(key, Ruptures(cis=now) if now else None)
            _judge_class(desk, nature, class_)


_NOTED = "ruptures-noted"
"""By which reference data, and as what, each medicine was noted last, in the memo: nobody else notes it."""


def _ruptures(desk: Desk, nature: Nature, class_: str) -> tuple[str, ...]:
    found: Ruptures | None = desk.get(_class_key(nature, class_))
    return found.cis if found is not None else ()


def _class_key(nature: Nature, class_: str) -> str:
    return f"ruptures/{nature}/{class_}"


@lru_cache(maxsize=4096)
def _classes(nature: Nature, atc: str) -> tuple[tuple[str, str], ...]:
    """The classes of a code that are watched, with the state key of each."""
    return tuple((atc[:n], _class_key(nature, atc[:n])) for n in CLASS_LEVELS if n <= len(atc))
