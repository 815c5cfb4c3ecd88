"""The command line: every command of `tocsin`, assembled."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tocsin import __version__
from tocsin.commands import tail
from tocsin.commands.output import say
from tocsin.exits import ExitError

app = typer.Typer(
    name="tocsin", help="Messaging and alerting hub of a medicines agency.", no_args_is_help=True, pretty_exceptions_enable=False
)


def _version(asked: bool) -> None:
    if asked:
        print(f"tocsin {__version__}")
        raise typer.Exit


@app.callback()
def _root(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False) -> None:
    del version


app.command()(tail.tail)


def main() -> None:
    """Entry point: errors of users end in a sentence, never in a traceback."""
    try:
        app()
    except ExitError as error:
        say(f"tocsin: {error.text}")
        sys.exit(error.code)
