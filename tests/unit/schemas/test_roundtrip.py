"""Every record comes back as it was: from bytes, from plain JSON, and from what another Avro library wrote."""

from __future__ import annotations

import io
import json
from typing import Any

import avro.io
import avro.schema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertcore.records.notice import Receipt
from schemas.catalogue import catalogue
from schemas.codec import decode, encode, record_name
from schemas.inbound import from_json
from schemas.plain import to_json
from tests.unit.schemas.inventing import NAMES, records

SOME = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", NAMES)
@SOME
@given(data=st.data())
def test_a_record_survives_bytes_and_plain_json(name: str, data: st.DataObject) -> None:
    record = data.draw(records(name))
    raw = encode(record)
    assert decode(raw) == record
    assert record_name(raw) == name
    assert encode(decode(raw)) == raw
    checked = from_json(name, json.loads(json.dumps(to_json(record), allow_nan=False)))
    assert checked.faults == ()
    assert checked.remarks == ()
    assert checked.value == record


@pytest.mark.parametrize("name", NAMES)
@settings(SOME, max_examples=5)
@given(data=st.data())
def test_the_reference_implementation_of_avro_reads_and_writes_the_same_bytes(name: str, data: st.DataObject) -> None:
    """The value itself may differ in time zone objects; that the same bytes come back says that nothing was lost."""
    raw = encode(data.draw(records(name)))
    schema = avro.schema.parse(catalogue().latest(name).text)
    body = io.BytesIO(raw[5:])
    value: Any = avro.io.DatumReader(schema).read(avro.io.BinaryDecoder(body))
    assert body.read() == b""
    out = io.BytesIO()
    avro.io.DatumWriter(schema).write(value, avro.io.BinaryEncoder(out))
    assert decode(raw[:5] + out.getvalue()) == decode(raw)


def test_a_value_of_another_type_than_its_field_is_not_written() -> None:
    wrong: Any = "one"
    with pytest.raises(TypeError):
        encode(Receipt(notice_id="ntc_a", version=wrong))


@pytest.mark.parametrize("raw", [b"", b"\0\0\0", b"\1\0\0\0\x65", b"\0\0\0\0\1rest"])
def test_bytes_without_our_frame_have_no_record_name(raw: bytes) -> None:
    assert record_name(raw) is None
