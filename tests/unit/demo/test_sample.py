"""The demonstration's sample: valid records that belong together, and the bytes that the derivation gives."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from alertcore.identifiers import cip13_problem
from alertcore.register import read_authorities, read_senders
from connectors.source_text import JsonObject
from store.people_csv import read_people
from tocsin.demo import registers
from tocsin.demo.derivation.packs import units_per_pack
from tocsin.demo.derive import derive, main
from tocsin.demo.reporters import REGIONS, reporters
from tocsin.demo.sample import companies, declarations, defects, products, statuses

DEMO = Path(registers.__file__).parent


def test_products_belong_to_known_companies_and_have_right_codes() -> None:
    known = {row["id"] for row in companies()}
    rows = list(products())
    assert 800 <= len({row["cis"] for row in rows}) <= 950
    assert all(row["company"] in known and cip13_problem(str(row["cip13"])) is None for row in rows)
    assert len({row["cip13"] for row in rows}) == len(rows)
    assert {row["mitm"] for row in rows} == {True, False}


def test_the_two_public_lists_are_whole() -> None:
    assert [len(list(statuses(day))) for day in ("2026-01-19", "2026-01-26")] == [984, 993]


def test_declarations_are_in_order_and_by_the_products_company() -> None:
    rows = list(declarations())
    owners = {row["cis"]: row["company"] for row in products()}
    assert [str(row["declared_at"]) for row in rows] == sorted(str(row["declared_at"]) for row in rows)
    assert all(_id(row["company"]) == owners[row["cis"]] for row in rows)
    assert all(str(row["known_at"]) <= str(row["declared_at"]) for row in rows)
    assert {row["nature_declared"] for row in rows} == {"rupture", "risque", "arret"}


def test_a_return_follows_an_earlier_declaration_of_the_same_medicine() -> None:
    seen: dict[object, JsonObject] = {}
    returns = 0
    for row in declarations():
        if row["step"] == "return":
            returns += 1
            assert seen[row["previous_id"]]["cis"] == row["cis"]
        seen[row["declaration_id"]] = row
    assert returns == 36


def test_every_stop_says_when_it_was_told_and_when_it_takes_effect() -> None:
    stops = [row for row in declarations() if row["nature_declared"] == "arret"]
    assert stops
    assert all(isinstance(row["stop"], dict) and row["stop"]["notified_on"] <= row["stop"]["effect_on"] for row in stops)


def test_defects_cover_the_classes_and_say_that_they_are_invented() -> None:
    rows = list(defects())
    assert Counter(row["class"] for row in rows) == {"i": 2, "ii": 4, "iii": 2, "unassigned": 3}
    second = [row for row in rows if row["class"] == "ii"]
    assert {isinstance(row["distribution"], dict) and row["distribution"]["known"] for row in second} == {True, False}
    assert [row["falsified"] for row in rows].count("suspected") == 1
    assert [row["step"] for row in rows].count("update") == 1
    assert all("démonstration" in str(row["details"]) and "Demonstration" in str(row["details"]) for row in rows)


def test_an_update_of_a_defect_is_about_the_same_lots() -> None:
    rows = {row["defect_id"]: row for row in defects()}
    update = next(row for row in rows.values() if row["step"] == "update")
    assert update["batches"] == rows[update["previous_id"]]["batches"]


@pytest.mark.parametrize(
    ("label", "units"),
    [
        ("plaquette(s) PVC PVDC aluminium de 30 comprimé(s)", 30),
        ("4 plaquette(s) thermoformée(s) PVC polyéthylène PVDC aluminium de 14 comprimé(s)", 56),
        ("flacon(s) polyéthylène haute densité (PEHD) de 21 comprimé(s) avec fermeture de sécurité enfant", 21),
        ("1 seringue(s) préremplie(s) en verre de 0,3  ml", 1),
        ("10 ampoule(s) en verre de 10 ml", 10),
        ("5 flacons en verre jaune(brun) de 5 mL", 5),
        ("1 flacon(s) en verre - 1 ampoule(s) en verre de 10 ml", None),
        ("plaquette(s) aluminium de 1 gélule de 125 mg + 2 gélules de 80 mg", None),
        ("poche(s) plastique à usage unique de 180 ml", None),
        ("Conditionnement multiple (3 x 2,5 ml) : 3 boîtes de 1 flacon multidose", None),
        ("flacon(s) polyéthylène de 14 gélule(s) ( abrogée le 25/11/2022)", None),
        ("60 sachet(s)-dose(s) polyester aluminium polyéthylène", None),
        ("1 flacon(s) pressurisé(s) aluminium avec valve(s) doseuse(s) de 200 dose(s)", None),
    ],
)
def test_units_are_read_only_from_labels_without_doubt(label: str, units: int | None) -> None:
    assert units_per_pack(label) == units


def test_the_registers_in_the_checkout_are_those_that_the_sample_gives() -> None:
    for name, text in registers.registers().items():
        assert (DEMO / name).read_text(encoding="utf-8") == text


def test_the_register_of_senders_speaks_for_every_reporter_and_company() -> None:
    senders = read_senders(yaml.safe_load((DEMO / "senders.yaml").read_text(encoding="utf-8")))
    lab = senders.find("demo-lab")
    assert lab is not None
    assert set(lab.companies) == {row["id"] for row in companies()}
    assert set(lab.kinds) == {"shortage.declarations", "sales.reports", "stock.reports", "plans", "quality.defects"}
    spoken_for = {(sender.name, reporter.id) for sender in senders.senders for reporter in sender.reporters}
    assert spoken_for == {(row["sender"], row["id"]) for row in reporters()}


def test_three_authorities_are_told_of_defects_and_two_are_of_member_states() -> None:
    found = read_authorities(yaml.safe_load((DEMO / "authorities.yaml").read_text(encoding="utf-8"))).authorities
    assert {one.id: one.member_state for one in found} == {"authority-be": True, "authority-es": True, "authority-us": False}
    assert all("defect" in one.domains for one in found)


def test_recipients_have_fictional_addresses_and_follow_medicines_of_the_sample() -> None:
    known = {f"cis:{row['cis']}" for row in products()}
    rows = list(registers.people())
    assert 250 <= len(rows) <= 350
    assert all(row["email"].endswith(("@example.org", "@example.com")) for row in rows)
    assert all(set(row["follows"].split()) <= known for row in rows)
    assert len({row["ref"] for row in rows}) == len(rows)


def test_the_directory_takes_every_recipient() -> None:
    taken, problems = read_people((DEMO / "people.csv").read_text(encoding="utf-8"))
    assert problems == []
    assert {person.kind for person in taken} >= {"community_pharmacy", "hospital_pharmacy", "wholesaler", "company", "officer", "patient"}


def test_reporters_are_in_all_eighteen_regions() -> None:
    assert len(reporters()) == 200
    assert {row["region"] for row in reporters()} - {None} == {region for region, _, _ in REGIONS}
    assert len(REGIONS) == 18


def test_the_derivation_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), str(tmp_path / "out")]) == 1
    assert "CIS_bdpm.txt" in capsys.readouterr().err
    assert main([]) == 2


@pytest.mark.shared_data
def test_the_sample_in_the_checkout_is_what_the_derivation_gives(shared: Path) -> None:
    for name, content in derive(shared).items():
        assert (DEMO / "data" / name).read_bytes() == content, name


def _id(org: object) -> object:
    return org["id"] if isinstance(org, dict) else None
