"""A message as its recipient would see it, without sending it."""

from __future__ import annotations

from dataclasses import dataclass

from alertcore.records.notice import Notice, Purpose
from notifiers.email.mould import Slot, mark
from notifiers.rendering import House, Renderer
from notifiers.samples import sample


@dataclass(frozen=True, slots=True)
class Preview:
    """What `tocsin preview` shows. `encoding` and `segments` are for short messages only."""

    subject: str | None
    text: str
    html: str | None
    encoding: str | None = None
    segments: int | None = None


def preview_email(renderer: Renderer, house: House, template: str, audience: str, language: str, notice: Notice | None = None) -> Preview:
    """The e-mail of `notice`, or of an invented one. Links show where they would lead. Raises TemplateMissing, TemplateBroken, KeyError."""
    written = renderer.render(notice or sample(template, Purpose.ALERT), audience, language)
    base = house.public_url.rstrip("/")
    links = {mark(Slot.UNSUBSCRIBE): f"{base}/u/example", mark(Slot.ACKNOWLEDGE): f"{base}/a/example"}
    text, html = written.text, written.html
    for placeholder, link in links.items():
        text, html = text.replace(placeholder, link), html.replace(placeholder, link)
    return Preview(written.subject, text, html)
