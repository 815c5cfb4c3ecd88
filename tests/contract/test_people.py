"""The directory: import, erasure, and what a thief of the database learns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from alertcore.records.notice import Audience, AudienceFilter
from store.database import Database
from store.people import People
from store.vault import Vault
from tests.contract.stored import Hub, cis, csv, notice, person


async def test_a_list_imported_twice_changes_nothing_the_second_time(
    people: People, now: datetime, later: Callable[[float], datetime]
) -> None:
    """Idempotent by ref, also for patients, whose follows are only kept as hashes."""
    text = csv(person("a", follows="cis:60000001 atc:J01"), person("b", "patient", "cis:60000001 cis:60000002"))
    first = await people.import_csv(text, now)
    second = await people.import_csv(text, later(60))
    assert (first.added, first.changed, first.unchanged, first.problems) == (2, 0, 0, [])
    assert (second.added, second.changed, second.unchanged) == (0, 0, 2)


async def test_a_changed_line_changes_only_that_person(people: People, now: datetime, later: Callable[[float], datetime]) -> None:
    """Address, follows or attributes."""
    await people.import_csv(csv(person("a"), person("b"), person("c")), now)
    text = csv(person("a", email="new@dest.example"), person("b", follows="cis:60000001"), person("c"))
    report = await people.import_csv(text, later(60))
    assert (report.added, report.changed, report.unchanged) == (0, 2, 1)


async def test_every_problem_names_its_line_and_field_and_never_the_address(people: People, now: datetime) -> None:
    """A bad line is left out, its neighbours are taken."""
    bad = person("bad", kind="pharmacist", email="not an address", country="France", follows="60000001")
    report = await people.import_csv(csv(person("a"), bad, person("a"), person("c", sms="12")), now)
    assert report.added == 1
    assert {(p.line, p.field) for p in report.problems} == {
        *((3, f) for f in ("kind", "country", "email", "follows")),
        (4, "ref"),
        (5, "sms"),
    }
    assert not any("not an address" in p.text or "12" in p.text for p in report.problems)


async def test_a_wrong_header_is_refused_whole(people: People, now: datetime) -> None:
    """Nothing is guessed."""
    report = await people.import_csv("ref,kind\na,patient\n", now)
    assert (report.added, [p.line for p in report.problems]) == (0, [1])


async def test_no_address_ref_or_patients_follow_stands_in_the_database(
    database: Database, vault: Vault, people: People, now: datetime
) -> None:
    """Searched in every column of every table."""
    line = person("licence-10001234567", "patient", "cis:60000001", org_id="", email="jeanne.exemple@dest.example", sms="+33612345678")
    await people.import_csv(csv(line), now)
    hub = Hub(database, vault)
    await hub.take(notice(1, Audience(filter=AudienceFilter(subjects=cis("60000001"))), params={}))
    assert await hub.expand() == 1
    seen = await hub.everything()
    for secret in ("jeanne", "dest.example", "612345678", "10001234567", "60000001"):
        # The notice itself names its medicine: that it exists is public, who follows it is not.
        rows = [row for row in seen.split("\n") if not row.startswith("notices ")]
        assert not [row for row in rows if secret in row or secret.encode().hex() in row]


async def test_erasure_takes_address_and_follows_and_leaves_the_proof(
    database: Database, vault: Vault, people: People, now: datetime, later: Callable[[float], datetime]
) -> None:
    """The delivery stays as it was; nobody is reached any more, and the ref may come back as somebody new."""
    await people.import_csv(csv(person("a", "patient", "cis:60000001")), now)
    hub = Hub(database, vault)
    audience = Audience(filter=AudienceFilter(kinds=("patient",), subjects=cis("60000001")))
    await hub.take(notice(1, audience))
    await hub.expand()
    before = await hub.rows()
    assert await people.erase("a", later(10))
    assert not await people.erase("a", later(11))
    assert [(r.delivery_id, r.person, r.state) for r in await hub.rows()] == [(r.delivery_id, r.person, r.state) for r in before]
    assert [c.address for c in await hub.claim()] == [""]
    await hub.take(notice(2, audience))
    assert await hub.expand(later(20)) == 0
    assert (await people.import_csv(csv(person("a", "patient", "cis:60000001")), later(30))).added == 1


async def test_the_vault_does_not_open_with_another_key(database: Database, people: People, now: datetime) -> None:
    """Then there is no address, and no error that names one."""
    await people.import_csv(csv(person("a")), now)
    hub = Hub(database, Vault(bytes(32)))
    await hub.take(notice(1))
    await hub.expand()
    assert [c.address for c in await hub.claim()] == [""]
