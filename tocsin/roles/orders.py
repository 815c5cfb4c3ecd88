"""What a process of the hub is to be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1:0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """role: a module of tocsin.roles; name: in logs and metrics; status: file to write once it is ready; stage, instance: of a `decide`.

    health: HOST:PORT of /live, /ready and /metrics; after: file of `up` to wait for, which holds the brokers' address once everything
    in Kafka is prepared. nice: how far it steps back where processors are short.
    """

    role: str
    name: str
    status: Path | None = None
    health: str = LOOPBACK
    after: Path | None = None
    settings: Path | None = None
    stage: str = ""
    instance: str = "0"
    nice: int = 0
