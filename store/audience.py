"""Who a notice is for: a filter over the directory as it was at one instant, in chunks ordered by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, Select, any_, bindparam, func, or_, select
from sqlalchemy import column as named

from alertcore.records.notice import AudienceFilter
from store.directory import PersonKind, contact_points, person_versions, persons, subscriptions, template_audience
from store.followers_sql import followers
from store.follows import bucket, follows
from store.people import KEY_PURPOSE
from store.vault import Vault


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person or body of the audience. `channels` are those with a verified address; `stopped` those left by unsubscribing."""

    person_id: int
    kind: str
    audience: str
    language: str
    key: bytes  # the person's own key; empty after erasure
    channels: frozenset[str]
    stopped: frozenset[str]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Recipients, and the person up to whom was looked; `last` is None when there is nobody behind."""

    recipients: list[Recipient]
    last: int | None


def audience_chunk(connection: Connection, vault: Vault, wanted: AudienceFilter, as_of: int, after: int, limit: int) -> Chunk:
    """The next recipients with a row number above `after`, looking at no more than `limit` people. `as_of` in microseconds UTC."""
    if wanted.mandatory or not wanted.subjects:
        found = list(connection.execute(_people(wanted, as_of).where(person_versions.c.person_id > after).limit(limit)))
        last = found[-1].person_id if len(found) == limit else None
        return Chunk(_recipients(connection, vault, found, as_of), last)
    subjects = sorted({f"{s.kind.value}:{s.id}" for s in wanted.subjects})
    candidates = _candidates(connection, vault, wanted, subjects, as_of, after, limit)
    people = _people(wanted, as_of).where(_among(connection, person_versions.c.person_id, candidates)) if candidates else None
    found = [] if people is None else list(connection.execute(people))
    patients = [row.person_id for row in found if row.kind == PersonKind.PATIENT]
    really = _really_follow(connection, vault, patients, subjects, as_of)
    found = [row for row in found if row.kind != PersonKind.PATIENT or row.person_id in really]
    return Chunk(_recipients(connection, vault, found, as_of), candidates[-1] if len(candidates) == limit else None)


def _people(wanted: AudienceFilter, as_of: int) -> Select[Any]:
    v = person_versions.c
    query = select(v.person_id, v.kind, v.language, persons.c.sealed_key).join_from(person_versions, persons).where(*_valid(v, as_of))
    narrowing = ((v.kind, wanted.kinds), (v.region, wanted.regions), (v.country, wanted.countries), (v.org_id, wanted.facilities))
    for attribute, values in narrowing:
        if values:
            query = query.where(attribute.in_(sorted(set(values))))
    return query.order_by(v.person_id)


def _candidates(
    connection: Connection, vault: Vault, wanted: AudienceFilter, subjects: Sequence[str], as_of: int, after: int, limit: int
) -> list[int]:
    """Followers of any subject, and whoever shares a bucket with one."""
    patients = not wanted.kinds or PersonKind.PATIENT in wanted.kinds
    buckets = sorted({bucket(vault, subject) for subject in subjects}) if patients else []
    return followers(connection, subjects, buckets, as_of, after, limit)


def _really_follow(connection: Connection, vault: Vault, patients: Sequence[int], subjects: Sequence[str], as_of: int) -> set[int]:
    """Those whose salted hash is of one of the subjects: the bucket alone says nothing."""
    if not patients:
        return set()
    s = subscriptions.c
    by_bucket: dict[int, list[str]] = {}
    for subject in subjects:
        by_bucket.setdefault(bucket(vault, subject), []).append(subject)
    query = select(s.person_id, s.bucket, s.salt, s.digest).where(_among(connection, s.person_id, patients), s.bucket.in_(by_bucket))
    kept = connection.execute(query.where(*_valid(s, as_of)))
    return {row.person_id for row in kept if any(follows(vault, row.salt, row.digest, subject) for subject in by_bucket[row.bucket])}


def _recipients(connection: Connection, vault: Vault, found: Sequence[Any], as_of: int) -> list[Recipient]:
    points = contact_points.c
    usable: dict[int, set[str]] = {}
    stopped: dict[int, set[str]] = {}
    if found:
        query = select(points.person_id, points.channel, points.stopped_at).where(points.verified_at.is_not(None), *_valid(points, as_of))
        for row in connection.execute(query.where(_among(connection, points.person_id, [row.person_id for row in found]))):
            (usable if row.stopped_at is None else stopped).setdefault(row.person_id, set()).add(row.channel)
    return [_recipient(vault, row, usable.get(row.person_id, set()), stopped.get(row.person_id, set())) for row in found]


def _recipient(vault: Vault, row: Any, usable: set[str], stopped: set[str]) -> Recipient:
    # Only a patient's row in the ledger needs the key: opening it for everybody would be half the cost of a chunk.
    key = vault.open(row.sealed_key, KEY_PURPOSE) if row.kind == PersonKind.PATIENT and row.sealed_key is not None else b""
    audience = template_audience(row.kind).value
    return Recipient(row.person_id, row.kind, audience, row.language, key, frozenset(usable | stopped), frozenset(stopped))


def _valid(columns: Any, as_of: int) -> tuple[ColumnElement[bool], ...]:
    return columns.valid_from <= as_of, or_(columns.valid_to.is_(None), columns.valid_to > as_of)


def _among(connection: Connection, attribute: Any, numbers: Sequence[int]) -> ColumnElement[bool]:
    """`attribute in numbers` with one parameter, whatever their count."""
    if connection.dialect.name == "sqlite":
        document = "[" + ",".join(map(str, numbers)) + "]"
        return attribute.in_(select(named("value")).select_from(func.json_each(document)))  # type: ignore[no-any-return]
    return attribute == any_(bindparam(None, list(numbers), type_=ARRAY(BigInteger), unique=True))  # type: ignore[no-any-return]
