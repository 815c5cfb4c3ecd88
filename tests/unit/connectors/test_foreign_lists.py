"""The shortage lists of EMA, FDA and TFDA as PublishedStatus records, and what makes them be refused whole."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors import bdpm, ema, fda, tfda
from connectors.source_text import JsonObject, Parsed
from schemas.inbound import from_json

Parser = Callable[[bytes], Parsed[JsonObject]]
PARSERS = [bdpm.statuses, ema.statuses, fda.statuses, tfda.statuses]


def refusal(parsed: Parsed[JsonObject]) -> str:
    assert parsed.rows == ()
    assert parsed.refusal is not None
    return parsed.refusal.code


def test_ema_skips_the_preamble_and_names_a_medicine_by_its_page(excerpts: Path) -> None:
    parsed = ema.statuses((excerpts / "ema_shortages.csv").read_bytes())
    assert [(row["cis"], row["code"]) for row in parsed.rows[:2]] == [("EU:quetiapine", 2), ("EU:eldisine", 2)]
    assert parsed.rows[0]["substances"] == [{"name": "Quetiapine"}]
    assert parsed.rows[1]["substances"] == [{"name": "vindesine"}]
    assert (parsed.rows[0]["start"], parsed.rows[1]["updated"]) == ("2025-03-11", "2025-02-05")
    assert [row["code"] for row in parsed.rows].count(4) == 2


def test_ema_takes_a_comma_inside_quotes_as_text(excerpts: Path) -> None:
    data = (excerpts / "ema_shortages.csv").read_bytes()
    assert b'"Leukemia, Promyelocytic, Acute"' in data
    assert ema.statuses(data).problems == ()


def test_a_list_of_another_kind_is_refused_by_its_columns(excerpts: Path) -> None:
    header = b'Category,Name of medicine,"Other related medicines\n(nationally authorised)"\nHuman,Zoely,x\n'
    assert refusal(ema.statuses(header)) == "missing_column"
    assert refusal(fda.statuses((excerpts / "ema_shortages.csv").read_bytes())) == "no_header"


def test_a_new_column_is_remarked_and_the_list_is_read(excerpts: Path) -> None:
    lines = (excerpts / "fda_shortages.csv").read_text(encoding="utf-8").splitlines()
    wider = "\n".join([lines[0] + ",new_one", *(line + ",x" for line in lines[1:])])
    parsed = fda.statuses(wider.encode())
    assert len(parsed.rows) == 6
    assert [(remark.code, remark.field) for remark in parsed.remarks] == [("unknown_column", "new_one")]


def test_fda_codes_follow_status_and_availability(excerpts: Path) -> None:
    parsed = fda.statuses((excerpts / "fda_shortages.csv").read_bytes())
    assert [row["code"] for row in parsed.rows] == [2, 2, 1, 2, 4, 3]
    assert parsed.remarks == ()
    assert parsed.rows[0]["cis"] == "US:64850-504-01"
    assert parsed.rows[0]["start"] == "2022-10-12"
    assert parsed.rows[0]["raw_label"] == "Current; Available"
    names = [{"name": name} for name in ("AMPHETAMINE ASPARTATE MONOHYDRATE", "AMPHETAMINE SULFATE")]
    substances = parsed.rows[0]["substances"]
    assert isinstance(substances, list)
    assert substances[:2] == names


def test_fda_keeps_a_row_with_an_unknown_status_as_current(excerpts: Path) -> None:
    data = (excerpts / "fda_shortages.csv").read_bytes().replace(b",Resolved,", b",Paused,")
    parsed = fda.statuses(data)
    assert parsed.rows[4]["code"] == 2
    assert [remark.code for remark in parsed.remarks] == ["unknown_code"]


def test_fda_list_text_that_is_no_list_is_kept_as_text_and_never_run(excerpts: Path) -> None:
    data = (excerpts / "fda_shortages.csv").read_bytes().replace(b"['METHYLPREDNISOLONE ACETATE']", b"__import__('os').abort()")
    parsed = fda.statuses(data)
    assert parsed.rows[1]["substances"] == [{"name": "__import__('os').abort()"}]
    assert [(remark.field, remark.code) for remark in parsed.remarks] == [("substance_name", "not_a_list")]


def test_a_date_that_is_none_leaves_one_row_out(excerpts: Path) -> None:
    data = (excerpts / "fda_shortages.csv").read_bytes().replace(b"10/12/2022", b"13/12/2022", 1)
    parsed = fda.statuses(data)
    assert len(parsed.rows) == 5
    assert [(problem.line, problem.field, problem.code) for problem in parsed.problems] == [(2, "initial_posting_date", "not_a_date")]


def test_a_cut_csv_is_refused_whole(excerpts: Path) -> None:
    data = (excerpts / "fda_shortages.csv").read_bytes()
    assert refusal(fda.statuses(data[: data.rindex(b",")])) == "column_count"
    assert refusal(fda.statuses(data + b'"half a field')) == "broken_quoting"


def test_tfda_takes_the_licence_as_number_and_the_list_as_code(excerpts: Path) -> None:
    parsed = tfda.statuses((excerpts / "tfda_supply_status.json").read_bytes())
    assert [row["code"] for row in parsed.rows] == [2, 2, 4, 4]
    assert str(parsed.rows[0]["cis"]).startswith("TW:衛")
    assert "\n" not in str(parsed.rows[0]["name"])


def test_tfda_saying_that_a_list_is_empty_is_no_fault(excerpts: Path) -> None:
    parsed = tfda.statuses((excerpts / "tfda_supply_status.json").read_bytes())
    assert parsed.problems == ()
    assert [remark.code for remark in parsed.remarks] == ["no_data"]


def test_a_well_formed_answer_with_empty_lists_is_refused(broken: Path) -> None:
    parsed = tfda.statuses((broken / "tfda_supply_status_2026-04-15_cles_inattendues_vides.json").read_bytes())
    assert refusal(parsed) == "empty"
    assert {remark.field for remark in parsed.remarks} == {"54507_soliciting", "54508_solicited"}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "not_json"),
        ("[]", "missing_column"),
        ('{"datasets": []}', "missing_column"),
        ('{"datasets": {"54504_with_alternative": []}}', "missing_column"),
        ("[" * 100_000, "not_json"),
    ],
)
def test_a_json_document_of_another_shape_is_refused(document: str, code: str) -> None:
    assert refusal(tfda.statuses(document.encode())) == code


def test_one_row_of_another_shape_spares_its_neighbours() -> None:
    good = '{"編號": "1", "公告更新時間": "2026/04/24", "中文品名": "A", "許可證字號": "衛部藥輸字第028596號", "供應狀態": ""}'
    lists = f'"54504_with_alternative": [{good}, 7, {{}}], "54505_no_alternative": [], "54506_resolved": []'
    parsed = tfda.statuses(f'{{"datasets": {{{lists}}}}}'.encode())
    assert len(parsed.rows) == 1
    assert [(problem.line, problem.code) for problem in parsed.problems] == [(2, "not_a_record"), (3, "not_a_record")]


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("name", ["bdpm_fichier_vide.txt", "livraison-national_page_html.csv", "tfda_variantes_de_classe.json"])
def test_no_parser_accepts_a_file_that_is_no_list(broken: Path, parse: Parser, name: str) -> None:
    refusal(parse((broken / name).read_bytes()))


@pytest.mark.parametrize("parse", PARSERS)
def test_every_real_broken_file_gets_an_answer_and_no_traceback(broken: Path, parse: Parser) -> None:
    for path in sorted(broken.iterdir()):
        parsed = parse(path.read_bytes())
        assert bool(parsed.rows) != bool(parsed.refusal)


@pytest.mark.parametrize(
    ("parse", "name"),
    [(ema.statuses, "ema_shortages.csv"), (fda.statuses, "fda_shortages.csv"), (tfda.statuses, "tfda_supply_status.json")],
)
def test_rows_are_published_statuses_under_one_snapshot(excerpts: Path, parse: Parser, name: str) -> None:
    rows = parse((excerpts / name).read_bytes()).rows
    assert len({str(row["snapshot_id"]) for row in rows}) == 1
    for row in rows:
        checked = from_json("PublishedStatus", row)
        assert (checked.faults, checked.remarks) == ((), ())


@pytest.mark.shared_data
def test_the_real_foreign_lists_are_read_whole(shared: Path) -> None:
    found = {
        "ema": ema.statuses((shared / "ema/2025-03-22/medicines_output_shortages_en.csv").read_bytes()),
        "fda": fda.statuses((shared / "fda-ruptures/shortages_current_posted_2012-2024.csv").read_bytes()),
        "tfda": tfda.statuses((shared / "tfda-ruptures/supply_status_2026-04-29.json").read_bytes()),
    }
    assert {name: Counter(row["code"] for row in parsed.rows) for name, parsed in found.items()} == {
        "ema": {2: 34, 4: 27},
        "fda": {1: 276, 2: 850, 3: 3, 4: 29},
        "tfda": {1: 1, 2: 260, 4: 379},
    }
    assert [parsed.problems for parsed in found.values()] == [(), (), ()]


@pytest.mark.shared_data
def test_the_real_failed_run_is_refused_and_its_neighbours_are_read(shared: Path) -> None:
    lists = {path.stem[-10:]: tfda.statuses(path.read_bytes()) for path in sorted((shared / "tfda-ruptures").glob("*.json"))}
    assert {day for day, parsed in lists.items() if parsed.refusal} == {"2026-04-23"}
    assert {len(parsed.rows) for day, parsed in lists.items() if day != "2026-04-23"} == {636, 640, 646, 650, 651}


@pytest.mark.shared_data
def test_the_real_letters_to_professionals_are_no_shortage_list(shared: Path) -> None:
    assert refusal(ema.statuses((shared / "ema/2025-03-22/medicines_output_dhpc_en_2022.csv").read_bytes())) == "missing_column"
