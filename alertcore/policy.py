"""The agency's policy: thresholds and release gates, versioned, with France's values as shipped."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from alertcore import floor_periods, thresholds
from alertcore.settled import SettingsError, settle

GATES = ("automatic", "one", "two")
AUDIENCES = ("officers", "companies", "professionals", "patients", "authorities", "public")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Who must release an alert of `kind` to `audience` (`*` for any): automatic, one person or two persons.

    limit_min: minutes after which the next person in charge is called; never released by time alone.
    """

    kind: str = "*"
    audience: str = "*"
    gate: str
    limit_min: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All thresholds in force. `fresh_share`: share of the register's reporters below which a position says "not known"."""

    fresh_share: float = 0.6
    stock: thresholds.StockPolicy = field(default_factory=thresholds.StockPolicy)
    safety_stock: thresholds.SafetyStockPolicy = field(default_factory=thresholds.SafetyStockPolicy)
    defect: thresholds.DefectPolicy = field(default_factory=thresholds.DefectPolicy)
    coverage: thresholds.CoveragePolicy = field(default_factory=thresholds.CoveragePolicy)
    projection: thresholds.ProjectionPolicy = field(default_factory=thresholds.ProjectionPolicy)
    disruption: thresholds.DisruptionPolicy = field(default_factory=thresholds.DisruptionPolicy)
    duty: thresholds.DutyPolicy = field(default_factory=thresholds.DutyPolicy)
    equivalents: thresholds.EquivalentsPolicy = field(default_factory=thresholds.EquivalentsPolicy)
    season: thresholds.SeasonPolicy = field(default_factory=thresholds.SeasonPolicy)
    surge: thresholds.SurgePolicy = field(default_factory=thresholds.SurgePolicy)
    silence: thresholds.SilencePolicy = field(default_factory=thresholds.SilencePolicy)
    states: thresholds.StatesPolicy = field(default_factory=thresholds.StatesPolicy)
    major_event: thresholds.MajorEventPolicy = field(default_factory=thresholds.MajorEventPolicy)
    release: tuple[Gate, ...] = ()

    def gate(self, kind: str, audience: str) -> Gate:
        """The gate of (kind, audience): the agency's own lines first, then the shipped ones; the first that fits."""
        fits = (g for g in (*self.release, *SHIPPED_GATES) if g.kind in (kind, "*") and g.audience in (audience, "*"))
        return next(fits)


SHIPPED_GATES = (
    Gate(kind="*", audience="officers", gate="automatic"),
    Gate(kind="*", audience="companies", gate="automatic"),
    Gate(kind="defect", gate="one"),
    Gate(kind="falsified", gate="one"),
    Gate(kind="device", audience="authorities", gate="automatic"),
    Gate(kind="device", gate="one", limit_min=1440),
    Gate(gate="automatic"),
)
"""Companies and officers at once; a defect goes further when one person has released it; what is already public goes by itself.

A notice of a device is passed on to other authorities as the law says, without undue delay; everybody else waits for one person.
"""


def read_policy(raw: object) -> Policy:
    """Policy from plain JSON. SettingsError names every value that is not usable."""
    policy = settle(Policy, raw)
    problems = [f"release[{i}].gate: expected one of {', '.join(GATES)}" for i, g in enumerate(policy.release) if g.gate not in GATES]
    problems += [
        f"release[{i}].audience: expected one of {', '.join((*AUDIENCES, '*'))}"
        for i, g in enumerate(policy.release)
        if g.audience not in (*AUDIENCES, "*")
    ]
    limit = policy.safety_stock.max_months
    problems += [
        f"safety_stock.months.{cis}: {n} is above the legal limit of {limit} months"
        for cis, n in policy.safety_stock.months.items()
        if n > limit
    ]
    problems += [f"safety_stock.months.{cis}: must not be negative" for cis, n in policy.safety_stock.months.items() if n < 0]
    problems += floor_periods.problems(policy.safety_stock)
    if limit < policy.safety_stock.default_months <= 4:
        problems.append(f"safety_stock.max_months: below the floor of every medicine ({policy.safety_stock.default_months:g} months)")
    if limit > 4:
        problems.append("safety_stock.max_months: the law allows at most 4 months (CSP L.5121-29)")
    if not 0 < policy.fresh_share <= 1:
        problems.append("fresh_share: must be above 0 and at most 1")
    if policy.stock.flush_s < 0:
        problems.append("stock.flush_s: must not be negative")
    if policy.defect.class2 not in ("all_contacts", "known_destinations"):
        problems.append("defect.class2: expected all_contacts or known_destinations")
    if policy.defect.class3 not in ("none", "non_urgent"):
        problems.append("defect.class3: expected none or non_urgent")
    sections = [f.name for f in dataclasses.fields(policy) if dataclasses.is_dataclass(getattr(policy, f.name))]
    problems += [p for name in sections for p in thresholds.out_of_bounds(getattr(policy, name), name)]
    if problems:
        raise SettingsError(tuple(problems))
    return policy
