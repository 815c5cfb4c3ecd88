"""The quick reader: the same values as the general one, for every record, and for whatever else the bytes may be."""

from __future__ import annotations

import io
import struct
from typing import Any

import fastavro
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertcore.records.hub import Tick
from schemas import codec
from schemas.binding import record_class
from schemas.catalogue import Catalogue, Released, catalogue
from schemas.codec import UndecodableError, decode, decode_generally, encode
from schemas.reading import UnusualError, reader
from tests.unit.schemas.golden import full_record
from tests.unit.schemas.inventing import NAMES, records

FRAME = 5


def both(raw: bytes) -> tuple[Any, Any]:
    """What the codec and the general reader make of it: a value with its exact types, or the code of a refusal."""
    found: list[Any] = []
    for read in (decode, decode_generally):
        try:
            found.append(repr(read(raw)))
        except UndecodableError as error:
            found.append(error.code)
    return found[0], found[1]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_reads_what_the_general_reader_reads(name: str, data: st.DataObject) -> None:
    raw = encode(data.draw(records(name)))
    assert repr(decode(raw)) == repr(decode_generally(raw))


@pytest.mark.parametrize("name", NAMES)
def test_an_ordinary_record_is_read_without_the_general_reader(name: str) -> None:
    record = full_record(name)
    raw = encode(record)
    assert reader(record_class(name), catalogue().latest(name).parsed)(raw, FRAME) == (record, len(raw))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_of_broken_bytes_it_makes_what_the_general_reader_makes(name: str, data: st.DataObject) -> None:
    raw = bytearray(encode(full_record(name)))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(FRAME, len(raw) - 1))] = data.draw(st.integers(0, 255))
    quick, general = both(bytes(raw[: data.draw(st.integers(FRAME, len(raw)))]))
    assert quick == general


@pytest.mark.parametrize("name", NAMES)
def test_a_record_cut_short_never_ends_where_its_bytes_do(name: str) -> None:
    raw, read = encode(full_record(name)), reader(record_class(name), catalogue().latest(name).parsed)
    for end in range(FRAME, len(raw)):
        try:
            _, after = read(raw[:end], FRAME)
        except (IndexError, UnusualError, struct.error, UnicodeDecodeError):
            continue
        assert after > end


def test_forms_that_are_rare_are_left_to_the_general_reader() -> None:
    schema: Any = catalogue().latest("Journal").parsed
    raw = encode(full_record("Journal"))
    read = reader(record_class("Journal"), schema)
    for odd in (b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", b"\xff" * 9 + b"\x01"):
        with pytest.raises(UnusualError):
            read(raw[:FRAME] + odd, FRAME)


def test_a_list_in_blocks_that_say_their_bytes_is_read_all_the_same() -> None:
    name = "JournalPart"
    raw = encode(full_record(name))
    plain = fastavro.schemaless_reader(io.BytesIO(raw[FRAME:]), catalogue().latest(name).parsed, None)
    body = raw[FRAME + 1 : -1]  # one block of a plain count, and the empty one
    count = raw[FRAME] >> 1
    assert count == len(plain["emits"])  # type: ignore[index, call-overload]
    sized = bytes([2 * count - 1]) + _number(len(body)) + body + b"\0"
    assert both(raw[:FRAME] + sized) == both(raw)


def _number(value: int) -> bytes:
    out, left = bytearray(), value << 1
    while left > 0x7F:
        out.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes([*out, left])


def test_an_older_version_is_read_with_the_schema_it_was_written_with(monkeypatch: pytest.MonkeyPatch) -> None:
    raw, of = encode(full_record("Tick")), catalogue().latest("Tick")
    schema: Any = of.parsed
    older = fastavro.parse_schema({**schema, "fields": [f for f in schema["fields"] if f["name"] != "idle"]}, named_schemas={})
    first = Released("Tick", 0, 9_999, "", older)
    now = catalogue()
    monkeypatch.setattr(
        codec, "catalogue", lambda: Catalogue({**now.by_id, 9_999: first}, {**now.by_name, "Tick": (first, *now.by_name["Tick"])})
    )
    value: Tick = decode(raw)
    out = io.BytesIO()
    out.write(struct.pack(">bI", 0, 9_999))
    fastavro.schemaless_writer(out, older, {"at": value.at})
    assert decode(out.getvalue()) == Tick(at=value.at)
