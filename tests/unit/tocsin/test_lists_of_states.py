"""The real lists of four agencies side by side: which substances are short in several states, found again by plain search in the files."""

from __future__ import annotations

import csv
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alertcore.agency import Agency
from alertcore.cases.stage import CasesStage
from alertcore.records.alert import Alert
from alertcore.records.hub import Entry, Verdict
from alertcore.records.product import Product, Substance
from alertcore.register import read_authorities, read_senders
from connectors import bdpm
from connectors.bdpm import Composition
from connectors.door.arrival import Arrival
from connectors.door.dry import DryDoor
from connectors.door.world import DoorConfig
from schemas.codec import decode, encode
from streams.local import LocalShell
from tocsin.feeding import LIST_KIND, read_feed

NOW = datetime(2026, 6, 8, 6, tzinfo=UTC)
LISTS = {
    "bdpm": "bdpm/disponibilites/2026-01-26/CIS_CIP_Dispo_Spec.txt",
    "ema": "ema/2025-03-22/medicines_output_shortages_en.csv",
    "fda": "fda-ruptures/shortages_current_posted_2012-2024.csv",
    "tfda": "tfda-ruptures/supply_status_2026-04-29.json",
}


def compositions(shared: Path) -> tuple[Composition, ...]:
    return bdpm.compositions((shared / "bdpm/referentiel-2026-01-28-utf8/CIS_COMPO_bdpm.txt").read_bytes()).rows


@pytest.fixture(scope="module")
def found(shared: Path) -> dict[str, Alert]:
    """Substances told of, by name, with the French medicines on the list as reference data."""
    shell = LocalShell(CasesStage(Agency(id="ansm", program="test")))
    short = {row.cis for row in bdpm.availability((shared / LISTS["bdpm"]).read_bytes()).rows}
    substances: dict[str, dict[str, Substance]] = {}
    for row in compositions(shared):
        if row.cis in short and row.nature == "SA":
            substances.setdefault(row.cis, {})[row.code] = Substance(code=row.code, name=row.name)
    for cis, of in sorted(substances.items()):
        product = Product(cip13=f"34009{cis}", cis=cis, name=cis, substances=tuple(of.values()))
        shell.feed(0, Entry(stamp=NOW, sender="ref", event_id=cis, kind="reference.products", value=encode(product)), "ansm")
    register = read_senders({"senders": [{"name": name, "kinds": [LIST_KIND]} for name in LISTS]})
    door = DryDoor(DoorConfig(agency="ansm", senders=register, authorities=read_authorities({"authorities": []})))
    for form, path in LISTS.items():
        items = read_feed(LIST_KIND, shared / path, form).items
        receipts = door.take([Arrival(form, LIST_KIND, item.value, {}) for item in items], NOW)
        assert {r.verdict for r in receipts} == {Verdict.TAKEN}, form
    for one in door.appended:
        shell.feed(0, one.entry, one.key)
    told = [decode(out.wire.value) for out in shell.outs if isinstance(out.value, Alert)]
    return {a.facts["name"]: a for a in told if a.labels["rule"] == "several_states"}


@pytest.mark.shared_data
def test_ten_substances_are_short_in_france_and_in_emas_catalogue(found: dict[str, Alert]) -> None:
    """Facts of the lists named above (sources: the SOURCE.md beside each), as of their dates."""
    assert {name: int(a.numbers["short_here_count"]) for name, a in found.items()} == {
        "Aprépitant": 26,
        "Dulaglutide": 4,
        "Fluorouracile": 2,
        "Fumarate de quétiapine": 45,
        "Hydroxocobalamine": 1,
        "Méthotrexate": 1,
        "Olanzapine (pamoate d') monohydraté": 3,
        "Paclitaxel": 1,
        "Sulfate de vindésine": 1,
        "Vertéporfine": 1,
    }
    assert {a.facts["states"] for a in found.values()} == {"FR"}
    informed = {name for name, a in found.items() if a.facts.get("other_countries") == "US"}
    assert informed == {"Hydroxocobalamine", "Méthotrexate"}


@pytest.mark.shared_data
def test_a_plain_search_by_the_first_letters_finds_the_same(shared: Path, found: dict[str, Alert]) -> None:
    """EMA's ongoing single substances by their first seven letters in the French composition of what is short: no key, no table.

    Insulins are left out: seven letters do not tell human insulin (EMA's) from insulin aspart (short in France).
    """
    lines = (shared / LISTS["ema"]).read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("Category,"))
    ongoing = [row for row in csv.DictReader(lines[start:]) if row["Supply shortage status"] == "Ongoing"]
    inn = "International non-proprietary name (INN) or common name"
    stems = {plain(row[inn] or row["Medicine affected"])[:7] for row in ongoing if ";" not in row[inn]} - {"insulin"}
    rows = bdpm.availability((shared / LISTS["bdpm"]).read_bytes()).rows
    codes: dict[str, set[int]] = {}
    for row in rows:
        codes.setdefault(row.cis, set()).add(row.code)
    short = {cis for cis, of in codes.items() if min(of) in (1, 2)}
    parts: dict[str, list[str]] = {}
    for part in compositions(shared):
        if part.nature == "SA" and part.cis in short:
            parts.setdefault(part.cis, []).append(plain(part.name))
    alone = {cis: names[0] for cis, names in parts.items() if len(set(names)) == 1}
    by_search = {
        stem: {cis for cis, name in alone.items() if any(w.startswith(stem) for w in name.replace("'", " ").split())} for stem in stems
    }
    by_rule = {stem_of(name, stems): set(a.facts["medicines"].split(",")) for name, a in found.items()}
    assert by_rule == {stem: cis for stem, cis in by_search.items() if cis}


def plain(name: str) -> str:
    """Lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))


def stem_of(name: str, stems: set[str]) -> str:
    """The first letters under which EMA has this substance."""
    return next(w[:7] for w in plain(name).split() if w[:7] in stems)
