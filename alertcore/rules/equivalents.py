"""Rule `equivalents`: when a medicine is short, which ones of the same generic group, else of the same substances, strengths and form, are
short too, and which are able to replace it (marketed, and no open shortage or stop of their own).

Fires when more than half of the marketed equivalents are short too (policy `equivalents.most_pct`), one step above the shortage's own
severity, at most severe; when all are, up to critical. Without a known equivalent nothing is said. What it finds is a note on the alert
of the shortage that officers alone read: names go outside only once they are agreed (CSP L.5121-32). Source: generic groups, CSP L.5121-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

from alertcore.cases import alerts, alike, medicines
from alertcore.cases.desk import Desk, Moved
from alertcore.cases.medicines import find
from alertcore.cases.picture import NOTE_PREFIX
from alertcore.cases.reasons import Reason
from alertcore.cases.state import AlertFile, Medicine, SignalMark
from alertcore.identity import signal_id
from alertcore.kept import Same
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.product import Product
from alertcore.records.shared import Mark, Nature, Subject, SubjectKind, Text
from alertcore.rules import equivalents_words as words
from alertcore.rules.card import RuleCard

RULE = "equivalents"
SHORT = (AlertKind.SHORTAGE, AlertKind.STOP)
NATURES = (Nature.ACTUAL, Nature.EXERCISE)
_GRADES = (Severity.INFO, Severity.MINOR, Severity.MODERATE, Severity.SEVERE, Severity.CRITICAL)
NAMES = ("equivalents_fr", "equivalents_en", "equivalents_short", "equivalents_able")

CARD = RuleCard(
    name=RULE,
    stage="cases",
    subjects=(SubjectKind.CIS,),
    alert=None,
    title=Text(fr="Équivalents aussi en rupture", en="Equivalents short too"),
    fires=Text(
        fr="Plus de la moitié des équivalents commercialisés d'un médicament en rupture (même groupe générique, sinon mêmes substances,"
        " dosages et forme) sont eux-mêmes en rupture ou arrêtés.",
        en="More than half of the marketed equivalents of a short medicine (same generic group, else same substances, strengths and form)"
        " are short or stopped themselves.",
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
    """The marketed equivalents of a medicine: short too, and able to replace."""

    short: tuple[Medicine, ...]
    able: tuple[Medicine, ...]

    @property
    def share_pct(self) -> float:
        """Share of them that are short."""
        return 100.0 * len(self.short) / (len(self.short) + len(self.able)) if self.short or self.able else 0.0


def around(desk: Desk, medicine: Medicine, nature: Nature) -> Around:
    """What stands around a medicine now."""
    keys = alike.decisive(medicine)
    standing = alike.standing(desk, nature, keys)
    known: dict[tuple[str, Nature], tuple[object, Around]] = desk.view.memo.setdefault(medicines.MEMO, {})
    found = known.get((medicine.cis, nature))
    if found is None or found[0] != standing:
        short, members = alike.short(desk, nature, keys), alike.members(desk, keys)
        found = known[medicine.cis, nature] = (standing, _around(desk, medicine, members, set(short)))
    return found[1]


def _around(desk: Desk, medicine: Medicine, members: tuple[str, ...], scarce: set[str]) -> Around:
    found = [m for cis in members if cis != medicine.cis and (m := find(desk, cis)) is not None and m.marketed]
    return Around(short=tuple(m for m in found if m.cis in scarce), able=tuple(m for m in found if m.cis not in scarce))


def notes(desk: Desk, cis: str, nature: Nature) -> dict[str, str]:
    """What officers read of the equivalents beside a shortage."""
    medicine = find(desk, cis)
    return _notes(desk, around(desk, medicine, nature)) if medicine is not None else {}


def _notes(desk: Desk, found: Around) -> dict[str, str]:
    if not (found.short or found.able):
        return {}
    return (_SAID.known(id(found)) or _SAID.keep(found))[0](desk.policy.equivalents.named)


def _said(found: Around, named: int) -> dict[str, str]:
    said = words.note(len(found.short), len(found.able), _named(found.short, named), _named(found.able, named))
    lists = {"equivalents_short": _listed(found.short, named), "equivalents_able": _listed(found.able, named)}
    return {"equivalents_fr": said.fr, "equivalents_en": said.en} | {k: v for k, v in lists.items() if v}


_SAID = Same(lambda found: (lru_cache(maxsize=2)(partial(_said, found)),), 4096)


def _named(medicines: tuple[Medicine, ...], most: int) -> list[str]:
    return [m.name for m in medicines[:most]]


def _listed(medicines: tuple[Medicine, ...], most: int) -> str:
    return "; ".join(f"{m.cis} {m.name}" for m in medicines[:most])


def follow(desk: Desk, moved: Moved) -> None:
    """Hears of every shortage and stop that opens or ends, and looks again at it and at its equivalents that are short."""
    if moved.kind not in SHORT or moved.subject.kind is not SubjectKind.CIS or moved.how == "updated":
        return
    medicine = find(desk, moved.subject.id)
    if medicine is not None:
        _moved(desk, medicine, moved.nature)


def after_product(desk: Desk, product: Product) -> str:
    """Hears of reference data that come, or change, while the medicine is short."""
    if f"medicine/{product.cis}" in desk.changes:
        medicine = find(desk, product.cis)
        for nature in NATURES:
            if medicine is not None and _open(desk, product.cis, nature):
                _moved(desk, medicine, nature)
    return ""


def _moved(desk: Desk, medicine: Medicine, nature: Nature) -> None:
    alike.mark(desk, medicine, nature, short=bool(_open(desk, medicine.cis, nature)))
    _judge(desk, medicine, nature)
    for cis in alike.short(desk, nature, alike.shared(medicine)):
        other = find(desk, cis)
        if other is not None and cis != medicine.cis:
            _judge(desk, other, nature)


def _open(desk: Desk, cis: str, nature: Nature) -> list[AlertFile]:
    subject = Subject(kind=SubjectKind.CIS, id=cis)
    files = [alerts.open_file(desk, kind, subject, nature) for kind in SHORT]
    return [f for f in files if f is not None]


def _judge(desk: Desk, medicine: Medicine, nature: Nature) -> None:
    files, found = _open(desk, medicine.cis, nature), around(desk, medicine, nature)
    holds = bool(files) and bool(found.short) and (not found.able or found.share_pct > desk.policy.equivalents.most_pct)
    subject = Subject(kind=SubjectKind.CIS, id=medicine.cis)
    began = holds and not _held(desk, subject, nature)
    desk.signal(
        RULE,
        subject,
        nature,
        severity=_severity(files, found) if files else Severity.INFO,
        sentence=words.sentence(medicine.name, len(found.short), len(found.able), over=not holds),
        holds=holds,
        numbers={"short_count": float(len(found.short)), "able_count": float(len(found.able)), "short_pct": round(found.share_pct, 1)},
    )
    said = _notes(desk, found)
    for file in files:
        others = {k.removeprefix(NOTE_PREFIX): v for k, v in file.alert.facts.items() if k.startswith(NOTE_PREFIX)}
        kept = {k: v for k, v in others.items() if k not in NAMES}
        alerts.note(desk, file, kept | said, Reason.EQUIVALENTS_CHANGED, tell=began)


def _held(desk: Desk, subject: Subject, nature: Nature) -> bool:
    last: SignalMark | None = desk.get(f"signal/{signal_id(RULE, subject.kind, subject.id, nature)}")
    return last is not None and last.open


def _severity(files: list[AlertFile], found: Around) -> Severity:
    """One step above the shortage; critical only where nothing is left to replace it."""
    own = max((_GRADES.index(f.alert.severity) for f in files if f.alert.severity in _GRADES), default=0)
    highest = Severity.SEVERE if found.able else Severity.CRITICAL
    return _GRADES[min(own + 1, _GRADES.index(highest))]
