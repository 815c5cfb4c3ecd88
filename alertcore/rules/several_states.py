"""Rule `several_states`: the same substance is short in two or more states of the Union or the EEA, ours counted.

Reg. (EU) 2022/123 Art. 4: a national authority reports an actual or potential shortage that may become a major event; more than one state
concerned is what the Union's measures begin from. Other countries inform and do not count; EMA's catalogue names no state.
"""

from __future__ import annotations

from alertcore.cases import alerts, scarce
from alertcore.cases.desk import Desk
from alertcore.cases.finding import Finding, said, shown
from alertcore.cases.reasons import Reason
from alertcore.cases.reporting import notes_of
from alertcore.cases.scarce import Short, Spread
from alertcore.cases.shortages import of_case
from alertcore.cases.state import PublicPart, PublishedMedicine, ShortageCase
from alertcore.cases.substance_index import codes_of, index_of, learn, named
from alertcore.country_names import STATES, UNION
from alertcore.making import maker, replace
from alertcore.records.alert import AlertKind, AlertStep, CellUnit, Severity, SignalCell
from alertcore.records.hub import Command
from alertcore.records.product import Product
from alertcore.records.rapid import MessageKind, RapidAlert
from alertcore.records.shared import Certainty, Mark, Nature, Subject, SubjectKind, Text
from alertcore.records.shortage import Declaration, PublishedStatus, SubstanceName
from alertcore.rules import several_states_words as words
from alertcore.rules.card import RuleCard
from alertcore.rules.shortage import open_heads
from alertcore.substances import TOGETHER, alike, key_of
from alertcore.substances import listed as parts_of

RULE = "several_states"
SHORT_CODES = (1, 2)
"""Out of stock, and tension. The end of marketing is no shortage of the substance by itself."""

KINDS: dict[str, type[object]] = {"short-alert": str}
"""`short-alert/<nature>/<key>`: id of the subject of the open alert."""

_short = maker(Short)

CARD = RuleCard(
    name=RULE,
    stage="cases",
    subjects=(SubjectKind.SUBSTANCE,),
    alert=AlertKind.SEVERAL_STATES,
    title=Text(fr="Pénurie dans plusieurs États", en="Shortage in several states"),
    fires=Text(
        fr="Une même substance (DCI, sels compris ; une association est l'ensemble de ses substances) est en rupture, en tension ou"
        " déclarée à risque dans au moins deux États de l'UE ou de l'EEE, le nôtre compris. Les autres pays sont cités sans compter.",
        en="The same substance (INN, salts included; a combination is all of its substances) is out of stock, in tension or declared at"
        " risk in at least two states of the EU or the EEA, ours included. Other countries are named and do not count.",
    ),
    ends=Text(
        fr="Des retours publiés ou déclarés ramènent le nombre d'États sous le seuil. Une ligne qui disparaît d'une liste ne termine rien.",
        en="Returns published or declared bring the number of states under the threshold. A row that leaves a list ends nothing.",
    ),
    source="Reg. (EU) 2022/123 Art. 4",
    mark=Mark.C,
    thresholds=("states.least", "states.union_list", "states.alike", "states.synonyms"),
)


def listed(desk: Desk, status: PublishedStatus) -> str:
    """At the marker: what this publication changed of each medicine, in whatever country."""
    sender, nature = desk.message.sender, status.nature
    prefix = f"status/{sender}/{nature}/"
    if status.rows is None:
        return _renamed(desk, status, f"list:{sender}", prefix)
    moved: set[str] = set()
    for key, medicine in list(desk.changes.items()):
        if key.startswith(prefix):
            moved |= _listed(desk, nature, f"list:{sender}", key.removeprefix(prefix), medicine)
    _judge_all(desk, {(nature, key) for key in moved})
    return ""


def answered(desk: Desk, order: Command) -> str:
    """An officer said that a row which is gone is over: it no longer counts."""
    if order.action == "held.accept":
        moved: set[tuple[Nature, str]] = set()
        for key, medicine in [(k, v) for k, v in desk.changes.items() if k.startswith("status/")]:
            _, sender, nature, id_ = key.split("/", 3)
            moved |= {(Nature(nature), found) for found in _listed(desk, Nature(nature), f"list:{sender}", id_, medicine)}
        _judge_all(desk, moved)
    return ""


def _renamed(desk: Desk, status: PublishedStatus, source: str, prefix: str) -> str:
    """A row that names other substances than before moves what is counted, whatever its status."""
    before, counted = desk.view.get(prefix + status.cis), scarce.known(desk, status.nature, source, status.cis)
    if before is not None and counted is not None and not counted.cis and status.substances not in ((), before.substances):
        moved = scarce.say(desk, status.nature, counted.short, names=status.substances)
        _judge_all(desk, {(status.nature, key) for key in moved})
    return ""


def _listed(desk: Desk, nature: Nature, source: str, id_: str, medicine: PublishedMedicine) -> set[str]:
    part, before = medicine.judged, scarce.known(desk, nature, source, id_)
    if part is not None and (part.gone or _unsettled(part)):
        if before is None:
            return set()
        kept = replace(before.short, gone=part.gone)
        return scarce.say(desk, nature, kept, cis=before.cis, names=before.names)
    if part is None or part.code not in SHORT_CODES:
        return scarce.unsay(desk, nature, source, id_)
    short = Short(source=source, id=id_, countries=(medicine.country,))
    if medicine.country == desk.agency.country:
        return scarce.say(desk, nature, short, cis=id_)
    names = medicine.substances or (SubstanceName(name=medicine.name or id_),)
    if before is None:
        _suggest(desk, nature, medicine.country, names)
    return scarce.say(desk, nature, short, names=names)


def _unsettled(part: PublicPart) -> bool:
    """A code nobody knows, or a return that is only announced: what was said before goes on."""
    return part.promised or part.code not in (1, 2, 3, 4)


def declared(desk: Desk, declaration: Declaration) -> str:
    """Whether this medicine is declared short or at risk by any company now."""
    nature, cis = declaration.nature, declaration.cis
    case: ShortageCase = desk.get(f"case/{nature}/{cis}") or ShortageCase()
    supply = of_case(desk, cis, nature, case)
    if open_heads(supply, AlertKind.SHORTAGE):
        if scarce.is_said(desk, nature, "declared", cis, desk.agency.country):
            return ""
        moved = scarce.say(desk, nature, _short(source="declared", id=cis, countries=(desk.agency.country,)), cis=cis)
    else:
        moved = scarce.unsay(desk, nature, "declared", cis)
    _judge_all(desk, {(nature, key) for key in moved})
    return ""


def told(desk: Desk, alert: RapidAlert) -> str:
    """A shortage that another authority tells of, for the states it names besides ours; an older message of it changes nothing.

    A message that names no state leaves those it named before.
    """
    if alert.message_kind is not MessageKind.SHORTAGE or alert.shortage is None:
        return ""
    nature, source, told_of = alert.nature, f"rapid:{desk.message.sender}", alert.shortage
    year = (alert.follows.sent if alert.follows else alert.issued_at.date()).year
    id_ = f"{alert.reference.rsplit('/', 1)[0]}@{year}"
    before = scarce.known(desk, nature, source, id_)
    if before is not None and before.number > alert.message_no:
        return ""
    ended = told_of.end is not None and told_of.end.certainty is Certainty.ACTUAL and told_of.end.date <= desk.now.date()
    where = told_of.states or (before.short.countries if before is not None else ()) or (alert.country,)
    states = () if ended else tuple(sorted({*where} - {desk.agency.country, ""}))
    names = tuple(SubstanceName(name=n) for n in parts_of(told_of.substance))
    moved = scarce.say(desk, nature, Short(source=source, id=id_, countries=states), names=names, number=alert.message_no)
    _judge_all(desk, {(nature, key) for key in moved})
    return ""


def product(desk: Desk, record: Product) -> str:
    """A medicine whose substances become known is counted where it belongs."""
    learn(desk, record.cis)
    _judge_all(desk, scarce.again(desk, record.cis, tuple(s.code for s in record.substances)))
    return ""


def relook(desk: Desk) -> None:
    """Another policy: other synonyms, other numbers."""
    moved = {found for key, _ in list(desk.view.items("short-product/")) for found in scarce.recounted(desk, key)}
    every = {(Nature(key.split("/", 2)[1]), key.split("/", 2)[2]) for key, _ in desk.view.items("short/")}
    _judge_all(desk, moved | every)


def _judge_all(desk: Desk, moved: set[tuple[Nature, str]]) -> None:
    reason = desk.reason
    for nature, key in sorted(moved):
        judge(desk, nature, key)
    desk.reason = reason


def judge(desk: Desk, nature: Nature, key: str) -> None:
    """Raise, update or end the alert of one substance."""
    states, shorts = desk.policy.states, scarce.of_key(desk, nature, key)
    begun = desk.get(_place(nature, key)) is not None
    found = scarce.spread(shorts, desk.agency.country, with_gone=begun)
    count = found.count(states.union_list)
    holds = count >= states.least
    if not (holds or begun):
        return
    subject = _subject(desk, nature, key)
    file = alerts.open_file(desk, AlertKind.SEVERAL_STATES, subject, nature)
    if file is None and begun:  # an officer cancelled it: only what is said now may raise it again
        found = scarce.spread(shorts, desk.agency.country, with_gone=False)
        count = found.count(states.union_list)
        holds = count >= states.least
    name = _name(desk, nature, key, shorts)
    text = _sentence(desk, name, key, found, count) if holds else words.over(name, states.least)
    severity = Severity.MODERATE if desk.agency.country in found.states else Severity.MINOR
    numbers = _numbers(desk, key, found, count)
    cells = (SignalCell(value=float(count), threshold=float(states.least), unit=CellUnit.COUNT),)
    desk.signal(RULE, subject, nature, severity=severity, sentence=text, holds=holds, numbers=numbers, cells=cells)
    if holds:
        desk.put(_place(nature, key), subject.id)
        picture = shown(_finding(desk, nature, key, subject, name, found, count, text, severity, numbers))
        picture = replace(picture, notes=notes_of(desk, file))
        alerts.show(desk, picture, Reason.SEVERAL_STATES, Reason.STATES_CHANGED)
        return
    desk.put(_place(nature, key), None)
    if file is not None:
        headline = Text(fr=text.fr.rstrip("."), en=text.en.rstrip("."))
        alerts.end(desk, file, AlertStep.RESOLVED, Reason.FEWER_STATES, said({"sentence": text, "headline": headline}))


def _finding(
    desk: Desk,
    nature: Nature,
    key: str,
    subject: Subject,
    name: Text,
    found: Spread,
    count: int,
    text: Text,
    severity: Severity,
    numbers: dict[str, float],
) -> Finding:
    codes = [Subject(kind=SubjectKind.SUBSTANCE, id=c) for c in codes_of(desk, key) if c != subject.id]
    ours = desk.agency.country in found.states
    return Finding(
        rule=RULE,
        kind=AlertKind.SEVERAL_STATES,
        subject=subject,
        severity=severity,
        name=name.fr,
        headline=words.headline(name, count),
        sentence=text,
        do=words.DO if ours else words.INFORM,
        nature=nature,
        also=(*codes, *(Subject(kind=SubjectKind.CIS, id=c) for c in found.here)),
        numbers=numbers,
        facts={
            "substance_key": key,
            "states": ",".join(found.states),
            "other_countries": ",".join(found.others),
            "medicines": ",".join(found.here),
        },
    )


def _sentence(desk: Desk, name: Text, key: str, found: Spread, count: int) -> Text:
    known = len(index_of(desk).medicines.get(key, ()))
    return words.sentence(name, found, count, desk.policy.states.least, known, desk.agency.country)


def _numbers(desk: Desk, key: str, found: Spread, count: int) -> dict[str, float]:
    return {
        "states_count": float(count),
        "short_here_count": float(len(found.here)),
        "known_here_count": float(len(index_of(desk).medicines.get(key, ()))),
        "other_countries_count": float(len(found.others)),
    }


def _subject(desk: Desk, nature: Nature, key: str) -> Subject:
    """By the smallest code of each substance, else by the key; an open alert keeps the one it began with."""
    begun: str | None = desk.get(_place(nature, key))
    return Subject(kind=SubjectKind.SUBSTANCE, id=begun or TOGETHER.join(codes_of(desk, key)) or key)


def _place(nature: Nature, key: str) -> str:
    return f"short-alert/{nature}/{key}"


def _name(desk: Desk, nature: Nature, key: str, shorts: tuple[Short, ...]) -> Text:
    """As the reference data says, else as the first source does."""
    name = named(desk, key)
    if name is not None:
        return name
    product = scarce.known(desk, nature, shorts[0].source, shorts[0].id) if shorts else None
    written = " / ".join(n.name for n in product.names) if product is not None and product.names else key
    return Text(fr=written, en=written)


def _suggest(desk: Desk, nature: Nature, country: str, names: tuple[SubstanceName, ...]) -> None:
    """A name of a state that counts, which nobody knows: what it may be is for a person to judge."""
    if country not in STATES and country != UNION:
        return
    index, own = index_of(desk), scarce.synonyms(desk)
    for one in names:
        key = key_of(one.name)
        if not key or key in index.codes or key in own or (one.code or "") in index.by_code:
            continue
        others = alike(key, (k for k in index.codes if k[:2] == key[:2]), desk.policy.states.alike)
        if others:
            text = words.looks_like(one.name, country, tuple(t for k in others[:3] if (t := named(desk, k)) is not None))
            subject = Subject(kind=SubjectKind.SUBSTANCE, id=f"{country}:{key}")
            desk.signal(RULE, subject, nature, severity=Severity.INFO, sentence=text, question=True)
