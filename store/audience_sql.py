"""The statements that find an audience, each built once a shape: to build them anew for every notice cost more than to run them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, Select, any_, bindparam, func, or_, select
from sqlalchemy import column as named

from store.directory import contact_points, person_versions, persons, subscriptions

_NARROWING = {
    "kinds": person_versions.c.kind,
    "regions": person_versions.c.region,
    "countries": person_versions.c.country,
    "facilities": person_versions.c.org_id,
    "refs": persons.c.ref,
}


def numbers(connection: Connection, found: Sequence[int]) -> Any:
    """Row numbers as the statements below take them: one parameter, whatever their count."""
    return "[" + ",".join(map(str, found)) + "]" if connection.dialect.name == "sqlite" else list(found)


@cache
def people_after(narrowed: frozenset[str]) -> Select[Any]:
    """The next `limit` people behind `after`; `narrowed` names the fields of the filter that are given, each a list."""
    return _people(narrowed).where(person_versions.c.person_id > bindparam("after")).limit(bindparam("limit"))


@cache
def people_among(dialect: str, narrowed: frozenset[str]) -> Select[Any]:
    """Those of `numbers` that the filter takes."""
    return _people(narrowed).where(_among(dialect, person_versions.c.person_id))


@cache
def points_of(dialect: str) -> Select[Any]:
    """Verified addresses of `numbers`."""
    points = contact_points.c
    query = select(points.person_id, points.channel, points.stopped_at).where(points.verified_at.is_not(None), *_valid(points))
    return query.where(_among(dialect, points.person_id))


@cache
def follows_of(dialect: str) -> Select[Any]:
    """What `numbers` follow in `buckets`."""
    s = subscriptions.c
    query = select(s.person_id, s.bucket, s.salt, s.digest).where(*_valid(s), _among(dialect, s.person_id))
    return query.where(s.bucket.in_(bindparam("buckets", expanding=True)))


def _people(narrowed: frozenset[str]) -> Select[Any]:
    v = person_versions.c
    query = select(v.person_id, v.kind, v.language, persons.c.sealed_key).join_from(person_versions, persons).where(*_valid(v))
    for name in sorted(narrowed):
        query = query.where(_NARROWING[name].in_(bindparam(name, expanding=True)))
    return query.order_by(v.person_id)


def _valid(columns: Any) -> tuple[ColumnElement[bool], ...]:
    as_of = bindparam("as_of", type_=BigInteger)
    return columns.valid_from <= as_of, or_(columns.valid_to.is_(None), columns.valid_to > as_of)


def _among(dialect: str, attribute: Any) -> ColumnElement[bool]:
    if dialect == "sqlite":
        return attribute.in_(select(named("value")).select_from(func.json_each(bindparam("numbers"))))  # type: ignore[no-any-return]
    return attribute == any_(bindparam("numbers", type_=ARRAY(BigInteger)))  # type: ignore[no-any-return]
