"""What the relay writes: a record with its place in the chain, signed, and the heartbeats between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

from alertcore.identity import digest
from alertcore.records.rapid import MessageKind, RapidAlert
from alertcore.records.shared import Nature
from notifiers.chain import NOTHING, Chain, Numbered, addressee, target_topic
from notifiers.signing import KeyRing
from plumbing.records import Headers, OutRecord
from schemas.codec import MEDIA_TYPE, encode
from schemas.plain import format_time

_PASSED_ON = ("ce_id", "ce_source", "ce_specversion", "ce_type", "ce_time", "ce_subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who speaks: the agency, its keys, and the nature its heartbeats are of."""

    agency: str
    country: str
    name: str
    keys: KeyRing
    nature: Nature = Nature.ACTUAL


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record ready to be written, and the chain once it stands."""

    out: OutRecord
    chain: Chain


def seal(chain: Chain, record: Numbered, issuer: Issuer, now: datetime, headers: Headers = (), prefix: str = "") -> Sealed:
    """`record` as the next one of the chain: hash of the one before filled in, encoded, signed. `headers`: those it came with."""
    linked = replace(record, previous_hash=chain.previous_hash)
    value, day = encode(linked), now.astimezone(UTC).date()
    signature = issuer.keys.sign(value, chain.authority, linked.sequence, day)
    all_headers = {
        **_event_headers(linked, headers, now),
        "content-type": MEDIA_TYPE,
        "tocsin_nature": linked.nature.value,
        "tocsin_jws": signature,
        "tocsin_kid": issuer.keys.kid(day),
    }
    out = OutRecord(
        prefix + target_topic(chain.authority),
        value,
        (linked.alert_id or chain.authority).encode(),
        tuple((name, text.encode()) for name, text in all_headers.items()),
        partition=0,
    )
    return Sealed(out, chain.after(linked, value))


def heartbeat(chain: Chain, issuer: Issuer, now: datetime) -> RapidAlert:
    """All is well: the last sequence, and the count and running hash of the chain's day."""
    return RapidAlert(
        nature=issuer.nature,
        message_kind=MessageKind.HEARTBEAT,
        authority=chain.authority,
        sequence=chain.sequence,
        previous_hash=NOTHING,
        country=issuer.country,
        issuing_authority=issuer.name,
        issued_at=now,
        day=chain.digest(),
    )


def beats(chain: Chain, issuer: Issuer, now: datetime, prefix: str = "") -> Iterator[Sealed]:
    """The heartbeats due at `now`: one, or at the turn of a day (UTC) the last of the old day, its digest, and the first of the new.

    So whatever follows a heartbeat belongs to that heartbeat's day. The day never goes back, whatever the clock does.
    """
    today = now.astimezone(UTC).date()
    if chain.day is not None and chain.day < today:
        closing = seal(chain, heartbeat(chain, issuer, now), issuer, now, prefix=prefix)
        yield closing
        chain = closing.chain
    if chain.day is None or chain.day < today:
        chain = chain.on(today)
    yield seal(chain, heartbeat(chain, issuer, now), issuer, now, prefix=prefix)


def fingerprint(record: Numbered) -> bytes:
    """Hash of what a record says, whatever its place: equal for one that came twice."""
    return sha256(encode(replace(record, previous_hash=NOTHING))).digest()


def _event_headers(record: Numbered, headers: Headers, now: datetime) -> Mapping[str, str]:
    """CloudEvents headers: those it came with, else its own."""
    name = type(record).__name__
    told = {key: value.decode(errors="replace") for key, value in headers if key in _PASSED_ON}
    identity = "evt_" + digest("relay", addressee(record), str(record.sequence), record.previous_hash)
    own = {
        "ce_id": identity,
        "ce_source": "/tocsin/relay",
        "ce_specversion": "1.0",
        "ce_type": f"tocsin.v1.{name}",
        "ce_time": format_time(now),
    }
    subject = {"ce_subject": record.alert_id} if record.alert_id else {}
    return {**own, **subject, **told}
