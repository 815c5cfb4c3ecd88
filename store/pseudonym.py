"""As which the ledger names a patient: another in every alert, so that only with their key two rows can be seen to be of one person."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

from sqlalchemy import Connection, select

from store.directory import persons
from store.people import KEY_PURPOSE
from store.vault import SealBroken, Vault

LINK_PURPOSE = b"delivery link"
_AT_ONCE = 5_000


def pseudonym(about: str, key: bytes) -> str:
    """The name of the patient with this key in rows of a notice about this alert."""
    return "x" + blake2b(about.encode(), key=key, digest_size=16).hexdigest()


def opened(vault: Vault, link: bytes) -> int | None:
    """The row number that a patient's sealed link stands for; None where it does not open."""
    try:
        return int(vault.open(link, LINK_PURPOSE))
    except SealBroken:
        return None


def keys_of(connection: Connection, vault: Vault, links: Mapping[str, bytes]) -> dict[str, bytes]:
    """The own key of each patient who is not erased, by the name given."""
    people = {name: opened(vault, link) for name, link in links.items()}
    wanted = sorted({p for p in people.values() if p is not None})
    sealed: dict[int, bytes] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(persons.c.id, persons.c.sealed_key).where(persons.c.id.in_(wanted[start : start + _AT_ONCE]))
        sealed |= {row.id: row.sealed_key for row in connection.execute(query) if row.sealed_key is not None}
    return {name: vault.open(sealed[p], KEY_PURPOSE) for name, p in people.items() if p in sealed}
