"""References of rapid alert notifications between authorities, as they are written in practice."""

from __future__ import annotations

import re
from dataclasses import dataclass

from alertcore.identifiers.places import country

_RAN = re.compile(r"([A-Z]{2})/\s*(I{1,3}|_|)\s*/\s*([0-9]{1,9})\s*/\s*([0-9]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class RanReference:
    """A reference read: country, class, running number of the year, number of the message.

    country: ISO 3166-1. class_: I, II, III, or empty where none is assigned yet.
    """

    country: str
    class_: str
    serial: int
    message_no: int


def ran_reference(text: str) -> RanReference | None:
    """A reference such as `FR/I/12/01` or `IT/_ /2/01`, or None if it is not written so."""
    found = _RAN.fullmatch(text.strip())
    code = country(found[1]) if found else None
    if found is None or code is None or found[4] == "00":
        return None
    return RanReference(country=code, class_=found[2].replace("_", ""), serial=int(found[3]), message_no=int(found[4]))
