"""Who follows any of some subjects, or shares a bucket with one: one statement a dialect, each index range read up to a limit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection

AT_ONCE = 100
"""Ranges in one statement: SQLite joins at most 500 selects."""

_POSTGRES = """select p.person_id from unnest($1::text[]) as w(subject) cross join lateral (
 select person_id from subscriptions where subject = w.subject and person_id > $3
 and valid_from <= $4 and (valid_to is null or valid_to > $4) order by person_id limit $5) p
union select p.person_id from unnest($2::int[]) as w(bucket) cross join lateral (
 select person_id from subscriptions where bucket = w.bucket and person_id > $3
 and valid_from <= $4 and (valid_to is null or valid_to > $4) order by person_id limit $5) p"""


def followers(connection: Connection, subjects: Sequence[str], buckets: Sequence[int], as_of: int, after: int, limit: int) -> list[int]:
    """The next people by row number, no more than `limit`. Driver SQL: built anew by SQLAlchemy it cost more than it reads."""
    if connection.dialect.name != "sqlite":
        found = connection.exec_driver_sql(_POSTGRES, (list(subjects), list(buckets), after, as_of, limit))
        return sorted(person for (person,) in found)[:limit]
    people: set[int] = set()
    ranges = [("subject", subject) for subject in subjects] + [("bucket", number) for number in buckets]
    for start in range(0, len(ranges), AT_ONCE):
        some = ranges[start : start + AT_ONCE]
        values = (after, as_of, limit, *(value for _, value in some))
        people.update(person for (person,) in connection.exec_driver_sql(_sqlite(tuple(name for name, _ in some)), values))
    return sorted(people)[:limit]


@cache
def _sqlite(columns: tuple[str, ...]) -> str:
    return " union ".join(
        f"select * from (select person_id from subscriptions where {column} = ?{number} and person_id > ?1"  # noqa: S608 - names are ours
        " and valid_from <= ?2 and (valid_to is null or valid_to > ?2) order by person_id limit ?3)"
        for number, column in enumerate(columns, 4)
    )
