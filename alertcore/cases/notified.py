"""From what the engine says to a notice for delivery: whom it reaches in the directory, and what it may say to them."""

from __future__ import annotations

from alertcore.cases import units
from alertcore.cases.desk import Desk
from alertcore.cases.state import AlertFile, Told
from alertcore.dispatch.indexes import MEMO, Indexes
from alertcore.dispatch.notices import common, params
from alertcore.dispatch.outcome import Outgoing
from alertcore.dispatch.routes import followed
from alertcore.dispatch.state import AlertState, alert_key
from alertcore.identity import digest
from alertcore.making import maker, replace
from alertcore.records.alert import Alert, Severity
from alertcore.records.notice import AlertRef, Audience, Notice, NoticeReason, Purpose
from alertcore.statejson import json_text

SEVERAL = "digest"
LINES = ("headline_fr", "headline_en", "sentence_fr", "sentence_en")
_GRADES = tuple(Severity)
_notice, _ref, _reason, _told = maker(Notice), maker(AlertRef), maker(NoticeReason), maker(Told)


def file_of(desk: Desk, alert_id: str, file: AlertFile | None) -> AlertFile:
    """An alert as this decision has it; `file` is in work and not kept yet."""
    if file is not None and file.alert.alert_id == alert_id:
        return file
    found: AlertFile | None = desk.get(f"alert/{alert_id}")
    assert found is not None, "the engine knows of alerts that were kept"
    return found


def apart(out: Outgoing) -> tuple[Outgoing, ...]:
    """An end, or news of a receiver that is no more: what was told together goes together, else not the same people were told."""
    if len(set(out.last_told)) <= 1 or out.audience is not None:
        return (out,)
    together: dict[tuple[str, str], list[int]] = {}
    for n, last in enumerate(out.last_told):
        together.setdefault(last, []).append(n)
    return tuple(_part(out, tuple(of), k) for k, of in enumerate(together.values()))


def _part(out: Outgoing, of: tuple[int, ...], k: int) -> Outgoing:
    """Some of the news, as the kth message; its chains name it."""
    named = out.notice_id if k == 0 else "ntc_" + digest(out.notice_id, str(k))
    mine = [out.accounts[n] for n in of]
    accounts = tuple(replace(a, verdicts=(*a.verdicts[:-1], replace(a.verdicts[-1], by=named))) for a in mine)
    news, last_told = tuple(out.news[n] for n in of), tuple(out.last_told[n] for n in of)
    return replace(out, notice_id=named, news=news, last_told=last_told, recipients_of=tuple(r.alert_id for r in news), accounts=accounts)


def emit(desk: Desk, out: Outgoing, file: AlertFile | None) -> AlertFile | None:
    """Emit what the engine says. The file in work with what it was told; that of others is kept at once."""
    if out.audience is None:
        whom = Audience(recipients_of=units.split(out.news[0].alert_id)[0])
        _emit(desk, out, out.news, whom, out.purpose, file, follows=(out.last_told[0][1],))
        return file
    refs = out.news or out.standing
    alert_id, audience, company = units.split(refs[0].alert_id)
    alert = units.content(file_of(desk, alert_id, file), audience)
    whom = units.resolved(out.audience, alert, company, concerned_only=out.concerned)
    if whom.filter is not None and not whom.filter.mandatory:
        whom = units.beside(whom, _told_anyway(desk, refs[0].alert_id))
    _emit(desk, out, refs, whom, _purpose(desk, out, file), file)
    return _note_told(desk, out, whom, file) if out.news else file


def _told_anyway(desk: Desk, unit: str) -> frozenset[str]:
    """Kinds of people who are all told of a unit, whatever they follow."""
    state: AlertState | None = desk.get(alert_key(unit))
    assert state is not None, "what is told stands"
    ix: Indexes = desk.view.memo[MEMO]
    return units.everybody(t.receiver for t in ix.matched_alert(state).targets)


def _purpose(desk: Desk, out: Outgoing, file: AlertFile | None) -> Purpose:
    """A duty is told as the news that it is."""
    if out.purpose is not Purpose.DUTY:
        return out.purpose
    told = {t.group for t in file_of(desk, units.split(out.news[0].alert_id)[0], file).told}
    return Purpose.UPDATE if _name(out) in told else Purpose.ALERT


def _name(out: Outgoing) -> str:
    """The receiver; one of companies is another for each, for an end must reach this company alone."""
    refs = out.news or out.standing
    company = units.split(refs[0].alert_id)[2]
    return f"{out.receiver}:{company}" if company else out.receiver


def _emit(
    desk: Desk,
    out: Outgoing,
    refs: tuple[AlertRef, ...],
    whom: Audience,
    purpose: Purpose,
    file: AlertFile | None,
    follows: tuple[str, ...] = (),
) -> None:
    found = {f.alert.alert_id: (r, f) for r, f in ((r, file_of(desk, units.split(r.alert_id)[0], file)) for r in refs)}
    told = [units.content(f, units.split(r.alert_id)[1]) for r, f in found.values()]
    ended = any(f.ended for _, f in found.values())
    reader = "outside" if ended else _reader(whom, refs[0])  # an end is the same for all: what was asked of some alone is over
    template, said = _words(desk, told, reader)
    notice = _notice(
        nature=told[0].nature,
        notice_id=out.notice_id,
        group_key=out.group,
        alerts=tuple([_ref(alert_id=alert_id, version=r.version) for alert_id, (r, _) in found.items()]),
        purpose=purpose,
        lane=out.lane,
        duty=out.duty,
        audience=whom,
        channels=out.channels,
        template=template,
        params=said | _standing(desk, out, reader, file) if out.standing and out.news else said,
        not_before=desk.now,
        ack=out.ack,
        ack_n=out.ack_n,
        ack_due=out.ack_due,
        reason=_reason(rule=_name(out), text=out.accounts[0].verdicts[0].by),
        receiver=_name(out),
        follows=follows,
        limits=out.limits,
    )
    desk.emit("notices", out.group, notice)


def _reader(whom: Audience, ref: AlertRef) -> str:
    _, audience, company = units.split(ref.alert_id)
    if whom.filter is not None:
        return units.reader_of(whom.filter, company)
    return "officers" if audience == "officers" else company or "outside"


def _words(desk: Desk, told: list[Alert], reader: str) -> tuple[str, dict[str, str]]:
    """The template, and what it may say: of several alerts the gravest first."""
    if len(told) == 1:
        alert = told[0]
        return alert.labels.get("template", "hub"), params(alert, common(alert, desk.now, desk.agency.name), reader)
    gravest = sorted(told, key=lambda a: (-_GRADES.index(a.severity), a.alert_id))
    items = [params(a, common(a, desk.now, desk.agency.name), reader) for a in gravest]
    shared = {k: v for k, v in items[0].items() if k in ("at", "agency", "severity")}
    return SEVERAL, {**shared, "items": json_text(items)}


def _standing(desk: Desk, out: Outgoing, reader: str, file: AlertFile | None) -> dict[str, str]:
    """What stands beside the news, in a line each."""
    rows = []
    for ref in out.standing:
        alert_id, audience, _ = units.split(ref.alert_id)
        alert = units.content(file_of(desk, alert_id, file), audience)
        said = params(alert, common(alert, desk.now, desk.agency.name), reader)
        rows.append({"alert_id": alert_id} | {k: said[k] for k in LINES if k in said})
    return {"standing": json_text(rows), "standing_more": str(out.standing_more)}


def _note_told(desk: Desk, out: Outgoing, whom: Audience, file: AlertFile | None) -> AlertFile | None:
    group = _name(out) + (f"#{out.step}" if out.step else "")
    for ref in out.news:
        alert_id, audience, _ = units.split(ref.alert_id)
        before = file_of(desk, alert_id, file)
        after = with_told(before, _mark(group, audience, whom, before.alert))
        if after is before:
            continue
        desk.told.append(alert_id)
        if file is not None and alert_id == file.alert.alert_id:
            file = after
        else:
            desk.put(f"alert/{alert_id}", after)
    return file


def with_told(file: AlertFile, told: Told) -> AlertFile:
    """The file with one group more that was told."""
    if told in file.told:
        return file
    return replace(file, told=(*(t for t in file.told if t.group != told.group), told))


def _mark(group: str, audience: str, whom: Audience, alert: Alert) -> Told:
    f = whom.filter
    if f is None:
        return _told(group=group, audience=audience, kinds=())
    return _told(
        group=group,
        audience=audience,
        kinds=f.kinds,
        facilities=f.facilities,
        mandatory=f.mandatory,
        regions=f.regions,
        countries=f.countries,
        subjects=() if f.subjects == followed(alert) else f.subjects,
    )
