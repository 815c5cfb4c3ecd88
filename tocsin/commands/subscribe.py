"""`tocsin subscribe`: an authority's client."""

from __future__ import annotations

import json as jsonlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from notifiers.signing import keys_by_id
from tocsin.commands.options import HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put
from tocsin.commands.running import run
from tocsin.commands.tail import start_of
from tocsin.exits import UsageError
from tocsin.hub import Hub
from tocsin.subscribe import subscribe as follow


def subscribe(
    authority: str,
    start: Annotated[str, typer.Option("--from", help="beginning, end, or an offset.")] = "beginning",
    count: Annotated[int | None, typer.Option("--count", min=1, help="Stop after so many records.")] = None,
    timeout: Annotated[float | None, typer.Option("--timeout", min=0, help="Stop after so many seconds without a record.")] = None,
    acknowledge: Annotated[bool, typer.Option(help="Acknowledge `received` what is good.")] = True,
    keys: Annotated[
        Path | None, typer.Option("--jwks", help="Public keys of the hub got another way; then those of the topic are not believed.")
    ] = None,
    user: Annotated[str | None, typer.Option("--user", help="Kafka user to read as; default the authority's own.")] = None,
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Follow an authority's topic (or `public`): verify, find gaps, acknowledge. Exit 1 on a bad signature or a gap."""
    show = put if json else _in_words
    hub = Hub.find(home, settings)
    access = hub.access(user or ("operator" if authority == "public" else authority))
    pinned = keys_by_id(_read(keys)) if keys else None
    run(
        follow(
            access,
            authority,
            show,
            lambda: datetime.now(UTC),
            start=start_of(start),
            count=count,
            timeout_s=timeout,
            acknowledge=acknowledge and authority != "public",
            pinned=pinned,
        )
    )


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        return list(jsonlib.loads(file.read_text(encoding="utf-8"))["keys"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file} holds no JWKS ({error})") from error


def _in_words(line: dict[str, Any]) -> None:
    mark = "ok  " if line["verified"] and not line["gap"] else "BAD "
    what = f"{line['message_kind']} {line['reference'] or ''} class {line['class'] or '-'}"
    print(f"{mark}{line['sequence']:>6}  {what}  {'; '.join(line['problems'])}", flush=True)
