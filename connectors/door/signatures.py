"""Signatures of rapid alerts from authorities whose keys the register pins."""

from __future__ import annotations

from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from connectors.door.arrival import Arrival
from connectors.door.findings import Findings

HEADER = "tocsin_jws"
ALGORITHMS = ["ES256", "Ed25519"]


def check_signature(arrival: Arrival, keys: dict[str, Any] | None, found: Findings) -> None:
    """Detached JWS (RFC 7515, appendix F) over the exact bytes. Without pinned keys the right to write the topic is the proof."""
    if keys is None:
        return
    token = arrival.headers.get(HEADER)
    if not token:
        found.fault(HEADER, "signature", "this authority's messages must be signed, and this one is not")
        return
    try:
        # Keys come from the register alone: a key or an address named in the message's own header is never used.
        jws.deserialize_compact(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS, payload=arrival.value)  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError) as error:
        found.fault(HEADER, "signature", f"the signature does not hold: {type(error).__name__}")
