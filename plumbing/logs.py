"""Logging of a process: structlog and the standard library through one handler, JSON lines or console, noisy loggers limited."""

from typing import Literal, TextIO

LogStyle = Literal["json", "console"]


def set_up_logging(role: str, *, style: LogStyle = "json", level: str = "INFO", stream: TextIO | None = None) -> None:
    """Once per process, before anything logs. Lines go to `stream` (default: stderr) and carry `role`.

    Loggers of aiokafka, faust and mode write at most 10 lines of one kind a minute; what was left out is counted and told.
    """
    raise NotImplementedError
