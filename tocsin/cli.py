"""The command line: every command of `tocsin`, assembled; only what is called is imported, so that processes start fast."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated

import typer

from tocsin import __version__
from tocsin.exits import ExitError

COMMANDS = {
    "demo": "demo:demo",
    "up": "up:up",
    "check": "check:check",
    "publish": "publish:publish",
    "tail": "tail:tail",
    "subscribe": "subscribe:subscribe",
    "replay": "replay:replay_command",
    "run": "run_role:app",
    "kafka": "kafka:app",
    "topics": "setup:topics_app",
    "senders": "setup:senders_app",
    "authorities": "setup:authorities_app",
    "policy": "setup:policy_app",
    "routes": "routes:app",
    "calendar": "setup:calendar_app",
    "duty": "duty:app",
    "silence": "silence:app",
    "db": "setup:db_app",
    "rules": "rules:app",
    "alerts": "alerts:app",
    "cases": "cases:app",
    "people": "people:app",
    "contact-test": "contact_test:contact_test",
    "held": "held:app",
    "dead-letters": "dead_letters:app",
}
"""Name to module and object below tocsin.commands, in the order of the help."""


def build(asked: str | None) -> typer.Typer:
    """The program with the one command that was asked for, or with all of them."""
    app = typer.Typer(
        name="tocsin", help="Messaging and alerting hub of a medicines agency.", no_args_is_help=True, pretty_exceptions_enable=False
    )
    app.callback()(_root)
    for name in [asked] if asked in COMMANDS else list(COMMANDS):
        module, _, attribute = COMMANDS[str(name)].partition(":")
        found = getattr(import_module(f"tocsin.commands.{module}"), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def _version(asked: bool) -> None:
    if asked:
        print(f"tocsin {__version__}")
        raise typer.Exit


def _root(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False) -> None:
    del version


def main() -> None:
    """Entry point: errors of users end in a sentence, never in a traceback."""
    if sys.argv[1:] == ["--version"]:  # needs no command, and none is imported
        print(f"tocsin {__version__}")
        return
    try:
        build(_asked(sys.argv[1:]))()
    except ExitError as error:
        print(f"tocsin: {error.text}", file=sys.stderr)
        sys.exit(error.code)
    except KeyboardInterrupt:
        sys.exit(130)


def _asked(words: list[str]) -> str | None:
    """The command of a call."""
    return words[0] if words else None
