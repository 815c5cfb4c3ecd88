"""Bytes and values: Confluent framing (a zero byte, the schema id, the Avro body) around the catalogue's records."""

from __future__ import annotations

import io
import struct
from functools import cache, lru_cache
from typing import Any

import fastavro

from schemas.binding import record_class
from schemas.catalogue import Released, catalogue
from schemas.reading import Read, reader
from schemas.shape import Convert, dumper, loader
from schemas.writing import Write, writer

MEDIA_TYPE = "application/avro"
_FRAME = struct.Struct(">bI")


class UndecodableError(Exception):
    """Bytes that are no record of the catalogue. `code` is one of: empty, frame, schema_id, body."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def encode(record: Any) -> bytes:
    """Frame a record with the newest schema of its name. TypeError or ValueError for a value of another type than its field."""
    cls: Any = type(record)
    try:
        return _writer(cls)(record)
    except Exception:  # whatever it stumbled over: the general writer says it in words, or takes it after all
        return encode_generally(record)


def encode_generally(record: Any) -> bytes:
    """The same bytes by the general writer, several times slower."""
    cls: Any = type(record)
    released, dump = _general_writer(cls)
    out = io.BytesIO()
    out.write(_FRAME.pack(0, released.id))
    fastavro.schemaless_writer(out, released.parsed, dump(record))
    return out.getvalue()


def decode(raw: bytes | None) -> Any:
    """The record in framed bytes, read with its writer's schema and the newest one. UndecodableError says what is wrong."""
    quick = _quick_reader(raw[: _FRAME.size]) if raw else None
    if raw and quick:
        try:
            record, end = quick(raw, _FRAME.size)
        except Exception:  # whatever it stumbled over: the general reader says it in words, or takes it after all
            return decode_generally(raw)
        if end == len(raw):
            return record
    return decode_generally(raw)


def decode_generally(raw: bytes | None) -> Any:
    """The same by the general reader, which is half as fast, and also reads older versions and what is broken."""
    if not raw:
        raise UndecodableError("empty", "the value is empty")
    if raw[0] != 0 or len(raw) < _FRAME.size:
        raise UndecodableError("frame", "the value does not begin with a zero byte and a four-byte schema id")
    released = catalogue().by_id.get(_FRAME.unpack_from(raw)[1])
    if released is None:
        raise UndecodableError("schema_id", f"schema id {_FRAME.unpack_from(raw)[1]} is not in the catalogue")
    return _read(released, raw)


def record_name(raw: bytes) -> str | None:
    """Name of the record in framed bytes, or None if they are not framed with an id of ours."""
    if len(raw) < _FRAME.size or raw[0] != 0:
        return None
    released = catalogue().by_id.get(_FRAME.unpack_from(raw)[1])
    return released.name if released else None


def _read(released: Released, raw: bytes) -> Any:
    newest, load = _general_reader(released.name)
    body = io.BytesIO(raw)
    body.seek(_FRAME.size)
    try:
        # A reader's schema equal to the writer's only costs time: resolution is for older versions.
        plain = fastavro.schemaless_reader(body, released.parsed, None if released is newest else newest.parsed)
    except Exception as error:  # whatever the broken byte leads to: EOFError, IndexError, UnicodeDecodeError, OverflowError …
        raise UndecodableError("body", f"not a {released.name}: {type(error).__name__} while reading the Avro body") from error
    if body.tell() != len(raw):
        raise UndecodableError("body", f"{len(raw) - body.tell()} bytes are left over after the {released.name}")
    return load(plain)


@cache
def _writer(cls: Any) -> Write:
    released = catalogue().latest(cls.__name__)
    return writer(cls, released.parsed, _FRAME.pack(0, released.id))


@cache
def _general_writer(cls: Any) -> tuple[Released, Convert]:
    dump = dumper(cls, named=True)
    assert dump is not None, f"{cls} is no record"
    return catalogue().latest(cls.__name__), dump


@lru_cache(maxsize=256)
def _quick_reader(frame: bytes) -> Read | None:
    """Reader of what begins so; None for what is not of the newest version of a record."""
    released = catalogue().by_id.get(_FRAME.unpack(frame)[1]) if len(frame) == _FRAME.size and not frame[0] else None
    if released is None or released is not catalogue().latest(released.name):
        return None
    return reader(record_class(released.name), released.parsed)


@cache
def _general_reader(name: str) -> tuple[Released, Convert]:
    cls: Any = record_class(name)
    load = loader(cls)
    assert load is not None, f"{name} is no record"
    return catalogue().latest(name), load
