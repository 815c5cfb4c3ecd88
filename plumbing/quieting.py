"""Libraries that repeat themselves are let through ten times a minute: 10 s without a broker were 57,000 lines."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

NOISY = ("aiokafka", "faust", "mode", "asyncio")
LINES_OF_A_KIND = 10
LINES_OF_A_LOGGER = 60
WINDOW_S = 60.0
KINDS = 1000


@dataclass(slots=True)
class _Window:
    began: float
    passed: int = 0
    left_out: int = 0


class RepeatFilter(logging.Filter):
    """For a handler. Kinds are told by logger, level and unformatted message; time is that of the records themselves."""

    def __init__(self, on_suppressed: Callable[[str, int], None] | None = None) -> None:
        super().__init__()
        self._on_suppressed = on_suppressed or (lambda _logger, _lines: None)
        self._windows: dict[tuple[str, int, str], _Window] = {}
        self._swept = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written; the first one of a new minute says how many were not."""
        if record.name.partition(".")[0] not in NOISY:
            return True
        of_kind = self._window((record.name, record.levelno, str(record.msg)), record.created)
        of_logger = self._window((record.name, -1, ""), record.created)
        if of_kind.passed >= LINES_OF_A_KIND or of_logger.passed >= LINES_OF_A_LOGGER:
            of_kind.left_out += 1
            self._on_suppressed(record.name, 1)
            return False
        of_kind.passed += 1
        of_logger.passed += 1
        self._tell(record, of_kind)
        return True

    def _window(self, kind: tuple[str, int, str], now: float) -> _Window:
        window = self._windows.get(kind)
        if window is None and len(self._windows) >= KINDS:
            kind = (kind[0], kind[1], "")  # messages without a template would each be a kind of its own
            window = self._windows.get(kind)
        if window is None or now - window.began >= WINDOW_S:
            left_out = window.left_out if window is not None else 0
            self._forget(now)
            window = self._windows[kind] = _Window(now, left_out=left_out)
        return window

    def _forget(self, now: float) -> None:
        """Drops kinds long over, once a window: walking through them for each line would be the flood's price again."""
        if now - self._swept >= WINDOW_S:
            self._windows = {kind: held for kind, held in self._windows.items() if now - held.began < 2 * WINDOW_S}
            self._swept = now

    @staticmethod
    def _tell(record: logging.LogRecord, window: _Window) -> None:
        if window.left_out:
            record.msg, record.args = f"{record.getMessage()} ({window.left_out} like it left out)", None
            window.left_out = 0
