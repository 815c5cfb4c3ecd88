"""Whatever bytes come, a parser answers with rows or a reason and never with an exception."""

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import bdpm, ema, fda, tfda

GOOD = "61200510\t\t1\tRupture de stock\t22/10/2025\t26/01/2026\t\thttps://x\r\n"
cells = st.text(st.characters(codec="utf-8", exclude_characters="\t\n"), max_size=12)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    for parse in (bdpm.statuses, ema.statuses, fda.statuses, tfda.statuses):
        parsed = parse(data)
        assert bool(parsed.rows) != bool(parsed.refusal)


@settings(max_examples=200, deadline=None)
@given(st.lists(cells, min_size=8, max_size=8))
def test_any_row_of_eight_cells_never_costs_a_good_neighbour_unless_all_is_refused(row: list[str]) -> None:
    parsed = bdpm.availability((GOOD + "\t".join(row) + "\n" + GOOD).encode())
    assert parsed.refusal is not None or len(parsed.rows) >= 2


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(cells, max_size=14), max_size=5))
def test_any_table_of_a_comma_list_gets_an_answer(rows: list[list[str]]) -> None:
    text = ",".join(fda.COLUMNS) + "\n" + "\n".join(",".join(row) for row in rows)
    parsed = fda.statuses(text.encode())
    assert bool(parsed.rows) != bool(parsed.refusal)
