"""`tocsin rules`: every rule, when it fires and ends, on what source, and with which numbers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from alertcore.policy import Policy, read_policy
from alertcore.rules.card import RuleCard
from alertcore.rules.catalogue import CARDS, find
from alertcore.statejson import plain
from tocsin.commands.options import JsonOption
from tocsin.commands.output import put
from tocsin.exits import UsageError
from tocsin.files import read_settings_file

app = typer.Typer(help="What the hub looks for, and why.", no_args_is_help=True)
MARKS = {"c": "confirmed in the source", "p": "partly confirmed", "u": "not confirmed: a setting of the agency"}
PolicyOption = Annotated[Path | None, typer.Option("--policy", help="Show the numbers of this policy file; default as shipped.")]


@app.command("list")
def list_rules(json: JsonOption = False) -> None:
    """Every rule, a line each."""
    if json:
        for card in CARDS:
            put(_as_json(card, Policy()))
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("rule", "about", "alert", "source"):
        table.add_column(name, overflow="fold")
    for card in CARDS:
        table.add_row(card.name, ", ".join(card.subjects), card.alert or "signal only", f"{card.source} ({MARKS[card.mark]})")
    Console(width=None if sys.stdout.isatty() else 200).print(table)


@app.command()
def explain(rule: str, policy: PolicyOption = None, json: JsonOption = False) -> None:
    """One rule: when it fires and ends, in French and English, its source and its numbers."""
    card = find(rule)
    if card is None:
        raise UsageError(f"there is no rule {rule}; known are {', '.join(c.name for c in CARDS)}")
    numbers = Policy() if policy is None else read_policy(read_settings_file("policy", policy))
    if json:
        put(_as_json(card, numbers))
        return
    print(f"{card.name}  (version {card.version}, decided in stage {card.stage})")
    for title, text in (("title", card.title), ("fires", card.fires), ("ends", card.ends)):
        print(f"  {title:<7} {text.fr}\n          {text.en}")
    print(f"  about   {', '.join(card.subjects)}\n  alert   {card.alert or 'none: it only signals'}")
    print(f"  source  {card.source} ({MARKS[card.mark]})")
    for path, value in _numbers(card, numbers).items():
        print(f"  {path} = {value}")


def _as_json(card: RuleCard, policy: Policy) -> dict[str, Any]:
    told: dict[str, Any] = plain(card)
    return told | {"thresholds": _numbers(card, policy)}


def _numbers(card: RuleCard, policy: Policy) -> dict[str, Any]:
    """Every number of the rule, by its path in the policy file."""
    found = {}
    for path in card.thresholds:
        value: Any = policy
        for name in path.split("."):
            value = getattr(value, name)
        found[path] = plain(value) if not isinstance(value, int | float | str) else value
    return found
