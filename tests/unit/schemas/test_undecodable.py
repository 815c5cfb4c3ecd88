"""Bytes that are no record are named as such; nothing else ever comes out of the codec."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.catalogue import catalogue
from schemas.codec import UndecodableError, decode, encode
from schemas.stock_lines import read_framed
from tests.unit.schemas.golden import full_record
from tests.unit.schemas.inventing import NAMES


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([v.id for v in catalogue().by_id.values()]))
def test_arbitrary_bytes_decode_or_are_undecodable(body: bytes, schema_id: int) -> None:
    for raw in (body, b"\0" + schema_id.to_bytes(4, "big") + body):
        for read in (decode, read_framed):
            with contextlib.suppress(UndecodableError):
                read(raw)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_one_changed_byte_decodes_or_is_undecodable(data: st.DataObject) -> None:
    raw = bytearray(encode(full_record(data.draw(st.sampled_from(NAMES)))))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(UndecodableError):
        decode(bytes(raw))


@pytest.mark.parametrize("name", NAMES)
def test_a_record_cut_short_anywhere_is_undecodable(name: str) -> None:
    raw = encode(full_record(name))
    for end in range(len(raw)):
        with pytest.raises(UndecodableError) as told:
            decode(raw[:end])
        assert told.value.code == ("empty" if end == 0 else "frame" if end < 5 else "body")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"{}", "frame"),
        (b"\0\0\0\0", "frame"),
        (b"\0\0\0\0\1abc", "schema_id"),
        (b"\0\xff\xff\xff\xff", "schema_id"),
    ],
)
def test_what_is_not_framed_with_an_id_of_ours_says_so(raw: bytes | None, code: str) -> None:
    with pytest.raises(UndecodableError) as told:
        decode(raw)
    assert told.value.code == code
    assert told.value.text


def test_bytes_left_over_are_refused() -> None:
    with pytest.raises(UndecodableError, match="2 bytes are left over"):
        decode(encode(full_record("Plan")) + b"xx")


@pytest.mark.parametrize(
    ("raw", "match"),
    [
        (encode(full_record("Plan")), "not that of a StockReport"),
        (encode(full_record("StockReport"))[:-1], "while reading"),
        (encode(full_record("StockReport")) + b"x", "1 bytes are left over"),
    ],
)
def test_a_stock_report_read_as_plain_lines_is_as_strict(raw: bytes, match: str) -> None:
    with pytest.raises(UndecodableError, match=match):
        read_framed(raw)
