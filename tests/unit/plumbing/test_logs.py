"""One handler for our lines and the libraries', with nobody's address in it, and no library drowning the rest."""

import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from plumbing.logs import set_up_logging
from plumbing.quieting import LINES_OF_A_KIND, LINES_OF_A_LOGGER, WINDOW_S, RepeatFilter


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a role named `door` has written. The root logger is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging("door", stream=stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_lines_and_the_libraries_lines_have_one_form(lines: io.StringIO) -> None:
    structlog.get_logger("connectors.door").warning("refused", sender="lab", count=3)
    logging.getLogger("aiokafka.client").error("no %s", "broker")
    ours, theirs = read(lines)
    assert (ours["event"], ours["sender"], ours["count"], ours["level"], ours["role"]) == ("refused", "lab", 3, "warning", "door")
    assert (theirs["event"], theirs["logger"], theirs["level"], theirs["role"]) == ("no broker", "aiokafka.client", "error", "door")
    assert ours.keys() - theirs.keys() == {"sender", "count"}


def test_bound_ids_are_on_every_line(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(event_id="evt_1"):
        logging.getLogger("any").warning("x")
    logging.getLogger("any").warning("y")
    assert [line.get("event_id") for line in read(lines)] == ["evt_1", None]


def test_addresses_and_numbers_are_masked_wherever_they_come_from(lines: io.StringIO) -> None:
    logging.getLogger("aiosmtplib").error("550 <anna.b@example.org> unknown")
    try:
        raise ValueError("+33639981234 refused")
    except ValueError:
        structlog.get_logger("notifiers").exception("failed", to="a@b.example")
    said = lines.getvalue()
    assert "example" not in said
    assert "3998" not in said
    assert said.count("(address)") == 4


def test_a_trace_is_one_line_of_json(lines: io.StringIO) -> None:
    try:
        raise LookupError("gone")
    except LookupError:
        structlog.get_logger("any").exception("failed")
    (line,) = read(lines)
    assert "LookupError: gone" in line["exception"]


def test_debug_is_left_out_and_warnings_are_lines(lines: io.StringIO) -> None:
    structlog.get_logger("any").debug("not seen")
    logging.getLogger("any").debug("not seen")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old call", DeprecationWarning, stacklevel=1)
    assert ["old call" in line["event"] for line in read(lines)] == [True]


def test_an_outage_writes_some_lines_not_thousands(lines: io.StringIO) -> None:
    for n in range(57_000):
        logging.getLogger("aiokafka.conn").error("connection %s refused", n)
    for n in range(200):
        logging.getLogger("tocsin").error("connection %s refused", n)
    loggers = [line["logger"] for line in read(lines)]
    assert loggers.count("aiokafka.conn") == LINES_OF_A_KIND
    assert loggers.count("tocsin") == 200


def passed(quiet: RepeatFilter, message: str, at: float, name: str = "faust.app") -> str | None:
    record = logging.LogRecord(name, logging.ERROR, "", 0, message, None, None)
    record.created = at
    return record.getMessage() if quiet.filter(record) else None


def test_the_first_line_of_the_next_minute_says_how_many_were_left_out() -> None:
    left_out: list[tuple[str, int]] = []
    quiet = RepeatFilter(lambda logger, count: left_out.append((logger, count)))
    written = [passed(quiet, "same", 1000.0) for _ in range(25)]
    assert sum(one is not None for one in written) == LINES_OF_A_KIND
    assert passed(quiet, "same", 1000.0 + WINDOW_S) == "same (15 like it left out)"
    assert passed(quiet, "same", 1001.0 + WINDOW_S) == "same"
    assert left_out == [("faust.app", 1)] * 15


def test_messages_without_a_template_are_limited_by_logger() -> None:
    quiet = RepeatFilter()
    assert sum(passed(quiet, f"message {n}", 1000.0) is not None for n in range(5000)) == LINES_OF_A_LOGGER


def test_one_repeating_kind_does_not_hide_another() -> None:
    quiet = RepeatFilter()
    for _ in range(1000):
        passed(quiet, "same", 1000.0)
    assert passed(quiet, "something else", 1000.0) == "something else"
