"""Rule `equivalents`: when a medicine is short, which ones of the same generic group, else of the same substances, strengths and form, are
short too, which are at risk, and which are able to replace it (marketed, and no open shortage or stop of their own).

Short is out of stock or stopped. At risk is what is declared as a risk, in tension, or a stop whose day has not come: it replaces nothing
for sure, and is not called a stock-out. Fires when more than half of the marketed equivalents are short too (policy
`equivalents.most_pct`), one step above the shortage's own severity, at most severe; when all are, up to critical. Without a known
equivalent nothing is said. What it finds is a note on the alert of the shortage that officers alone read: names go outside only once they
are agreed (CSP L.5121-32). Source: generic groups, CSP L.5121-1.
"""

from __future__ import annotations

from dataclasses import dataclass

from alertcore.cases import alerts, alike, medicines, timers
from alertcore.cases.alike import Members, Scarce
from alertcore.cases.desk import Desk, Moved
from alertcore.cases.medicines import find, subject_of
from alertcore.cases.picture import NOTE_PREFIX
from alertcore.cases.reasons import Reason
from alertcore.cases.state import AlertFile, Medicine, SignalMark
from alertcore.deadlines.clock import start_of_day
from alertcore.identity import signal_id
from alertcore.kept import Same
from alertcore.making import maker
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.product import Product
from alertcore.records.shared import Mark, Nature, Subject, SubjectKind, Text
from alertcore.rules import equivalents_words as words
from alertcore.rules.card import RuleCard
from alertcore.rules.equivalents_lacking import lacks, stop_to_come

RULE = "equivalents"
SHORT = (AlertKind.SHORTAGE, AlertKind.STOP)
NATURES = (Nature.ACTUAL, Nature.EXERCISE)
_GRADES = (Severity.INFO, Severity.MINOR, Severity.MODERATE, Severity.SEVERE, Severity.CRITICAL)
NAMES = ("equivalents_fr", "equivalents_en", "equivalents_short", "equivalents_at_risk", "equivalents_able")
_OURS = frozenset(NOTE_PREFIX + name for name in NAMES)

CARD = RuleCard(
    name=RULE,
    stage="cases",
    subjects=(SubjectKind.CIS,),
    alert=None,
    title=Text(fr="Équivalents aussi en rupture", en="Equivalents short too"),
    fires=Text(
        fr="Plus de la moitié des équivalents commercialisés d'un médicament en rupture (même groupe générique, sinon mêmes substances,"
        " dosages et forme) sont eux-mêmes en rupture ou arrêtés. Un simple risque, ou un arrêt encore à venir, n'est pas compté comme une"
        " rupture ; il est dit à part.",
        en="More than half of the marketed equivalents of a short medicine (same generic group, else same substances, strengths and form)"
        " are out of stock or stopped themselves. A mere risk, or a stop still to come, is not counted as a stock-out; it is told apart.",
    ),
    ends=Text(
        fr="Assez d'équivalents sont de nouveau disponibles, ou la rupture elle-même prend fin.",
        en="Enough equivalents are available again, or the shortage itself ends.",
    ),
    source="CSP L.5121-1 (groupe générique) ; L.5121-32",
    mark=Mark.P,
    thresholds=("equivalents.most_pct", "equivalents.named"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The marketed equivalents of a medicine: short too, at risk, and able to replace."""

    short: tuple[Medicine, ...]
    at_risk: tuple[Medicine, ...]
    able: tuple[Medicine, ...]

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.short) + len(self.at_risk) + len(self.able)

    @property
    def share_pct(self) -> float:
        """Share of them that are short."""
        return 100.0 * len(self.short) / self.count if self.count else 0.0


_made = maker(Around)


def around(desk: Desk, medicine: Medicine, nature: Nature) -> Around:
    """What stands around a medicine now."""
    keys = alike.decisive(medicine)
    standing = alike.standing(desk, nature, keys)
    known: dict[tuple[str, Nature], tuple[object, Around]] = desk.view.memo.setdefault(medicines.MEMO, {})
    found = known.get((medicine.cis, nature))
    if found is None or found[0] != standing:
        found = known[medicine.cis, nature] = (standing, _around(desk, medicine, standing))
    return found[1]


def _around(desk: Desk, medicine: Medicine, standing: tuple[Members | None, ...]) -> Around:
    short, at_risk, members = alike.apart(standing)
    found: tuple[list[Medicine], list[Medicine], list[Medicine]] = ([], [], [])
    for m in _marketed(desk, members):
        if m.cis != medicine.cis:
            found[0 if m.cis in short else 1 if m.cis in at_risk else 2].append(m)
    return _made(short=tuple(found[0]), at_risk=tuple(found[1]), able=tuple(found[2]))


def _marketed(desk: Desk, members: tuple[str, ...]) -> list[Medicine]:
    """Those that are on sale, found once for all that are alike: forgotten with all else that follows from medicines."""
    known: dict[tuple[str, ...], list[Medicine]] = desk.view.memo.setdefault(medicines.MEMO, {}).setdefault(_MARKETED, {})
    found = known.get(members)
    if found is None:
        found = known[members] = [m for cis in members if (m := find(desk, cis)) is not None and m.marketed]
    return found


_MARKETED = "marketed"


def notes(desk: Desk, cis: str, nature: Nature) -> dict[str, str]:
    """What officers read of the equivalents beside a shortage."""
    medicine = find(desk, cis)
    return _notes(desk, around(desk, medicine, nature)) if medicine is not None else {}


def _notes(desk: Desk, found: Around) -> dict[str, str]:
    if not found.count:
        return {}
    known, named = (_SAID.known(id(found)) or _SAID.keep(found))[0], desk.policy.equivalents.named
    said = known.get(named)
    if said is None:
        said = known[named] = _said(found, named)
    return said


def _said(found: Around, named: int) -> dict[str, str]:
    said = words.note(*((len(of), [m.name for m in of[:named]]) for of in (found.short, found.at_risk, found.able)))
    lists = {
        "equivalents_short": _listed(found.short, named),
        "equivalents_at_risk": _listed(found.at_risk, named),
        "equivalents_able": _listed(found.able, named),
    }
    return {"equivalents_fr": said.fr, "equivalents_en": said.en} | {k: v for k, v in lists.items() if v}


_SAID: Same[tuple[dict[int, dict[str, str]]]] = Same(lambda _: ({},), 4096)
"""By how many are named."""


def _listed(medicines: tuple[Medicine, ...], most: int) -> str:
    return "; ".join(f"{m.cis} {m.name}" for m in medicines[:most])


def follow(desk: Desk, moved: Moved) -> None:
    """Hears of every shortage and stop that opens, ends, or grows from a risk, and looks again at it and at its equivalents that lack."""
    if moved.kind not in SHORT or moved.subject.kind is not SubjectKind.CIS:
        return
    medicine = find(desk, moved.subject.id)
    if medicine is None or (moved.how == "updated" and not _is_other(desk, medicine, moved.nature)):
        return
    _moved(desk, medicine, moved.nature)


def _is_other(desk: Desk, medicine: Medicine, nature: Nature) -> bool:
    """Whether what an update says is another thing than what is noted of the medicine, for whatever is like it."""
    if not alike.shared(medicine):
        return False
    return lacks(desk, medicine.cis, nature, _open(desk, medicine.cis, nature)) is not alike.marked(desk, medicine, nature)


def wake(desk: Desk, key: str) -> None:
    """The day of a stop has come."""
    nature, cis = key.split("/", 1)
    medicine = find(desk, cis)
    assert medicine is not None, "only a known medicine is waited for, and none is forgotten"
    _moved(desk, medicine, Nature(nature))


def after_product(desk: Desk, product: Product) -> str:
    """Hears of reference data that come, or change, while the medicine is short."""
    if f"medicine/{product.cis}" in desk.changes:
        medicine = find(desk, product.cis)
        for nature in NATURES:
            if medicine is not None and _open(desk, product.cis, nature):
                _moved(desk, medicine, nature)
    return ""


def _moved(desk: Desk, medicine: Medicine, nature: Nature) -> None:
    files = _open(desk, medicine.cis, nature)
    alike.mark(desk, medicine, nature, lacks(desk, medicine.cis, nature, files))
    _wait(desk, medicine.cis, nature, files)
    _judge(desk, medicine, nature)
    for cis in alike.lacking(desk, nature, alike.shared(medicine)):
        other = find(desk, cis)
        if other is not None and cis != medicine.cis:
            _judge(desk, other, nature)


def _wait(desk: Desk, cis: str, nature: Nature, files: list[AlertFile]) -> None:
    """A stop that is still to come is looked at again on its day."""
    day = stop_to_come(desk, cis, nature) if files else None
    timers.set_timer(desk, RULE, f"{nature}/{cis}", None if day is None else start_of_day(day, desk.agency.timezone))


def _open(desk: Desk, cis: str, nature: Nature) -> list[AlertFile]:
    subject = subject_of(cis)
    files = [alerts.open_file(desk, kind, subject, nature) for kind in SHORT]
    return [f for f in files if f is not None]


def _judge(desk: Desk, medicine: Medicine, nature: Nature) -> None:
    files, found = _open(desk, medicine.cis, nature), around(desk, medicine, nature)
    all_short = len(found.short) == found.count > 0
    holds = bool(files) and (all_short or found.share_pct > desk.policy.equivalents.most_pct)
    subject, numbers = subject_of(medicine.cis), _numbers(found)
    began, severity = holds and not _held(desk, subject, nature), _severity(files, found) if files else Severity.INFO
    if not desk.goes_on(RULE, subject, nature, holds=holds, severity=severity, numbers=numbers):
        how = alike.marked(desk, medicine, nature) or Scarce.SHORT if files else None
        if how is not None and not holds:
            said = words.fewer(medicine.name, len(found.short), found.count, how)
        else:
            said = _sentence(medicine.name, found, how)
        desk.signal(RULE, subject, nature, severity=severity, sentence=said, holds=holds, numbers=numbers)
    noted = _notes(desk, found)
    for file in files:
        kept = {k.removeprefix(NOTE_PREFIX): v for k, v in file.alert.facts.items() if k.startswith(NOTE_PREFIX) and k not in _OURS}
        alerts.note(desk, file, kept | noted, Reason.EQUIVALENTS_CHANGED, tell=began)


def _sentence(name: str, found: Around, how: Scarce | None) -> Text:
    """Who is short together; where the medicine itself is back, nobody is any longer. how: the medicine itself lacks."""
    if how is None:
        return words.back(name, len(found.short), found.count)
    return words.sentence(name, len(found.short), len(found.at_risk), found.count, how)


def _numbers(found: Around) -> dict[str, float]:
    numbers = {"short_count": float(len(found.short)), "able_count": float(len(found.able)), "short_pct": round(found.share_pct, 1)}
    return numbers | ({"at_risk_count": float(len(found.at_risk))} if found.at_risk else {})


def _held(desk: Desk, subject: Subject, nature: Nature) -> bool:
    last: SignalMark | None = desk.get(f"signal/{signal_id(RULE, subject.kind, subject.id, nature)}")
    return last is not None and last.open


def _severity(files: list[AlertFile], found: Around) -> Severity:
    """One step above the shortage; critical only where every equivalent is short too."""
    own = max((_GRADES.index(f.alert.severity) for f in files if f.alert.severity in _GRADES), default=0)
    highest = Severity.SEVERE if found.able or found.at_risk else Severity.CRITICAL
    return _GRADES[min(own + 1, _GRADES.index(highest))]
