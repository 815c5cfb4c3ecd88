"""Runs a command's coroutine and turns what went wrong into a sentence and an exit code."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, NoReturn

import typer
import uvloop

from plumbing.errors import NotThere, PlumbingError, Refused
from tocsin.commands.output import say
from tocsin.exits import FAILED, UNREACHABLE, USAGE, ExitError


def run(work: Coroutine[Any, Any, int | None]) -> NoReturn:
    """Run to the end and leave with its exit code (None is 0)."""
    raise typer.Exit(guarded(work))


def guarded(work: Coroutine[Any, Any, int | None]) -> int:
    """The exit code of the work, with errors said on standard error."""
    client = logging.getLogger("aiokafka")
    before = client.level
    client.setLevel(logging.CRITICAL)  # what matters of it comes as an error, in our words
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work) or 0
    except ExitError as error:
        say(f"tocsin: {error.text}")
        return error.code
    except (Refused, NotThere) as error:
        say(f"tocsin: {error}")
        return USAGE
    except PlumbingError as error:
        say(f"tocsin: the hub's Kafka cannot be reached: {error}. Is the hub up?")
        return UNREACHABLE
    except KeyboardInterrupt:
        return FAILED
    finally:
        client.setLevel(before)
