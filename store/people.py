"""Changes of the directory: the import of a list, erasure, and leaving by link. Each change ends one version and begins another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from alertcore.records.notice import Channel
from store.database import Database
from store.directory import PersonKind, contact_points, person_versions, persons, subscriptions
from store.follows import bucket, digest, follows, new_salt
from store.metadata import to_micros
from store.people_csv import LineProblem, PersonLine, read_people
from store.vault import Vault, new_key

CHUNK = 500
KEY_PURPOSE = b"person key"
CONTACT_PURPOSE = b"contact point"
_ATTRIBUTES = ("kind", "org_scheme", "org_id", "country", "region", "departement", "language")


@dataclass(slots=True)
class ImportReport:
    """What an import did; people with a problem were left as they were."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[LineProblem] = field(default_factory=list)


class People:
    """The directory, for who changes it."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def import_csv(self, text: str, at: datetime) -> ImportReport:
        """Brings every person of the list to what it says (by ref); contact points count as verified. Others are not touched."""
        people, problems = read_people(text)
        report = ImportReport(problems=problems)
        for start in range(0, len(people), CHUNK):
            async with self._database.writing() as connection:
                await connection.run_sync(self._import, people[start : start + CHUNK], to_micros(at), report)
        return report

    async def erase(self, ref: str, at: datetime) -> bool:
        """Deletes key, addresses and follows; what was proven stays, and names nobody. False if the ref is unknown."""
        async with self._database.writing() as connection:
            return await connection.run_sync(self._erase, self.ref_hash(ref), to_micros(at))

    async def stop(self, person_id: int, channel: Channel, at: datetime) -> bool:
        """No more of what may be left, over this channel. True if that was news."""
        points = contact_points.c
        where = (points.person_id == person_id, points.channel == channel.value, points.valid_to.is_(None), points.stopped_at.is_(None))
        async with self._database.writing() as connection:
            return (await connection.execute(update(contact_points).where(*where).values(stopped_at=to_micros(at)))).rowcount > 0

    def ref_hash(self, ref: str) -> str:
        """How a caller's reference is kept."""
        return ref_hash(self._vault, ref)

    def _import(self, connection: Connection, people: Sequence[PersonLine], at: int, report: ImportReport) -> None:
        refs = {self.ref_hash(p.ref): p for p in people}
        known = {row.ref: row for row in connection.execute(select(persons).where(persons.c.ref.in_(refs)))}
        current = _Current.read(connection, [row.id for row in known.values()])
        fresh = _Fresh()
        for row_id, key, person in self._keyed(connection, refs, known, at):
            self._describe(fresh, row_id, key, person, at)
            report.added += 1
        for ref, row in known.items():
            if row.sealed_key is None:
                continue
            if self._change(connection, fresh, row, refs[ref], current, at):
                report.changed += 1
            else:
                report.unchanged += 1
        fresh.write(connection)

    def _keyed(
        self, connection: Connection, refs: dict[str, PersonLine], known: dict[str, Row[Any]], at: int
    ) -> list[tuple[int, bytes, PersonLine]]:
        """Row number and key of everybody who is new, or was erased and is back."""
        new = [(ref, new_key()) for ref in refs if ref not in known]
        rows = [{"ref": ref, "sealed_key": self._vault.seal(key, KEY_PURPOSE), "created_at": at} for ref, key in new]
        statement = insert(persons).returning(persons.c.id, sort_by_parameter_order=True)
        numbers = list(connection.scalars(statement, rows)) if rows else []
        keyed = [(number, key, refs[ref]) for number, (ref, key) in zip(numbers, new, strict=True)]
        for row in (r for r in known.values() if r.sealed_key is None):
            key = new_key()
            values = {"sealed_key": self._vault.seal(key, KEY_PURPOSE), "erased_at": None}
            connection.execute(update(persons).where(persons.c.id == row.id).values(**values))
            keyed.append((row.id, key, refs[row.ref]))
        return keyed

    def _describe(self, fresh: _Fresh, row: int, key: bytes, person: PersonLine, at: int) -> None:
        fresh.versions.append({"person_id": row, "valid_from": at, **_attributes(person)})
        fresh.points += [self._point(row, key, channel, address, at) for channel, address in _addresses(person)]
        fresh.follows += [self._follow(row, person.kind, subject, at) for subject in person.follows]

    def _change(self, connection: Connection, fresh: _Fresh, row: Row[Any], person: PersonLine, current: _Current, at: int) -> bool:
        key = self._vault.open(row.sealed_key, KEY_PURPOSE)
        version = current.versions.get(row.id)
        changed = version is None or any(getattr(version, name) != getattr(person, name) for name in _ATTRIBUTES)
        if changed:
            if version is not None:
                connection.execute(_ended(person_versions, version.id, at))
            fresh.versions.append({"person_id": row.id, "valid_from": at, **_attributes(person)})
        changed |= self._change_points(connection, fresh, row.id, key, person, current.points.get(row.id, []), at)
        # A patient's follows are kept in another form than anybody else's: with the kind they are written anew.
        kept = [] if version is not None and _form(version.kind) != _form(person.kind) else current.follows.get(row.id, [])
        for gone in current.follows.get(row.id, []) if not kept else []:
            connection.execute(_ended(subscriptions, gone.id, at))
        return self._change_follows(connection, fresh, row.id, person, kept, at) or changed

    def _change_points(
        self, connection: Connection, fresh: _Fresh, row: int, key: bytes, person: PersonLine, kept: list[Row[Any]], at: int
    ) -> bool:
        wanted = {(c.value, self._fingerprint(row, a)): (c, a) for c, a in _addresses(person)}
        changed = False
        for point in kept:
            if wanted.pop((point.channel, point.fingerprint), None) is None:
                connection.execute(_ended(contact_points, point.id, at))
                changed = True
        fresh.points += [self._point(row, key, channel, address, at) for channel, address in wanted.values()]
        return changed or bool(wanted)

    def _change_follows(self, connection: Connection, fresh: _Fresh, row: int, person: PersonLine, kept: list[Row[Any]], at: int) -> bool:
        wanted = set(person.follows)
        changed = False
        for follow in kept:
            same = next((s for s in wanted if self._is(follow, s)), None)
            if same is None:
                connection.execute(_ended(subscriptions, follow.id, at))
                changed = True
            else:
                wanted.discard(same)
        fresh.follows += [self._follow(row, person.kind, subject, at) for subject in sorted(wanted)]
        return changed or bool(wanted)

    def _is(self, follow: Row[Any], subject: str) -> bool:
        if follow.subject is not None:
            return bool(follow.subject == subject)
        return follows(self._vault, follow.salt, follow.digest, subject)

    def _point(self, row: int, key: bytes, channel: Channel, address: str, at: int) -> dict[str, Any]:
        sealed = Vault(key).seal(address.encode(), CONTACT_PURPOSE)
        given = {"person_id": row, "channel": channel.value, "sealed": sealed, "fingerprint": self._fingerprint(row, address)}
        return given | {"verified_at": at, "valid_from": at}

    def _fingerprint(self, row: int, address: str) -> bytes:
        """Bound to the person: two people with one address do not look alike."""
        return self._vault.keyed_hash(b"contact fingerprint", b"%d" % row, address.encode())[:16]

    def _follow(self, row: int, kind: str, subject: str, at: int) -> dict[str, Any]:
        if kind != PersonKind.PATIENT:
            return {"person_id": row, "subject": subject, "bucket": None, "salt": None, "digest": None, "valid_from": at}
        salt = new_salt()
        hidden = {"bucket": bucket(self._vault, subject), "salt": salt, "digest": digest(self._vault, salt, subject)}
        return {"person_id": row, "subject": None, **hidden, "valid_from": at}

    def _erase(self, connection: Connection, ref: str, at: int) -> bool:
        row = connection.scalar(select(persons.c.id).where(persons.c.ref == ref, persons.c.sealed_key.is_not(None)))
        if row is None:
            return False
        connection.execute(update(persons).where(persons.c.id == row).values(sealed_key=None, erased_at=at))
        connection.execute(delete(contact_points).where(contact_points.c.person_id == row))
        connection.execute(delete(subscriptions).where(subscriptions.c.person_id == row))
        connection.execute(delete(person_versions).where(person_versions.c.person_id == row))
        return True


@dataclass(slots=True)
class _Fresh:
    """Rows that begin with this import, written together: one statement a table."""

    versions: list[dict[str, Any]] = field(default_factory=list)
    points: list[dict[str, Any]] = field(default_factory=list)
    follows: list[dict[str, Any]] = field(default_factory=list)

    def write(self, connection: Connection) -> None:
        for table, rows in ((person_versions, self.versions), (contact_points, self.points), (subscriptions, self.follows)):
            if rows:
                connection.execute(insert(table), rows)


@dataclass(frozen=True, slots=True)
class _Current:
    """What is in force now, by person."""

    versions: dict[int, Row[Any]]
    points: dict[int, list[Row[Any]]]
    follows: dict[int, list[Row[Any]]]

    @classmethod
    def read(cls, connection: Connection, rows: Sequence[int]) -> _Current:
        def current(table: Any) -> Iterator[Row[Any]]:
            yield from connection.execute(select(table).where(table.c.person_id.in_(rows), table.c.valid_to.is_(None)))

        grouped: list[dict[int, list[Row[Any]]]] = [{}, {}]
        for kept, table in zip(grouped, (contact_points, subscriptions), strict=True):
            for row in current(table):
                kept.setdefault(row.person_id, []).append(row)
        return cls({row.person_id: row for row in current(person_versions)}, grouped[0], grouped[1])


def ref_hash(vault: Vault, ref: str) -> str:
    """How a caller's reference is kept: it may be a licence number."""
    return vault.keyed_hash(b"person ref", ref.encode()).hex()


def _form(kind: str) -> bool:
    return kind == PersonKind.PATIENT


def _ended(table: Any, row: int, at: int) -> Any:
    return update(table).where(table.c.id == row).values(valid_to=at)


def _attributes(person: PersonLine) -> dict[str, str]:
    return {name: getattr(person, name) for name in _ATTRIBUTES}


def _addresses(person: PersonLine) -> list[tuple[Channel, str]]:
    return [(c, a) for c, a in ((Channel.EMAIL, person.email), (Channel.SMS, person.sms)) if a]
