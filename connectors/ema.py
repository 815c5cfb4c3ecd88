"""EMA's shortages catalogue (medicines_output_shortages_en.csv) as PublishedStatus records.

EMA gives no number: the last part of the page's address is stable and stands for it (`EU:rybelsus`). A row is a shortage
"where supply does not meet demand" somewhere in the Union, so an ongoing one counts as code 2, a resolved one as 4.
"""

from connectors.foreign import ForeignStatus, one_line, read_list
from connectors.source_text import JsonObject, Parsed
from connectors.tabular import Fields

COLUMNS = (
    *("Category", "Medicine affected", "Supply shortage status", "International non-proprietary name (INN) or common name"),
    *("Therapeutic area (MeSH)", "Pharmaceutical forms affected", "Strengths affected", "Availability of alternatives"),
    *("Start of shortage date", "Expected resolution date", "Expected resolution", "First published date", "Last updated date"),
    "Shortage URL",
)
CODES = {"ongoing": 2, "resolved": 4}


def statuses(data: bytes) -> Parsed[JsonObject]:
    """The list as one snapshot; lines before the header (the publisher writes eight) are skipped."""
    return read_list(data, "ema", "Category", COLUMNS, _status)


def _status(row: Fields) -> ForeignStatus:
    label = row.text("Supply shortage status")
    if label.lower() not in CODES:
        row.remark("Supply shortage status", "unknown_code", f"{label!r} is read as ongoing")
    name = one_line(row.needed("Medicine affected"))
    url = row.needed("Shortage URL")
    # An empty INN means that the medicine is named by its substance.
    substances = tuple(one_line(item) for item in row.items("International non-proprietary name (INN) or common name")) or (name,)
    first, last = row.day("First published date"), row.day("Last updated date")
    return ForeignStatus(
        *("EU", url.rstrip("/").rpartition("/")[2], url, CODES.get(label.lower(), 2), label, name, substances),
        start=row.day("Start of shortage date"),
        updated=last or first,
    )
