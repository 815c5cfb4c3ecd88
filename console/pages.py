"""Pages behind the links of a message: acknowledge, and leave with one click (RFC 8058). A look never acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from store.answers import Answers
from store.tokens import TokenUse

_SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:12vh auto;padding:0 1rem;color:#1a1a1a;background:#fff}"
    "button{font:inherit;padding:.7rem 1.2rem;border:0;border-radius:.3rem;background:#123b6d;color:#fff}"
    "@media (prefers-color-scheme:dark){body{color:#eee;background:#161616}button{background:#9cc4ff;color:#111}}"
)


@dataclass(frozen=True, slots=True)
class Words:
    """What a page says in one language: title, question with its button, and the answer once done."""

    title: str
    question: str
    button: str
    done: str
    unknown: str


_ACKNOWLEDGE = {
    "fr": Words(
        "Accuser réception",
        "Confirmez que vous avez lu ce message.",
        "J’ai lu",
        "Merci, votre accusé de réception est enregistré.",
        "Ce lien n’est pas connu.",
    ),
    "en": Words(
        "Acknowledge",
        "Confirm that you have read this message.",
        "I have read it",
        "Thank you, your acknowledgement is recorded.",
        "This link is not known.",
    ),
}
_LEAVE = {
    "fr": Words(
        "Ne plus recevoir ces messages",
        "Les alertes obligatoires vous parviendront toujours.",
        "Ne plus recevoir",
        "C’est fait. Les alertes obligatoires vous parviendront toujours.",
        "Ce lien n’est pas connu.",
    ),
    "en": Words(
        "Stop receiving these messages",
        "Mandatory alerts will still reach you.",
        "Stop receiving",
        "Done. Mandatory alerts will still reach you.",
        "This link is not known.",
    ),
}


def pages_router(answers: Answers, now: Callable[[], datetime]) -> APIRouter:
    """`/a/{token}` and `/u/{token}`: GET shows, POST acts; an unknown token is 404."""
    router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

    @router.get("/a/{token}")
    async def look_acknowledge(token: str) -> HTMLResponse:
        found = await answers.look(TokenUse.ACKNOWLEDGE, token)
        return _asked(_ACKNOWLEDGE, found.language if found else None)

    @router.post("/a/{token}")
    async def acknowledge(token: str) -> HTMLResponse:
        found = await answers.acknowledge(token, now())
        return _done(_ACKNOWLEDGE, found.language if found else None)

    @router.get("/u/{token}")
    async def look_leave(token: str) -> HTMLResponse:
        found = await answers.look(TokenUse.UNSUBSCRIBE, token)
        return _asked(_LEAVE, found.language if found else None)

    @router.post("/u/{token}")
    async def leave(token: str) -> HTMLResponse:
        found = await answers.unsubscribe(token, now())
        return _done(_LEAVE, found.language if found else None)

    return router


def _asked(words: dict[str, Words], language: str | None) -> HTMLResponse:
    if language is None:
        return _unknown(words)
    said = words.get(language, words["en"])
    form = f'<form method="post"><button type="submit">{escape(said.button)}</button></form>'
    return _page(language, said.title, f"<h1>{escape(said.title)}</h1><p>{escape(said.question)}</p>{form}")


def _done(words: dict[str, Words], language: str | None) -> HTMLResponse:
    if language is None:
        return _unknown(words)
    said = words.get(language, words["en"])
    return _page(language, said.title, f'<h1>{escape(said.title)}</h1><p role="status">{escape(said.done)}</p>')


def _unknown(words: dict[str, Words]) -> HTMLResponse:
    both = "".join(f'<p lang="{language}">{escape(said.unknown)}</p>' for language, said in words.items())
    return _page("en", "404", both, 404)


def _page(language: str, title: str, body: str, status: int = 200) -> HTMLResponse:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title><style>{_STYLE}</style>'
    text = f'<!doctype html><html lang="{escape(language)}"><head>{head}</head><body>{body}</body></html>'
    return HTMLResponse(text, status, headers=_SECURITY)
