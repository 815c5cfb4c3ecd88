"""Article 10a MDR and IVDR (Regulation (EU) 2024/1860) on one notice: is it a duty, was it in time, must it be relayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alertcore.deadlines.clock import add_months
from alertcore.policy import Policy
from alertcore.records.device import DeviceNotice, NoticeBasis, ReceivedFrom, SupplyEvent

APPLIES_FROM = date(2025, 1, 10)
"""Day from which the duty applies (mark c). Notices before it are voluntary, whatever they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What the article says of a notice. received: local day of its first report.

    legal: a notice under the article. short: an interruption of too few days to be a duty. duty: legal and not short; only then something
    may be missing. exceptional: circumstances invoked and named, so no fixed period. in_time: None where no period is due. relay: ours to
    relay to the other member states and the Commission, also where a short interruption was notified under the article.
    """

    received: date
    legal: bool
    duty: bool
    exceptional: bool
    in_time: bool | None
    days: int | None
    short: bool
    relay: bool
    unreasoned: bool
    unnamed_circumstances: bool
    no_harm: bool


def judge(notice: DeviceNotice, received: date, country: str, policy: Policy) -> Law:
    """Read a notice by the article. country: of the agency, ISO 3166-1 alpha-2."""
    legal = notice.basis is NoticeBasis.ARTICLE_10A and received >= APPLIES_FROM
    named = notice.exceptional and bool((notice.exceptional_reason or "").strip())
    days = _days(notice)
    short = days is not None and 0 <= days <= policy.duty.device_interruption_days
    duty = legal and not short
    return Law(
        received=received,
        legal=legal,
        duty=duty,
        exceptional=named,
        in_time=_in_time(notice, received, policy) if duty and not named else None,
        days=days,
        short=short,
        relay=legal and not from_authority(notice) and is_ours(notice, country),
        unreasoned=duty and not (notice.reason.code.strip() or notice.reason.text.strip()),
        unnamed_circumstances=notice.exceptional and not named and not short,
        no_harm=duty and not notice.serious_harm.states and not notice.serious_harm.rationale.strip(),
    )


def _in_time(notice: DeviceNotice, received: date, policy: Policy) -> bool:
    """Six months by the calendar before the start; exactly six months are long enough."""
    return add_months(received, policy.duty.device_notice_months) <= notice.start.date


def _days(notice: DeviceNotice) -> int | None:
    """Days of an interruption; None for a discontinuation, or where no end is known: that counts as long."""
    if notice.event is not SupplyEvent.INTERRUPTION or notice.end is None:
        return None
    return (notice.end.date - notice.start.date).days


def from_authority(notice: DeviceNotice) -> bool:
    """True for a notice that another authority passed on: it is for information and goes to nobody else."""
    return notice.received_from is ReceivedFrom.AUTHORITY or notice.from_authority is not None


def is_ours(notice: DeviceNotice, country: str) -> bool:
    """True where the manufacturer or its authorised representative is established in the agency's country."""
    return notice.manufacturer.country == country or (notice.authorised_rep is not None and notice.authorised_rep.country == country)


def is_harm_here(notice: DeviceNotice, country: str) -> bool:
    """True where serious harm is foreseeable in the agency's country, or the notice does not say where: unknown is never fine."""
    states = notice.serious_harm.states or notice.states_concerned
    return country in states or not states
