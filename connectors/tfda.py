"""The Taiwan FDA's supply status (data sets 54504, 54505, 54506) as PublishedStatus records.

The usable key is the licence number (`TW:衛部藥輸字第028596號`); the running number changes between snapshots. Short with an
alternative counts as code 2, short without one as 1, resolved as 4. Some licences stand in two lists: both rows are kept.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime

from connectors.foreign import ForeignStatus, one_line
from connectors.source_text import JsonObject, Parsed, Problem, control_character, decode, keep_status, refused
from connectors.tabular import Fields

CODES = {"54504_with_alternative": 2, "54505_no_alternative": 1, "54506_resolved": 4}
COLUMNS = ("編號", "公告更新時間", "中文品名", "許可證字號", "供應狀態")
PAGE = "https://data.fda.gov.tw/"
# What the publisher writes as the only row of a list that is empty on purpose.
NO_DATA = "沒有資料"


def statuses(data: bytes) -> Parsed[JsonObject]:
    """The three lists as one snapshot. A well-formed answer whose lists are all empty is a failed run and is refused."""
    source = decode(data)
    if isinstance(source, Problem):
        return refused(source)
    lists = _lists(source.text)
    if isinstance(lists, Problem):
        return refused(lists, source.encoding)
    return keep_status(_rows(lists, source.encoding), "tfda", data)


def _lists(text: str) -> dict[str, list[object]] | Problem:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Problem(getattr(error, "lineno", None), None, "not_json", str(error))
    lists = document.get("datasets") if isinstance(document, dict) else None
    if not isinstance(lists, dict):
        return Problem(None, "datasets", "missing_column", "the document has no object `datasets`")
    for name in CODES:
        if not isinstance(lists.get(name), list):
            return Problem(None, name, "missing_column", f"the list {name} is missing")
    return {name: rows for name, rows in lists.items() if isinstance(rows, list)}


def _rows(lists: dict[str, list[object]], encoding: str) -> Parsed[JsonObject]:
    remarks = [Problem(None, name, "unknown_column", f"list {name!r} is not known") for name in lists if name not in CODES]
    rows: list[JsonObject] = []
    problems: list[Problem] = []
    for name, number, row in _numbered(lists):
        if isinstance(row, dict) and row.get(COLUMNS[0]) == NO_DATA:
            remarks.append(Problem(number, name, "no_data", "the publisher says that this list is empty"))
            continue
        fields = _fields(number, row)
        if isinstance(fields, Problem):
            problems.append(fields)
            continue
        status = _status(fields, name)
        problems += fields.problems
        if not fields.problems:
            rows.append(status.record())
    return Parsed(tuple(rows), tuple(problems), tuple(remarks), encoding)


def _numbered(lists: dict[str, list[object]]) -> Iterator[tuple[str, int, object]]:
    """Rows of the known lists; `line` of a problem is the row's place over all lists, from 1."""
    known = [(name, row) for name in CODES for row in lists[name]]
    return ((name, number, row) for number, (name, row) in enumerate(known, start=1))


def _fields(number: int, row: object) -> Fields | Problem:
    if not isinstance(row, dict) or not all(isinstance(row.get(name), str) for name in COLUMNS):
        return Problem(number, None, "not_a_record", f"the row is no object with the texts {', '.join(COLUMNS)}")
    for name in COLUMNS:
        if control := control_character(row[name]):
            return Problem(number, name, "control_character", f"{control} in {name}: the text was wrongly converted")
    return Fields(number, {name: row[name] for name in COLUMNS})


def _status(row: Fields, source: str) -> ForeignStatus:
    return ForeignStatus(
        *("TW", row.needed("許可證字號"), PAGE, CODES[source], source, one_line(row.needed("中文品名"))),
        updated=_day(row, "公告更新時間"),
    )


def _day(row: Fields, name: str) -> date | None:
    try:
        return datetime.strptime(row.text(name), "%Y/%m/%d").date()
    except ValueError:
        row.wrong(name, "not_a_date", f"{row.text(name)!r} is not a day YYYY/MM/DD")
        return None
