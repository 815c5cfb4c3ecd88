"""The devices of a message: every value that is known, in words, and no more lines than can be read."""

from __future__ import annotations

import json

import pytest

from notifiers.device_facts import SHOWN, device_lines

FULL = {
    "name": "Cathéter X",
    "model": "M1",
    "catalogue_no": "C-1",
    "risk_class": "IIa",
    "udi_di": "00844588018923",
    "basic_udi_di": "1987654Ad4X4bL5ttr2310c2K",
    "emdn": "C010101",
    "status": "recalled",
}


def test_a_line_has_everything_that_is_known_of_a_device() -> None:
    assert device_lines(json.dumps([FULL]), "fr") == [
        "Cathéter X, modèle M1, référence C-1, classe IIa, IUD-ID 00844588018923,"
        " IUD-ID de base 1987654Ad4X4bL5ttr2310c2K, EMDN C010101, rappelé"
    ]
    assert device_lines(json.dumps([{"udi_di": "1", "status": "on_market"}]), "en") == ["1, UDI-DI 1"]


@pytest.mark.parametrize(("count", "last"), [(SHOWN, "d19"), (SHOWN + 1, "and 1 more"), (500, "and 480 more")])
def test_twenty_are_named_and_the_rest_is_counted(count: int, last: str) -> None:
    lines = device_lines(json.dumps([{"name": f"d{n}"} for n in range(count)]), "en")
    assert (len(lines), lines[-1]) == (min(count, SHOWN + 1), last)


@pytest.mark.parametrize("text", [None, "", "no json", "{}", "[1, null]"])
def test_what_is_no_table_of_devices_has_no_line(text: str | None) -> None:
    assert device_lines(text, "fr") == []
