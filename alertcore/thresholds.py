"""The numbers of every rule, with the shipped values and the bounds within which an agency may set them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


def number(shipped: Any, least: float, most: float, law: str = "") -> Any:
    """A field with a shipped value that may be set from `least` to `most`; a tuple's members each. law: what fixes the bounds, if any."""
    return field(default=shipped, metadata={"least": least, "most": most, "law": law})


@dataclass(frozen=True, slots=True, kw_only=True)
class StockPolicy:
    """flush_s: changed sums leave the stock stage at most every so many seconds of log time."""

    flush_s: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyStockPolicy:
    """Legal floors, months or weeks of mean monthly sales (CSP L.5121-29, R.5124-49-4).

    No floor of a kind of medicine may be set below the article's, and none above four months. breach_end: share of the floor at which a
    breach ends; under one there would be a breach that is not told.
    months: months of a single medicine set by the agency (raised to at most `max_months`, or lowered by derogation).
    periods: the same for a time only, the newest that covers a day wins over `months`.
    """

    default_months: float = number(2.0, 2, 4, "CSP L.5121-29, R.5124-49-4")
    other_weeks: float = number(1.0, 1, 17, "CSP L.5121-29, R.5124-49-4")
    public_health_months: float = number(1.0, 1, 4, "CSP L.5121-29, R.5124-49-4")
    max_months: float = 4.0
    breach_end: float = number(1.0, 1, 2, "CSP R.5124-49-4")
    clear: float = number(1.1, 1, 3)
    months: dict[str, float] = field(default_factory=dict)
    periods: tuple[FloorPeriod, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorPeriod:
    """A floor of one medicine between two days (YYYY-MM-DD, both included; absent: open). months: of sales. reason: the decision."""

    cis: str
    months: float
    from_: str | None = None
    to: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectPolicy:
    """class2: foreign recipients of class II when distribution is not known: all_contacts or known_destinations.

    public_hours: from serious risk and supply to patients to the public announcement (CSP R.5312-1).
    class3: what authorities hear of class III: none, or non_urgent to the countries named where distribution is known.
    recall_grace_hours: from the decision to the stock report that must show a recalled lot set aside or gone.
    """

    class2: str = "all_contacts"
    ack_received_min_class1: int = number(15, 1, 10_080)
    ack_read_min_class1: int = number(60, 1, 10_080)
    ack_read_min_class2: int = number(1440, 1, 10_080)
    public_hours: int = number(24, 1, 24, "CSP R.5312-1")
    class3: str = "none"
    recall_grace_hours: int = number(0, 0, 720)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePolicy:
    """Days of supply, the milder level first. hold_hours: how long it must hold. clear: times the level at which it ends."""

    national_days: tuple[float, ...] = number((30.0, 10.0), 0, 366)
    region_days: tuple[float, ...] = number((7.0, 3.0), 0, 366)
    hold_hours: float = number(24.0, 0, 720)
    clear: float = number(1.1, 1, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionPolicy:
    """burn_days: days of net changes under the median. ahead_days: how far ahead floor or zero count. least_days: changes needed.

    near_days: zero this near is severe. clear: times `ahead_days` beyond which a projection ends.
    """

    burn_days: int = number(28, 7, 366)
    ahead_days: int = number(60, 1, 366)
    least_days: int = number(14, 3, 366)
    near_days: int = number(15, 0, 366)
    clear: float = number(1.1, 1, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisruptionPolicy:
    """Disruptions at pharmacies (CSP R.5124-49-1). cluster: pharmacies or regions within `window_days`."""

    limit_hours: int = number(72, 1, 72, "CSP R.5124-49-1")
    cluster_pharmacies: int = number(5, 2, 10_000)
    cluster_regions: int = number(3, 2, 18)
    window_days: int = number(7, 1, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyPolicy:
    """Duties of companies and of the agency. Days are calendar days unless the name says working.

    undeclared_days: from a fact that shows a shortage to the missing declaration (internal). stop_mitm_months, stop_other_months: notice
    before a stop (CSP L.5124-6). taker_months: the agency's step for an off-patent MITM (R.5124-73-1 ff). plan_months: age of a shortage
    management plan (R.5124-49-5). plans_expected: medicines whose plan is missed even if none ever came. overdue_days: after an expected
    return. device_relay_working_days: the agency's own target for Article 10a; device_interruption_days: an interruption of at most so
    many days is told of the firm's own accord. told_at: shares of a deadline's time at which it is told.
    declaration_hours: from knowing of a shortage to declaring it (internal: the law says as soon as known, CSP L.5121-32).
    """

    declaration_hours: int = number(24, 0, 720)
    undeclared_days: int = number(2, 0, 60)
    stop_mitm_months: int = number(12, 12, 36, "CSP L.5124-6")
    stop_other_months: int = number(2, 2, 36, "CSP L.5124-6")
    taker_months: int = number(2, 1, 2, "CSP R.5124-73-1")
    plan_months: int = number(12, 1, 12, "CSP R.5124-49-5")
    plans_expected: tuple[str, ...] = ()
    vaccines_with_plan: tuple[str, ...] = ()
    overdue_days: int = number(0, 0, 60)
    device_relay_working_days: int = number(1, 1, 10)
    device_notice_months: int = number(6, 6, 24, "MDR and IVDR Article 10a")
    device_interruption_days: int = number(60, 1, 60, "MDR and IVDR Article 10a, questions and answers")
    told_at: tuple[float, ...] = number((0.5, 0.8), 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EquivalentsPolicy:
    """most_pct: share of a short medicine's marketed equivalents that are short too, from which it is told. named: names listed at most."""

    most_pct: float = number(50.0, 1, 100)
    named: int = number(12, 1, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonPlan:
    """A seasonal plan: the molecules watched (ATC prefix) between two days of the year (MM-DD, both included).

    without_figures: what the plan also names and nobody reports the stock of, such as devices; named, never counted.
    """

    name: str
    from_: str
    to: str
    molecules: tuple[Molecule, ...] = ()
    without_figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Molecule:
    """A sentinel molecule: medicines with this ATC prefix, and where given only of a strength (text in the substance's strength)."""

    name: str
    atc: str
    strength: str | None = None


def _molecule(name: str, atc: str, strength: str | None = None) -> Molecule:
    return Molecule(name=name, atc=atc, strength=strength)


WINTER = SeasonPlan(
    name="winter",
    from_="10-01",
    to="03-31",
    molecules=(
        _molecule("amoxicilline", "J01CA04"),
        _molecule("amoxicilline/acide clavulanique", "J01CR02"),
        _molecule("amoxicilline/acide clavulanique 1000 mg/125 mg", "J01CR02", "1000 mg/125 mg"),
        _molecule("azithromycine", "J01FA10"),
        _molecule("clarithromycine", "J01FA09"),
        _molecule("paracétamol", "N02BE01"),
        _molecule("prednisolone", "H02AB06"),
        _molecule("fluticasone", "R03BA05"),
        _molecule("salbutamol", "R03AC02"),
    ),
    without_figures=("équipements de réanimation adultes et pédiatriques", "tests rapides d'orientation diagnostique (TROD)"),
)
"""Winter plan 2025-26: the sentinel molecules that are medicines, by ATC, and the devices it names (agency and press, 2025)."""

HEAT = SeasonPlan(name="heat", from_="06-01", to="09-15")
"""Heat plan: it exists, its list of products was not found published; it stays empty until the agency sets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonPolicy:
    """Weekly indicators. satisfactory_days, acceptable_days: days of supply of an actor from which the indicator is that.

    hour: hour of Monday, local time, at which they are drawn up.
    """

    plans: tuple[SeasonPlan, ...] = (WINTER, HEAT)
    hour: int = number(6, 0, 23)
    satisfactory_days: float = number(30.0, 0, 366)
    acceptable_days: float = number(15.0, 0, 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgePolicy:
    """One-sided Poisson CUSUM of weekly declarations by ATC class. ratio: rate to be found, times the usual one. threshold: decision level.

    weeks: weeks of the usual rate. least_rate: weekly rate under which a class counts as this, for classes without history.
    least_weeks: weeks of declarations the hub must know before it judges any class.
    """

    ratio: float = number(2.0, 1.1, 10)
    threshold: float = number(4.0, 1, 50)
    weeks: int = number(52, 8, 520)
    least_rate: float = number(0.25, 0.01, 10)
    least_weeks: int = number(8, 1, 52)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilencePolicy:
    """A reporter that stopped: after `intervals` times its usual interval in working days, and at least `least_working_days`."""

    intervals: float = number(2.0, 1, 20)
    least_working_days: int = number(2, 1, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatesPolicy:
    """least: states of the Union or the EEA short of a substance, ours counted, from which it is told.

    union_list: states that an entry of EMA's catalogue stands for beside those that are named. alike: share of letters from which a name
    is suggested as another's. synonyms: the agency's own, other name to INN; they count, suggestions do not.
    """

    least: int = number(2, 2, 30)
    union_list: int = number(1, 0, 2)
    alike: float = number(0.85, 0.5, 1)
    synonyms: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MajorEventPolicy:
    """When a stock-out is put to an officer as a possible major event (Reg. (EU) 2022/123 Art. 4(2) names no number: all are the agency's).

    market_share_pct: of the medicine, from which its stock-out may be one. class_ruptures: stock-outs of major medicines in an ATC class
    with a surge of declarations from which the class may be one.
    """

    market_share_pct: float = number(50.0, 0, 100)
    class_ruptures: int = number(5, 2, 1000)


def out_of_bounds(section: Any, path: str) -> Iterator[str]:
    """One sentence for every number of a section outside its bounds."""
    for f in dataclasses.fields(section):
        value = getattr(section, f.name)
        if "least" not in f.metadata:
            continue
        least, most = f.metadata["least"], f.metadata["most"]
        for v in value if isinstance(value, tuple) else (value,):
            if not least <= v <= most:
                law = f" ({f.metadata['law']})" if f.metadata["law"] else ""
                yield f"{path}.{f.name}: {v:g} is not between {least:g} and {most:g}{law}"
