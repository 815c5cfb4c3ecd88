"""The FDA's drug shortages list (openFDA drug/shortages as CSV) as PublishedStatus records.

The number is the package's NDC (`US:64850-504-01`). `Current` counts as 1 when the package is unavailable, else as 2: the
list still names it. `To Be Discontinued` is 3, `Resolved` 4. A list column holds the text of a Python list.
"""

import ast
from datetime import date, datetime

from connectors.foreign import ForeignStatus, one_line, read_list
from connectors.source_text import JsonObject, Parsed
from connectors.tabular import Fields

COLUMNS = (
    *("generic_name", "package_ndc", "status", "initial_posting_date", "availability", "company_name", "therapeutic_category"),
    *("dosage_form", "application_number", "manufacturer_name", "product_ndc", "route", "substance_name"),
)
CODES = {"current": 2, "to be discontinued": 3, "resolved": 4}
# The third spelling is the publisher's own.
AVAILABILITIES = ("", "available", "avaliable", "limited availability", "unavailable")
PAGE = "https://www.accessdata.fda.gov/scripts/drugshortages/"


def statuses(data: bytes) -> Parsed[JsonObject]:
    """The list as one snapshot."""
    return read_list(data, "fda", "generic_name", COLUMNS, _status)


def _status(row: Fields) -> ForeignStatus:
    label, availability = row.text("status"), row.text("availability")
    return ForeignStatus(
        *("US", row.needed("package_ndc"), PAGE, _code(row), f"{label}; {availability}" if availability else label),
        *(one_line(row.needed("generic_name")), _listed(row, "substance_name")),
        start=_american_day(row, "initial_posting_date"),
    )


def _code(row: Fields) -> int:
    status, availability = row.text("status").lower(), row.text("availability").lower()
    if status not in CODES:
        row.remark("status", "unknown_code", f"{row.text('status')!r} is read as current")
    if availability not in AVAILABILITIES:
        row.remark("availability", "unknown_code", f"{row.text('availability')!r} is not a known value")
    code = CODES.get(status, 2)
    return 1 if code == 2 and availability == "unavailable" else code


def _listed(row: Fields, name: str) -> tuple[str, ...]:
    value = row.text(name)
    if not value:
        return ()
    try:
        items = ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        items = None
    if isinstance(items, list) and all(isinstance(item, str) for item in items):
        return tuple(one_line(item) for item in items)
    row.remark(name, "not_a_list", f"{name} is no list of texts and is kept as one")
    return (one_line(value),)


def _american_day(row: Fields, name: str) -> date | None:
    value = row.text(name)
    if not value:
        return None
    try:
        return datetime.strptime(value, "%m/%d/%Y").date()
    except ValueError:
        row.wrong(name, "not_a_date", f"{value!r} is not a day MM/DD/YYYY")
        return None
