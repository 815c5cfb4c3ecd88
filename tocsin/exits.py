"""Exit codes, and errors that end the program with a sentence instead of a traceback."""

from __future__ import annotations

from streams.endings import FENCED, LOG_GONE, POISONED

DONE, FAILED, USAGE, UNREACHABLE = 0, 1, 2, 3
__all__ = [
    "DONE",
    "FAILED",
    "FENCED",
    "LOG_GONE",
    "NO_RESTART",
    "POISONED",
    "UNREACHABLE",
    "USAGE",
    "ExitError",
    "UnreachableError",
    "UsageError",
]
NO_RESTART = frozenset({USAGE, LOG_GONE, POISONED})
"""Codes of a role that need a person: starting again would end the same way."""


class ExitError(Exception):
    """Ends the program. `text` says what is wrong and what to do; `code` is one of the exit codes above."""

    code = FAILED

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class UsageError(ExitError):
    """Wrong usage or settings."""

    code = USAGE


class UnreachableError(ExitError):
    """A server that cannot be reached."""

    code = UNREACHABLE
