"""When a delivery is tried again, and when it is given up: a pure function of what came of it and how often."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from notifiers.ports import Attempt, Verdict
from store.ledger import DeliveryState, LaneNumber
from store.queue import Claimed, Concluded


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds between attempts, doubled each time up to the cap; an urgent message waits less. After `attempts` it is given up."""

    first_s: float = 30.0
    cap_s: float = 3600.0
    urgent_first_s: float = 5.0
    urgent_cap_s: float = 300.0
    attempts: int = 24  # some 18 hours in the normal lane, as long as a mail server would try


def wait_s(backoff: Backoff, claimed: Claimed) -> float:
    """Seconds until the next attempt; up to a quarter more, by delivery, so that a crowd does not come back as one."""
    urgent = claimed.lane == LaneNumber.URGENT
    first, cap = (backoff.urgent_first_s, backoff.urgent_cap_s) if urgent else (backoff.first_s, backoff.cap_s)
    exponent = min(claimed.attempt - 1, 30)
    spread = blake2b(f"{claimed.delivery_id}/{claimed.attempt}".encode(), digest_size=2).digest()
    return float(min(cap, first * 2**exponent) * (1 + int.from_bytes(spread, "big") / 0x40000))


def concluded(attempt: Attempt, backoff: Backoff, now: int) -> Concluded:
    """What the ledger records of an attempt; `now` in microseconds UTC. Not for UNSENT, which is no attempt."""
    claimed, verdict = attempt.claimed, attempt.verdict
    if verdict is Verdict.ACCEPTED:
        return Concluded(claimed, DeliveryState.ACCEPTED, attempt.code, "", attempt.detail)
    if verdict in (Verdict.PERMANENT, Verdict.CONTENT):
        return Concluded(claimed, DeliveryState.FAILED, attempt.code, verdict.value, f"{verdict.value} {attempt.detail}")
    if claimed.attempt >= backoff.attempts and verdict is not Verdict.AUTH:
        return Concluded(claimed, DeliveryState.FAILED, attempt.code, "given_up", f"{verdict.value} {attempt.detail}")
    due = now + int(wait_s(backoff, claimed) * 1_000_000)
    return Concluded(claimed, DeliveryState.DEFERRED, attempt.code, verdict.value, f"{verdict.value} {attempt.detail}", due)
