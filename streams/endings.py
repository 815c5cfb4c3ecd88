"""How a decide process ends when it must not go on: exit codes, and the end without any further write."""

from __future__ import annotations

import logging
import os
from typing import NoReturn, Protocol

DONE, FAILED = 0, 1
FENCED, LOG_GONE, POISONED = 75, 78, 79
"""75: another process owns the partition, or offsets came out of order (start again at once). 78: the log begins beyond what
was decided (a person must look). 79: too many messages cannot be decided (a person must look)."""

_log = logging.getLogger(__name__)


class LogBeginsTooLateError(Exception):
    """The log's first kept offset is beyond the last one decided: messages are gone that nobody decided."""


class OutOfOrderError(Exception):
    """A message came that does not follow the one before."""


class StalledError(Exception):
    """Messages wait, and none was decided for too long."""


class End(Protocol):
    """Ends the process at once, with an exit code, and says why."""

    def __call__(self, code: int, text: str) -> None:
        """Does not return in a real process."""
        ...


def end_now(code: int, text: str) -> NoReturn:
    """Logs, flushes the handlers, and leaves without running anything else: nothing may be written or committed any more."""
    _log.critical("decide process ends at once: %s (exit code %d)", text, code)
    for handler in [*logging.getLogger().handlers, *_log.handlers]:
        handler.flush()
    os._exit(code)
