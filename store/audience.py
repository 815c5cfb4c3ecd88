"""Who a notice is for: a filter over the directory as it was at one instant, in chunks ordered by person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from alertcore.records.notice import AudienceFilter
from store.audience_sql import follows_of, numbers, people_after, people_among, points_of
from store.directory import PersonKind, template_audience
from store.followers_sql import followers
from store.follows import bucket, follows
from store.people import KEY_PURPOSE, ref_hash
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
    narrowing = _narrowing(wanted, vault)
    if wanted.mandatory or not wanted.subjects:
        query = people_after(frozenset(narrowing))
        found = list(connection.execute(query, {"as_of": as_of, "after": after, "limit": limit, **narrowing}))
        last = found[-1].person_id if len(found) == limit else None
        return Chunk(_recipients(connection, vault, found, as_of), last)
    subjects = sorted({f"{s.kind.value}:{s.id}" for s in wanted.subjects})
    candidates = _candidates(connection, vault, wanted, subjects, as_of, after, limit)
    found = _among(connection, candidates, as_of, narrowing) if candidates else []
    patients = [row.person_id for row in found if row.kind == PersonKind.PATIENT]
    really = _really_follow(connection, vault, patients, subjects, as_of)
    found = [row for row in found if row.kind != PersonKind.PATIENT or row.person_id in really]
    return Chunk(_recipients(connection, vault, found, as_of), candidates[-1] if len(candidates) == limit else None)


def _narrowing(wanted: AudienceFilter, vault: Vault) -> dict[str, list[str]]:
    """The fields of the filter that say something. An officer has no facility: one is named by the reference in the list of people."""
    fields = {"kinds": wanted.kinds, "regions": wanted.regions, "countries": wanted.countries, "facilities": wanted.facilities}
    if wanted.kinds == (PersonKind.OFFICER,):
        fields |= {"facilities": (), "refs": tuple(ref_hash(vault, ref) for ref in wanted.facilities)}
    return {name: sorted(set(values)) for name, values in fields.items() if values}


def _among(connection: Connection, candidates: Sequence[int], as_of: int, narrowing: Mapping[str, list[str]]) -> list[Any]:
    query = people_among(connection.dialect.name, frozenset(narrowing))
    return list(connection.execute(query, {"as_of": as_of, "numbers": numbers(connection, candidates), **narrowing}))


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
    by_bucket: dict[int, list[str]] = {}
    for subject in subjects:
        by_bucket.setdefault(bucket(vault, subject), []).append(subject)
    told = {"as_of": as_of, "numbers": numbers(connection, patients), "buckets": list(by_bucket)}
    kept = connection.execute(follows_of(connection.dialect.name), told)
    return {row.person_id for row in kept if any(follows(vault, row.salt, row.digest, subject) for subject in by_bucket[row.bucket])}


def _recipients(connection: Connection, vault: Vault, found: Sequence[Any], as_of: int) -> list[Recipient]:
    usable: dict[int, set[str]] = {}
    stopped: dict[int, set[str]] = {}
    if found:
        told = {"as_of": as_of, "numbers": numbers(connection, [row.person_id for row in found])}
        for row in connection.execute(points_of(connection.dialect.name), told):
            (usable if row.stopped_at is None else stopped).setdefault(row.person_id, set()).add(row.channel)
    return [_recipient(vault, row, usable.get(row.person_id, set()), stopped.get(row.person_id, set())) for row in found]


def _recipient(vault: Vault, row: Any, usable: set[str], stopped: set[str]) -> Recipient:
    # Only a patient's row in the ledger needs the key: opening it for everybody would be half the cost of a chunk.
    key = vault.open(row.sealed_key, KEY_PURPOSE) if row.kind == PersonKind.PATIENT and row.sealed_key is not None else b""
    audience = template_audience(row.kind).value
    return Recipient(row.person_id, row.kind, audience, row.language, key, frozenset(usable | stopped), frozenset(stopped))
