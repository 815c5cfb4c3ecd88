"""The quick writer: the same bytes as the general one, for every record, and nothing that the general one would not write."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertcore.records.alert import LogOrigin
from alertcore.records.hub import Command, DeadLetter, Tick
from alertcore.records.shared import Nature, SubjectKind
from schemas.catalogue import catalogue
from schemas.codec import decode, encode, encode_generally
from schemas.numbers import number
from schemas.writing import NAMES as KEPT
from schemas.writing import writer
from tests.unit.schemas.inventing import NAMES, records

AT = datetime(2026, 1, 26, 8, tzinfo=UTC)
COMMAND = Command(command_id="c", by="p", action="release", target="alr_x", at=AT)


def dead_letter(offset: Any) -> Any:
    return DeadLetter(origin=LogOrigin(topic="t", partition=0, offset=offset), key=b"", value=b"", error="e", text="", role="r", at=AT)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_writes_what_the_general_writer_writes(name: str, data: st.DataObject) -> None:
    record = data.draw(records(name))
    released = catalogue().latest(name)
    assert writer(type(record), released.parsed)(record) == encode_generally(record)[5:]


@given(value=st.integers(-(2**63), 2**63 - 1))
def test_numbers_of_every_size(value: int) -> None:
    letter = dead_letter(value)
    assert encode(letter) == encode_generally(letter)
    left = 0
    for place, byte in enumerate(number(value)):
        left |= (byte & 0x7F) << 7 * place
    assert (left >> 1) ^ -(left & 1) == value


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1])
def test_a_number_above_64_bits_is_not_written(value: int) -> None:
    with pytest.raises(OverflowError):
        number(value)


@pytest.mark.parametrize(
    "wrong",
    [
        dataclasses.replace(COMMAND, by=7),  # type: ignore[arg-type]
        dataclasses.replace(COMMAND, at="2026-01-26T08:00:00Z"),  # type: ignore[arg-type]
        dataclasses.replace(COMMAND, params={"a": 1.0}),  # type: ignore[dict-item]
        dataclasses.replace(COMMAND, by="half a pair \ud800"),
        dataclasses.replace(COMMAND, nature=None),  # type: ignore[arg-type]
    ],
)
def test_a_value_of_another_type_is_refused_as_the_general_writer_does(wrong: Any) -> None:
    with pytest.raises(Exception) as general:  # noqa: PT011 - whatever it is, it is the same
        encode_generally(wrong)
    with pytest.raises(type(general.value)):
        encode(wrong)


def test_a_fraction_does_not_become_a_kept_whole_number() -> None:
    encode(dead_letter(1))
    with pytest.raises(TypeError):
        KEPT["NUMBER"][KEPT["index"](1.0)]


def test_the_same_instant_in_another_zone_has_the_same_bytes() -> None:
    here, there = AT, AT.astimezone(timezone(timedelta(hours=2)))
    assert encode(Tick(at=there)) == encode(Tick(at=here)) == encode_generally(Tick(at=there))


def test_what_is_kept_stays_small() -> None:
    for n in range(20_000):
        encode(dataclasses.replace(COMMAND, by=f"person {n}", reason="x" * 5000))
    assert all(len(kept) <= 8192 for name, kept in KEPT.items() if name.isupper())
    assert not any(len(raw) > 1024 for raw in KEPT["TEXT"].values())


def test_texts_that_are_members_of_a_list_are_written_as_texts() -> None:
    said = dataclasses.replace(COMMAND, action=SubjectKind.CIS, nature=Nature.ACTUAL)
    assert decode(encode(said)).action == "cis"
    assert encode(said) == encode_generally(said)
