"""Rule `disruption_72h`: a pharmacy asked two distinct distributors and cannot dispense within 72 hours, or a shorter limit with a reason.

CSP R.5124-49-1. The company of the medicine is told; a cluster of pharmacies or regions within seven days goes to the agency too.
"""

from __future__ import annotations

from alertcore.cases import alerts, disruptions
from alertcore.cases.desk import Desk
from alertcore.cases.disruptions import RULE, Disrupted, ask_key, disrupted_key, keep, read
from alertcore.cases.finding import Finding, said, shown
from alertcore.cases.medicines import find, followed_by
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.state import AlertFile, Medicine
from alertcore.deadlines.clock import local_day
from alertcore.making import replace
from alertcore.records.alert import AlertKind, AlertStep, Severity
from alertcore.records.shared import Mark, Nature, Subject, SubjectKind, Text
from alertcore.records.shortage import Disruption
from alertcore.rules import disruption_72h_words as words
from alertcore.rules.card import RuleCard

SEVERITIES = (Severity.MINOR, Severity.MODERATE, Severity.SEVERE)

CARD = RuleCard(
    name=RULE,
    stage="cases",
    subjects=(SubjectKind.CIS,),
    alert=AlertKind.DISRUPTION,
    title=Text(fr="Rupture d'approvisionnement en pharmacie", en="Supply disruption at a pharmacy"),
    fires=Text(
        fr="Une pharmacie a demandé un médicament à deux distributeurs distincts et n'a pas été servie en 72 heures (moins si le pharmacien"
        " le motive). L'entreprise est prévenue ; l'agence l'est quand plusieurs pharmacies ou régions sont touchées en sept jours.",
        en="A pharmacy asked two distinct distributors for a medicine and was not supplied within 72 hours (less where the pharmacist gives"
        " a reason). The company is told; the agency is when several pharmacies or regions are hit within seven days.",
    ),
    ends=Text(
        fr="Toutes les pharmacies ont été servies. Si des demandes sont abandonnées ou restent sept jours sans nouvelles, l'alerte est"
        " close comme n'étant plus signalée, ce qui n'est pas une fin d'alerte.",
        en="Every pharmacy has been supplied. Where requests were given up, or seven days passed without news, the alert is closed as no"
        " longer reported, which is no all-clear.",
    ),
    source="CSP R.5124-49-1",
    mark=Mark.C,
    thresholds=(
        "disruption.limit_hours",
        "disruption.cluster_pharmacies",
        "disruption.cluster_regions",
        "disruption.window_days",
    ),
)


def decide(desk: Desk, disruption: Disruption) -> str:
    """Keep the report, and judge its medicine again where a count moved."""
    ask, key = read(desk, disruption), ask_key(disruption)
    unmoved = keep(desk, key, ask)
    if unmoved is not None:
        return unmoved
    desk.reason = Outcome.NOTED if ask.two else Outcome.NOT_TWO_DISTRIBUTORS
    late = int((desk.now - ask.due).total_seconds() // 3600)
    _judge(desk, disruption.nature, disruption.cis, late=max(0, late), limit=disruptions.limit_hours(disruption, _legal(desk)))
    return desk.reason


def wake(desk: Desk, key: str) -> None:
    """A request's limit or window has run out."""
    ask = disruptions.wake(desk, key)
    nature, cis = key.split("/", 3)[1:3]
    _judge(desk, Nature(nature), cis, late=0, limit=int((ask.due - ask.asked_at).total_seconds() // 3600))


def relook(desk: Desk) -> None:
    """Another policy may find a cluster where the one before did not."""
    for key, _ in list(desk.view.items("disrupted/")):
        nature, cis = key.split("/", 2)[1:]
        _judge(desk, Nature(nature), cis, late=0, limit=0)


def _legal(desk: Desk) -> int:
    return desk.policy.disruption.limit_hours


def _judge(desk: Desk, nature: Nature, cis: str, *, late: int, limit: int) -> None:
    """Raise, update or end the alert of a medicine. late, limit: of the request that came now, kept where it opens the alert."""
    before: Disrupted | None = desk.get(disrupted_key(nature, cis))
    if before is None:
        return
    if before.open:
        now = _grown(desk, before, late, limit)
        if now != before:
            desk.put(disrupted_key(nature, cis), now)
            _show(desk, nature, cis, now)
    elif before.since is not None:
        left = Disrupted(regions=before.regions)
        desk.put(disrupted_key(nature, cis), left if left.regions else None)
        _end(desk, nature, cis, before)


def _grown(desk: Desk, d: Disrupted, late: int, limit: int) -> Disrupted:
    """The counts with what the alert remembers: it only ever grows, so that it does not flicker while requests come and go."""
    policy = desk.policy.disruption
    if d.since is None:
        d = replace(d, since=desk.now, late=late, limit=limit if limit < _legal(desk) else 0)
    regions = {r.region for r in d.regions if r.region}
    return replace(
        d,
        most=max(d.most, words.step(d.pharmacies)),
        where=tuple(sorted({*d.where, *regions})),
        cluster=d.cluster or d.pharmacies >= policy.cluster_pharmacies or len(regions) >= policy.cluster_regions,
    )


def _show(desk: Desk, nature: Nature, cis: str, d: Disrupted) -> None:
    medicine = find(desk, cis)
    found = _finding(desk, nature, cis, d, medicine)
    content = replace(shown(found), notes=said({"instruction": words.DO_OFFICERS}))
    alerts.show(desk, content, Reason.PHARMACIES_WITHOUT, Reason.MORE_PHARMACIES_WITHOUT)
    desk.signal(
        RULE,
        found.subject,
        nature,
        severity=found.severity,
        sentence=found.sentence,
        numbers=found.numbers,
        companies=found.companies,
    )


def _finding(desk: Desk, nature: Nature, cis: str, d: Disrupted, medicine: Medicine | None) -> Finding:
    assert d.since is not None, "an alert that is open has begun"
    companies = medicine.companies if medicine else ()
    name = medicine.name if medicine else f"CIS {cis}"
    policy = desk.policy.disruption
    one = d.most == 1
    limit = d.limit if d.limit and one else _legal(desk)
    parts = [words.waiting(name, d.most, d.where, local_day(d.since, desk.agency.timezone), limit)]
    parts += [words.shorter(d.limit)] if d.limit and one else []
    parts += [words.reported_late(d.late)] if d.late and one else []
    parts += [words.clustered(policy.cluster_pharmacies, policy.cluster_regions, policy.window_days)] if d.cluster else []
    parts += [] if companies else [words.no_company()]
    return Finding(
        rule=RULE,
        kind=AlertKind.DISRUPTION,
        subject=Subject(kind=SubjectKind.CIS, id=cis),
        nature=nature,
        severity=SEVERITIES[int(d.cluster) + int(medicine is not None and medicine.mitm)],
        name=name,
        headline=words.headline(name, cluster=d.most > 1),
        sentence=Text(fr="".join(p.fr for p in parts), en="".join(p.en for p in parts)),
        do=words.DO,
        also=followed_by(medicine),
        companies=companies,
        numbers={"pharmacies_count": float(d.most), "regions_count": float(len(d.where))},
        facts={"regions": ",".join(d.where), "since": local_day(d.since, desk.agency.timezone).isoformat()},
        labels={"cluster": str(d.cluster).lower()},
        audiences=("officers", "companies") if d.cluster or not companies else ("companies",),
    )


def _end(desk: Desk, nature: Nature, cis: str, before: Disrupted) -> None:
    """Served: an all-clear. Given up, or no news: told as such, for nobody knows that pharmacies have it again."""
    subject = Subject(kind=SubjectKind.CIS, id=cis)
    medicine = find(desk, cis)
    name = medicine.name if medicine else f"CIS {cis}"
    text = words.silent(name) if before.lost else words.served(name)
    file: AlertFile | None = alerts.open_file(desk, AlertKind.DISRUPTION, subject, nature)
    if file is not None:
        headline = Text(fr=text.fr.rstrip("."), en=text.en.rstrip("."))
        facts = said({"sentence": text, "headline": headline, "instruction": words.DO_SILENT if before.lost else words.DO_END})
        reason = Reason.NO_LONGER_REPORTED if before.lost else Reason.ALL_PHARMACIES_SERVED
        alerts.end(desk, file, AlertStep.RESOLVED, reason, facts)
    desk.signal(RULE, subject, nature, severity=Severity.INFO, sentence=text, holds=False)
