"""A subscriber's side, pure: is each record signed, for us, and the very next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from alertcore.identity import digest
from alertcore.records.alert import PublishedAlert
from alertcore.records.rapid import AckLevel, Acknowledgement, RapidAlert
from notifiers.chain import Chain, Numbered, addressee, begun_by, breaks, is_heartbeat
from notifiers.signing import JWK, BadSignatureError, UnknownKeyError, verify
from plumbing.records import Headers, OutRecord, Received
from schemas.codec import MEDIA_TYPE, UndecodableError, decode, encode


@dataclass(frozen=True, slots=True)
class Checked:
    """One record of a signed topic and what was found. `gap`: something before it is missing, changed, or was put in.

    `record` is None where the bytes are no such record. `problems`: a sentence each, none when all is well.
    """

    received: Received
    record: Numbered | None
    verified: bool
    gap: bool
    problems: tuple[str, ...]
    kid: str | None = None

    @property
    def good(self) -> bool:
        """Signed, for us, and next in line."""
        return self.verified and not self.gap


class Follower:
    """Follows one signed topic record by record. `keys` may be filled further while it follows.

    `from_start`: the first record seen is the first there ever was; otherwise its place is believed and what follows is held to it.
    """

    def __init__(self, authority: str, keys: Mapping[str, JWK], *, from_start: bool) -> None:
        self.authority = authority
        self._keys = keys
        self._chain: Chain | None = Chain(authority) if from_start else None

    def knows_key_of(self, received: Received) -> bool:
        """Whether the key that the record names is at hand; if not, read the keys again before `check`."""
        kid = _header(received.headers, "tocsin_kid")
        return kid is None or kid in self._keys

    def check(self, received: Received) -> Checked:
        """The record held against its signature and its place; the next one is held to this one whatever came out."""
        value = received.value or b""
        record = _record(value)
        kid, unsigned = self._signature(received, value, record)
        misplaced = self._place(record, value)
        problems = (*unsigned, *misplaced)
        return Checked(received, record, verified=not unsigned, gap=bool(misplaced), problems=problems, kid=kid)

    def _signature(self, received: Received, value: bytes, record: Numbered | None) -> tuple[str | None, list[str]]:
        token = _header(received.headers, "tocsin_jws")
        if token is None:
            return None, ["the record carries no signature (header tocsin_jws)"]
        try:
            signed = verify(token, value, self._keys)
        except UnknownKeyError as error:
            return _header(received.headers, "tocsin_kid"), [str(error)]
        except BadSignatureError as error:
            return None, [str(error)]
        return signed.kid, self._mismatches(signed.authority, signed.sequence, record)

    def _mismatches(self, authority: str, sequence: int, record: Numbered | None) -> list[str]:
        """A good signature of something else: another authority's record, or another place."""
        if record is None:
            return ["what was signed is no record of this kind"]
        found = []
        if authority != self.authority or addressee(record) != self.authority:
            found.append(f"signed for {authority}, not for {self.authority}")
        if sequence != record.sequence:
            found.append(f"signed as number {sequence}, but says {record.sequence}")
        return found

    def _place(self, record: Numbered | None, value: bytes) -> list[str]:
        if record is None:
            if self._chain is not None:
                self._chain = replace(self._chain, previous_hash=sha256(value).digest())
            return ["unreadable, so its place cannot be told"]
        if self._chain is None:
            self._chain = begun_by(record, value)
            return []
        problems = breaks(self._chain, record)
        self._chain = replace(self._chain.after(record, value), sequence=record.sequence)
        return problems


def acknowledgement(checked: Checked, level: AckLevel, at: datetime, by_function: str, prefix: str = "") -> OutRecord | None:
    """The answer to a record, for the authority's own acks topic; None for what is not acknowledged (heartbeats, records without alert).

    Its CloudEvents id is one per record and level, so that sending it again changes nothing.
    """
    record = checked.record
    if not isinstance(record, RapidAlert) or is_heartbeat(record) or record.alert_id is None:
        return None
    ack = Acknowledgement(
        nature=record.nature,
        authority=record.authority,
        alert_id=record.alert_id,
        version=record.version or 1,
        sequence=record.sequence,
        level=level,
        at=at,
        by_function=by_function,
    )
    identity = "evt_" + digest("ack", record.authority, str(record.sequence), record.alert_id, level.value)
    headers = {
        "ce_id": identity,
        "ce_source": f"/authorities/{record.authority}",
        "ce_specversion": "1.0",
        "ce_type": "tocsin.v1.Acknowledgement",
        # no ce_time: where a hub lives in the time of its data, an answer must not carry it to the wall clock
        "content-type": MEDIA_TYPE,
        "tocsin_nature": record.nature.value,
    }
    raw = tuple((name, text.encode()) for name, text in headers.items())
    return OutRecord(f"{prefix}rapidalerts.{record.authority}.acks", encode(ack), record.alert_id.encode(), raw, partition=0)


def _record(value: bytes) -> Numbered | None:
    try:
        record = decode(value)
    except UndecodableError:
        return None
    return record if isinstance(record, RapidAlert | PublishedAlert) else None


def _header(headers: Headers, name: str) -> str | None:
    return next((value.decode("ascii", "replace") for key, value in headers if key == name), None)
