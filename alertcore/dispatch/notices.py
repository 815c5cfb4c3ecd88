"""Notices: what a version of an alert tells each group, as records for delivery."""

from __future__ import annotations

from datetime import datetime

from alertcore.cases.picture import BESIDE, NOTE_PREFIX, OWN_PREFIX
from alertcore.dispatch import findings
from alertcore.dispatch.routes import Route
from alertcore.identity import notice_id
from alertcore.kept import Same
from alertcore.making import maker
from alertcore.records.alert import Alert
from alertcore.records.notice import AlertRef, Audience, AudienceFilter, Channel, Lane, Notice, NoticeReason, Purpose
from alertcore.statejson import json_text, plain_json, rfc3339

OFFICERS_ONLY = (
    *("alternatives", "context", "risk", "companies", "cancelled_because"),
    *("case_ref", "causes_as_sent", "exports", "files", "ma_holder", "plan_ref"),
)
"""A company's own texts need the agency's agreement before they go outside (CSP L.5121-32)."""

FIGURES = ("_packs", "_months", "_days", "_pct")
"""Figures of one company, by the unit in their names: another company never reads them."""

APART = (*BESIDE, OWN_PREFIX)
"""Facts that not every reader has under their own name."""

AGREED = ("agreed", "in_force", "ended")

_notice_made, _ref, _reason, _audience = maker(Notice), maker(AlertRef), maker(NoticeReason), maker(Audience)


def common(alert: Alert, now: datetime, agency: str) -> dict[str, str]:
    """What the templates may say to anybody in the agency; `params` cuts it for a reader."""
    told = {k: v for k, v in alert.facts.items() if not k.startswith(APART)}
    if alert.batches:
        told["batches"] = _BATCHES.known(id(alert.batches)) or _BATCHES.keep(alert.batches)
    told |= {"alert_id": alert.alert_id, "kind": alert.kind.value, "severity": alert.severity.value}
    return told | {"step": alert.step.value, "reason": str(alert.reason), "at": rfc3339(now), "agency": agency}


def params(alert: Alert, known: dict[str, str], reader: str) -> dict[str, str]:
    """What the templates may say to a reader: `officers`, a company's organisation id, or `outside`.

    Outside the agency: only measures it agreed to, and no text a company wrote. Figures of a company are for itself and for officers.
    """
    told = known.copy()
    outside = told.pop("circuits_outside", None)
    agreed = told.pop("alternatives_agreed", "")
    others = {f"sentence_{x}": told.pop(f"sentence_others_{x}", "") for x in ("fr", "en")}
    measures, own = alert.measures, _own_of(alert, reader)
    if reader == "officers":
        told |= _noted(alert, told)
    else:
        for name in OFFICERS_ONLY:
            told.pop(name, None)
        if agreed:
            told["alternatives"] = agreed
        measures = tuple(m for m in measures if m.status in AGREED)
        if outside is not None and reader != told.get("company_id"):
            told["circuits"] = outside
        told |= own
    if others["sentence_fr"] and reader not in ("officers", told.get("company_id")):
        told = {k: v for k, v in told.items() if not k.endswith(FIGURES)} | others | own
    if measures:
        told["measures"] = json_text([{"code": m.code, "detail": m.detail, "status": m.status} for m in measures])
    return told | findings.told(alert, reader) if alert.labels.get("template") in findings.TEMPLATES else told


def _noted(alert: Alert, told: dict[str, str]) -> dict[str, str]:
    """The hub's notes; those that are sentences follow the alert's own."""
    notes = {k.removeprefix(NOTE_PREFIX): v for k, v in alert.facts.items() if k.startswith(NOTE_PREFIX)}
    for x in ("fr", "en") if notes else ():
        said = [told.get(f"sentence_{x}", ""), notes.get(f"delay_{x}", ""), notes.get(f"equivalents_{x}", "")]
        notes[f"sentence_{x}"] = " ".join(s for s in said if s)
    return notes


def _own_of(alert: Alert, reader: str) -> dict[str, str]:
    return _own(alert, "") | _own(alert, reader) if reader != "officers" and alert.labels.get("by_company") else {}


def _own(alert: Alert, reader: str) -> dict[str, str]:
    """What stands in the alert for this reader alone."""
    mine = f"{OWN_PREFIX}{reader}/"
    return {k.removeprefix(mine): v for k, v in alert.facts.items() if k.startswith(mine)}


def to_group(alert: Alert, route: Route, purpose: Purpose, told: dict[str, str], now: datetime) -> Notice:
    """A notice of one version to one group."""
    return _notice(alert, purpose, _audience(filter=route.filter), route.lane, told, now, route.group, route.why, duty=route.duty)


def to_recipients(alert: Alert, purpose: Purpose, lane: Lane, told: dict[str, str], now: datetime) -> Notice:
    """A notice to everyone who was told this alert: its end, or that it was cancelled."""
    audience = Audience(recipients_of=alert.alert_id)
    return _notice(alert, purpose, audience, lane, told, now, "recipients", "everyone who was told this alert")


def _notice(
    alert: Alert,
    purpose: Purpose,
    audience: Audience,
    lane: Lane,
    told: dict[str, str],
    now: datetime,
    rule: str,
    why: str,
    *,
    duty: bool = False,
) -> Notice:
    return _notice_made(
        nature=alert.nature,
        notice_id=notice_id(alert.alert_id, purpose, audience_bytes(audience), [(alert.alert_id, alert.version)]),
        group_key=alert.alert_id,
        alerts=(_ref(alert_id=alert.alert_id, version=alert.version),),
        purpose=purpose,
        lane=lane,
        duty=duty,
        audience=audience,
        channels=(Channel.EMAIL,),
        template=alert.labels.get("template", "hub"),
        params=told,
        not_before=now,
        reason=_reason(rule=rule, text=why),
    )


def audience_bytes(audience: Audience) -> bytes:
    """Canonical bytes of an audience: the same for the same people."""
    if audience.filter is None:
        return f"recipients_of:{audience.recipients_of}".encode()
    return _FILTERS.known(id(audience.filter)) or _FILTERS.keep(audience.filter)


def _filter_bytes(f: AudienceFilter) -> bytes:
    subjects = " ".join([f"{s.kind}:{s.id}" for s in f.subjects])
    parts = (",".join(f.kinds), subjects, ",".join(f.regions), ",".join(f.countries), ",".join(f.facilities), str(f.mandatory))
    return "\n".join(parts).encode()


_BATCHES = Same(plain_json, 512)
"""A recall's lots, which every reminder of it names again."""
_FILTERS = Same(_filter_bytes, 4096)
"""The filters of routes that stay are the very same in every alert's notices."""
