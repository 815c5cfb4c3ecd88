"""Names of outsiders (senders, authorities), which are at once Kafka users and parts of topic names."""

from __future__ import annotations

import re
from collections.abc import Iterable

ROLES = ("door", "decide", "relay", "deliver", "console")
"""Users of the hub's processes."""

HUB_USERS = ("operator", "hub", *ROLES)
"""All users of the hub's own but the administrators."""

_RESERVED = {*HUB_USERS, "admin", "broker", "anonymous", "public", "outbox"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


def name_problems(names: Iterable[str]) -> list[str]:
    """What is wrong with these names, a sentence each; empty when they can be used."""
    found = []
    for name in sorted(set(names)):
        if not _NAME.fullmatch(name):
            found.append(f"{name!r} cannot be a Kafka user: letters, digits, - and _ only, at most 60, a letter or digit first")
        elif name.lower() in _RESERVED or name.lower().endswith("_acks"):
            # an authority named outbox would read everybody's, and Kafka takes x_acks for x.acks
            found.append(f"{name!r} is a name of the hub's own; choose another")
    return found
