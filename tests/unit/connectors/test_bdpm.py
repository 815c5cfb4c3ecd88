"""The BDPM parser: what it keeps, what it refuses, and how it says so."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from connectors import bdpm
from connectors.source_text import marker

URL = "https://ansm.example.org/x"
GOOD = f"61200510\t\t1\tRupture de stock\t22/10/2025\t26/01/2026\t\t{URL}\r\n"


def lines(*rows: str, encoding: str = "utf-8") -> bytes:
    return "".join(rows).encode(encoding)


def test_an_empty_cip13_means_every_presentation() -> None:
    row = bdpm.availability(lines(GOOD)).rows[0]
    assert row == bdpm.Availability("61200510", "*", 1, "Rupture de stock", date(2025, 10, 22), date(2026, 1, 26), None, URL)


def test_both_encodings_give_the_same_rows_and_the_same_snapshot() -> None:
    text = GOOD.replace("Rupture de stock", "Arrêt de commercialisation").replace("\t1\t", "\t3\t")
    utf8, cp1252 = bdpm.statuses(lines(text)), bdpm.statuses(lines(text, encoding="cp1252"))
    assert (utf8.encoding, cp1252.encoding) == ("utf-8", "cp1252")
    assert utf8.rows == cp1252.rows
    assert utf8.rows[0]["raw_label"] == "Arrêt de commercialisation"


def test_a_decomposed_accent_is_composed() -> None:
    assert bdpm.availability(lines(GOOD.replace("Rupture", "Arre\u0302t"))).rows[0].label.startswith("Arrêt")


def test_a_windows_apostrophe_is_read_as_one() -> None:
    parsed = bdpm.major_interest(b"60005856\tA02BA03\tsolution pour l\x92oeil\thttps://x\r\n")
    assert parsed.rows[0].name == "solution pour l\u2019oeil"


def test_one_empty_trailing_column_is_accepted() -> None:
    assert len(bdpm.availability(lines(GOOD.replace("\r\n", "\t\r\n"))).rows) == 1


def test_blank_lines_and_doubled_carriage_returns_are_ignored() -> None:
    assert len(bdpm.availability(lines(GOOD.replace("\r\n", "\r\r\n"), "\r\n", "\n", GOOD)).rows) == 2


@pytest.mark.parametrize("cut", ["61200510\t\t1\tRupture", GOOD.replace("\r\n", "\tx\r\n")])
def test_a_wrong_column_count_refuses_the_whole_list(cut: str) -> None:
    parsed = bdpm.availability(lines(GOOD, cut))
    assert parsed.rows == ()
    assert parsed.refusal is not None
    assert (parsed.refusal.line, parsed.refusal.code) == (2, "column_count")


def test_a_wrong_column_count_in_a_reference_file_spares_its_neighbours() -> None:
    good = "60005856\tA02BA03\tFAMOTIDINE EG 20 mg\thttps://x\n"
    parsed = bdpm.major_interest(lines(good, "60005856\tA02BA03\n", good))
    assert len(parsed.rows) == 2
    assert [(problem.line, problem.code) for problem in parsed.problems] == [(2, "column_count")]


@pytest.mark.parametrize(
    ("old", "new", "field", "code"),
    [
        ("61200510", "6120051", "cis", "not_a_code"),
        ("61200510", "6120051\u0661", "cis", "not_a_code"),
        ("22/10/2025", "31/02/2025", "start", "not_a_date"),
        ("22/10/2025", "2025-10-22", "start", "not_a_date"),
        ("\t1\t", "\tun\t", "code", "not_a_number"),
        ("\t\t1", "\t3400949497295\t1", "cip13", "check_digit"),
        ("\t\t1", "\t34009494972\t1", "cip13", "not_a_code"),
        ("\t\t1", "\t4006381333931\t1", "cip13", "not_a_code"),
    ],
)
def test_a_bad_cell_is_named_and_its_row_left_out(old: str, new: str, field: str, code: str) -> None:
    parsed = bdpm.availability(lines(GOOD, GOOD.replace(old, new, 1)))
    assert len(parsed.rows) == 1
    assert [(problem.line, problem.field, problem.code) for problem in parsed.problems] == [(2, field, code)]


def test_every_bad_cell_of_a_line_is_told() -> None:
    parsed = bdpm.availability(lines(GOOD, GOOD.replace("61200510", "6").replace("22/10/2025", "hier")))
    assert [problem.field for problem in parsed.problems] == ["cis", "start"]


def test_an_unknown_status_code_is_kept_and_remarked() -> None:
    parsed = bdpm.availability(lines(GOOD.replace("\t1\t", "\t7\t")))
    assert parsed.rows[0].code == 7
    assert [remark.code for remark in parsed.remarks] == ["unknown_code"]


def test_the_code_counts_and_not_the_case_of_the_label() -> None:
    parsed = bdpm.availability(lines(GOOD.replace("Rupture", "rupture")))
    assert parsed.rows[0].code == 1
    assert parsed.remarks == ()


def test_repeated_rows_are_kept() -> None:
    assert len(bdpm.statuses(lines(GOOD, GOOD)).rows) == 2


def test_the_marker_counts_the_rows_under_the_snapshots_name() -> None:
    parsed = bdpm.statuses(lines(GOOD, GOOD))
    assert marker(parsed) == {"snapshot_id": parsed.rows[0]["snapshot_id"], "rows": 2}


def test_another_content_is_another_snapshot() -> None:
    one, two = bdpm.statuses(lines(GOOD)), bdpm.statuses(lines(GOOD, GOOD))
    assert one.rows[0]["snapshot_id"] != two.rows[0]["snapshot_id"]


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"", "empty", None),
        (b"\r\n \n", "empty", None),
        (b"\xef\xbb\xbf", "empty", None),
        (b"<!DOCTYPE html><html><body>moved", "html_page", 1),
        (GOOD.encode() + b"61200510\t\t1\t\x81", "undecodable", 2),
        (GOOD.replace("Rupture", "Ru\x00pture").encode(), "control_character", 1),
        (GOOD.replace("Rupture", "l\u0092arrêt").encode(), "control_character", 1),
    ],
)
def test_bytes_that_are_no_list_are_refused_with_a_reason(data: bytes, code: str, line: int | None) -> None:
    parsed = bdpm.statuses(data)
    assert parsed.rows == ()
    assert parsed.refusal is not None
    assert (parsed.refusal.code, parsed.refusal.line) == (code, line)
    with pytest.raises(ValueError, match="refused"):
        marker(parsed)


@pytest.mark.parametrize(("written", "euros"), [("24,34", "24.34"), ("1,195,27", "1195.27"), ("", None), ("12", "12")])
def test_the_last_comma_of_a_price_is_the_decimal_one(written: str, euros: str | None) -> None:
    row = (
        f"60002283\t4949729\tplaquette\tPrésentation active\t{bdpm.MARKETED}\t16/03/2011\t3400949497294\toui\t65 %;100%\t{written}\t\t\t\n"
    )
    pack = bdpm.presentations(lines(row)).rows[0]
    assert pack.price == (Decimal(euros) if euros else None)
    assert pack.rates == (65, 100)
    assert pack.marketed


def test_holders_lose_the_space_in_front_and_are_a_list() -> None:
    row = "61266250\tA 313\tpommade\tcutanée;orale\tAutorisation active\tProcédure nationale\tCommercialisée\t12/03/1998\t\t\t A; B\tNon\n"
    medicine = bdpm.medicines(lines(row)).rows[0]
    assert (medicine.holders, medicine.routes, medicine.marketed, medicine.reinforced) == (("A", "B"), ("cutanée", "orale"), True, False)


@pytest.mark.parametrize("nature", ["SA", "FT", "ST"])
def test_both_spellings_of_the_therapeutic_fraction_are_known(nature: str) -> None:
    parsed = bdpm.compositions(lines(f"60002283\tcomprimé\t05319\tANASTROZOLE\t1,00 mg\tun comprimé\t{nature}\t1\n"))
    assert parsed.rows[0].code == "05319"
    assert parsed.remarks == ()


def test_an_unknown_generic_type_is_kept_and_remarked() -> None:
    parsed = bdpm.generics(lines("1\tCIMETIDINE\t65383183\t3\t1\n"))
    assert parsed.rows[0].type == 3
    assert [remark.field for remark in parsed.remarks] == ["type"]


def test_the_rows_with_repeated_keys_are_all_kept(broken: Path) -> None:
    parsed = bdpm.statuses((broken / "bdpm_cles_en_double_2026-01-26.txt").read_bytes())
    assert (len(parsed.rows), parsed.encoding, parsed.refusal) == (50, "cp1252", None)
    contradictory = {(row["cip13"], row["code"]) for row in parsed.rows if row["cis"] == "62110699"}
    assert {code for _, code in contradictory} == {2, 4}


def test_controls_of_a_wrong_conversion_are_told_line_by_line(broken: Path) -> None:
    parsed = bdpm.generics((broken / "bdpm_controles_c1_utf8.txt").read_bytes())
    assert {problem.code for problem in parsed.problems} == {"control_character"}
    assert [problem.line for problem in parsed.problems] == list(range(1, len(parsed.problems) + 1))
    assert parsed.rows == ()
    assert "U+0092" in parsed.problems[0].text


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("bdpm_fichier_vide.txt", "empty"),
        ("livraison-national_page_html.csv", "html_page"),
        ("emdn_saut_de_ligne_dans_un_champ.txt", "column_count"),
        ("hhs_virgule_entre_guillemets.csv", "column_count"),
        ("fda_rappel_incomplet.jsonl", "column_count"),
        ("bdpm_controles_c1_utf8.txt", "column_count"),
    ],
)
def test_a_real_broken_file_is_no_shortage_list(broken: Path, name: str, code: str) -> None:
    parsed = bdpm.statuses((broken / name).read_bytes())
    assert parsed.rows == ()
    assert parsed.refusal is not None
    assert parsed.refusal.code == code


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("folder", "rows", "encoding"),
    [
        ("2025-07-04", 957, "utf-8"),
        ("2025-12-29", 982, "cp1252"),
        ("2026-01-19", 984, "utf-8"),
        ("2026-01-26", 993, "utf-8"),
        ("2026-01-26-brut", 993, "cp1252"),
    ],
)
def test_the_real_lists_are_read_whole(shared: Path, folder: str, rows: int, encoding: str) -> None:
    parsed = bdpm.statuses((shared / f"bdpm/disponibilites/{folder}/CIS_CIP_Dispo_Spec.txt").read_bytes())
    assert (len(parsed.rows), parsed.encoding, parsed.problems, parsed.remarks) == (rows, encoding, (), ())


@pytest.mark.shared_data
def test_the_real_list_is_one_snapshot_in_either_encoding(shared: Path) -> None:
    lists = [shared / f"bdpm/disponibilites/{folder}/CIS_CIP_Dispo_Spec.txt" for folder in ("2026-01-26", "2026-01-26-brut")]
    utf8, raw = (bdpm.statuses(path.read_bytes()) for path in lists)
    assert utf8.rows == raw.rows
    codes = [row["code"] for row in utf8.rows]
    assert {code: codes.count(code) for code in (1, 2, 3, 4)} == {1: 76, 2: 434, 3: 45, 4: 438}
    assert sum(row["cip13"] != "*" for row in utf8.rows) == 34
    assert sum("returned" in row for row in utf8.rows) == 438


@pytest.mark.shared_data
def test_the_real_reference_files_are_read_and_only_garbled_rows_are_left_out(shared: Path) -> None:
    raw, utf8 = shared / "bdpm/referentiel-2026-02-10-brut", shared / "bdpm/referentiel-2026-01-28-utf8"
    medicines = bdpm.medicines((raw / "CIS_bdpm.txt").read_bytes())
    mitm = bdpm.major_interest((raw / "CIS_MITM.txt").read_bytes())
    packs = bdpm.presentations((utf8 / "CIS_CIP_bdpm.txt").read_bytes())
    substances = bdpm.compositions((utf8 / "CIS_COMPO_bdpm.txt").read_bytes())
    generics = bdpm.generics((utf8 / "CIS_GENER_bdpm.txt").read_bytes())
    assert [len(parsed.rows) for parsed in (medicines, mitm, packs)] == [15799, 8107, 20879]
    assert (len(substances.rows), len(substances.problems)) == (32449 - 11, 11)
    assert (len(generics.rows), len(generics.problems)) == (10614 - 112, 112)
    assert len({row.cis for row in mitm.rows} - {row.cis for row in medicines.rows}) == 4
    assert sum(pack.price is not None and pack.price >= 1000 for pack in packs.rows) == 434
