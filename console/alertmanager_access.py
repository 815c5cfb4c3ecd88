"""Who may use Alertmanager's API: users with a token of their own, by bearer or basic authentication."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from typing import Protocol

from console.alertmanager_faults import Fault


class Tokens(Protocol):
    """Knows whose a token is, in the same time wherever it fails."""

    def sender_of(self, token: str) -> str | None:
        """Its owner, or None."""
        ...


class Access:
    """users: names of tokens that open this API. A sender's token does not: here stands what is not released yet."""

    def __init__(self, tokens: Tokens, users: Collection[str]) -> None:
        self._tokens = tokens
        self._users = frozenset(users)

    def user_of(self, authorization: str) -> str:
        """Who asks. Fault where nobody is named who may."""
        scheme, _, given = authorization.partition(" ")
        name, token = _basic(given.strip()) if scheme.lower() == "basic" else ("", given.strip())
        owner = self._tokens.sender_of(token) if token and scheme.lower() in ("basic", "bearer") else None
        if owner is None or owner not in self._users or (scheme.lower() == "basic" and name != owner):
            raise Fault(401, "send the token of a user of this API, as `Authorization: Bearer`, or as password of its name")
        return owner


def _basic(text: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, password
