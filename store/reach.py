"""Whether a filter takes one person at an instant, and if not, by which of its fields: what expansion does, asked for one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, or_, select

from alertcore.records.notice import AudienceFilter
from store.audience import audience_chunk
from store.directory import PersonKind, person_versions, persons
from store.people import ref_hash
from store.vault import Vault


def why_not(connection: Connection, vault: Vault, wanted: AudienceFilter, as_of: int | None, ref: str) -> str:
    """`matched`, or the first field that does not fit: the words of `Unreached.why`. `as_of` in microseconds UTC."""
    hashed = ref_hash(vault, ref)
    person = connection.execute(select(persons).where(persons.c.ref == hashed)).first()
    if person is None:
        return "unknown"
    if as_of is None:
        return "waiting"
    version = _version(connection, person.id, as_of)
    if version is None:
        return "erased" if person.sealed_key is None else "not_valid"
    by = _field(wanted, version, hashed, vault)
    if by:
        return by
    chunk = audience_chunk(connection, vault, wanted, as_of, person.id - 1, 1)
    return "matched" if any(r.person_id == person.id for r in chunk.recipients) else "follows"


def _version(connection: Connection, person: int, as_of: int) -> Row[Any] | None:
    v = person_versions.c
    valid = (v.valid_from <= as_of, or_(v.valid_to.is_(None), v.valid_to > as_of))
    return connection.execute(select(person_versions).where(v.person_id == person, *valid)).first()


def _field(wanted: AudienceFilter, version: Row[Any], hashed: str, vault: Vault) -> str:
    facility = version.org_id
    facilities: tuple[str, ...] = wanted.facilities
    if wanted.kinds == (PersonKind.OFFICER,):
        facility, facilities = hashed, tuple(ref_hash(vault, f) for f in wanted.facilities)
    fields = (
        ("kind", version.kind, wanted.kinds),
        ("region", version.region, wanted.regions),
        ("country", version.country, wanted.countries),
        ("facility", facility, facilities),
    )
    return next((name for name, own, asked in fields if asked and own not in asked), "")
