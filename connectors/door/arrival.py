"""One event as it arrived, before anything of it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from alertcore.records.alert import LogOrigin

MAX_RECORD_BYTES = 4 * 1024 * 1024
"""Largest value the door takes, in bytes."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """sender: who the way in says it is (topic, token), never what the value says. headers: names in lower case.

    origin: where in Kafka it stands; None for what came over HTTP.
    """

    sender: str
    kind: str
    value: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    key: bytes = b""
    origin: LogOrigin | None = None

    @property
    def content_type(self) -> str:
        """Media type without parameters, lower case; empty if none was given."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()
