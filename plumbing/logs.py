"""Logging of a process: structlog and the standard library through one handler, JSON lines or console, noisy loggers limited."""

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, Literal, TextIO

import structlog

from plumbing.quieting import RepeatFilter

LogStyle = Literal["json", "console"]

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+\d{8,15}\b")


def set_up_logging(
    role: str,
    *,
    style: LogStyle = "json",
    level: str = "INFO",
    stream: TextIO | None = None,
    on_suppressed: Callable[[str, int], None] | None = None,
) -> None:
    """Once per process, before anything logs (again: replaces the former). Lines go to `stream` (default: stderr) and carry `role`.

    aiokafka, faust, mode and asyncio write at most 10 lines of one kind a minute; what was left out is told in a line, and
    to `on_suppressed(logger, lines)`. Mail addresses and international numbers are masked in every line, whoever wrote it.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(RepeatFilter(on_suppressed))
    handler.setFormatter(_formatter(role, style))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_shared(role), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _shared(role: str) -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _carrying(role),
    ]


def _carrying(role: str) -> Callable[[Any, str, MutableMapping[str, Any]], MutableMapping[str, Any]]:
    def add(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line.setdefault("role", role)
        return line

    return add


def _formatter(role: str, style: LogStyle) -> logging.Formatter:
    last: list[Any] = [structlog.dev.ConsoleRenderer(colors=False)]
    if style == "json":
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_shared(role), processors=[remove, *last, masked])


def masked(_: Any, __: str, line: Any) -> str:
    """The rendered line without mail addresses and phone numbers: an error of a mail server quotes the recipient."""
    return _ADDRESS.sub("(address)", str(line))
