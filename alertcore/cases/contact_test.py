"""A check of contact points: a notice of nature `test` with fixed words to professionals, companies and officers; no product in it."""

from __future__ import annotations

from alertcore import persons
from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
from alertcore.dispatch.notices import audience_bytes
from alertcore.dispatch.routes import PROFESSIONALS
from alertcore.identity import notice_id
from alertcore.records.hub import Command
from alertcore.records.notice import AckMode, Audience, AudienceFilter, Channel, Lane, Notice, NoticeReason, Purpose
from alertcore.records.shared import Nature
from alertcore.statejson import rfc3339

ACTION = "contact_test"
ABLE = (*PROFESSIONALS, "company", "officer")
"""Who may be asked whether messages reach them; patients are not woken for a test."""


def take(desk: Desk, order: Command) -> str:
    """Params: kinds (comma separated, absent means all of `ABLE`). Nothing is returned where the action is another.

    The command itself is of nature `test`: nothing of another nature can become one.
    """
    if order.action != ACTION:
        return ""
    if persons.problem(order.by):
        return Outcome.NO_PERSON
    kinds = tuple(k.strip() for k in order.params.get("kinds", "").split(",") if k.strip()) or ABLE
    if order.nature is not Nature.TEST or any(k not in ABLE for k in kinds):
        return Outcome.UNKNOWN_VALUE
    audience = Audience(filter=AudienceFilter(kinds=kinds, mandatory=True))
    group = f"{ACTION}/{desk.message.event_id}"
    told = Notice(
        nature=Nature.TEST,
        notice_id=notice_id(group, Purpose.CONTACT_TEST, audience_bytes(audience), []),
        group_key=group,
        purpose=Purpose.CONTACT_TEST,
        lane=Lane.NORMAL,
        audience=audience,
        channels=(Channel.EMAIL,),
        template=ACTION,
        params={"at": rfc3339(desk.now), "agency": desk.agency.name},
        not_before=desk.now,
        ack=AckMode.EACH,
        reason=NoticeReason(rule=ACTION, text="a check of contact points"),
    )
    desk.emit("notices", group, told)
    return Outcome.TEST_SENT
