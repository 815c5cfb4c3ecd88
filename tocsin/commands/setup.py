"""Setting up: topics, senders, authorities, policy, calendar, database; always a plan first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from plumbing.admin import Admin
from store.migrate import upgrade
from tocsin.commands.in_force import put_in_force
from tocsin.commands.options import ByOption, HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put, say
from tocsin.commands.replay import show_differences
from tocsin.commands.running import run
from tocsin.exits import DONE, UsageError
from tocsin.files import Registers, read_registers, read_settings_file
from tocsin.hub import Hub
from tocsin.prepare import apply_settings_files, ensure_token
from tocsin.provision import commands as provision
from tocsin.provision.plan import Step
from tocsin.rereading import under

Planned = Callable[[Admin, Path, Registers], Awaitable[Sequence[Step]]]
SecretsOption = Annotated[Path | None, typer.Option("--secrets", help="Folder for passwords, one file a user; default below --home.")]

topics_app = typer.Typer(help="The hub's own topics, users and rights.", no_args_is_help=True)
senders_app = typer.Typer(help="Who may send what: topics, users and rights of senders.", no_args_is_help=True)
authorities_app = typer.Typer(help="Foreign authorities: topics, users and rights.", no_args_is_help=True)
policy_app = typer.Typer(help="The agency's policy.", no_args_is_help=True)
calendar_app = typer.Typer(help="Public holidays, by which working days are counted.", no_args_is_help=True)
db_app = typer.Typer(help="The database.", no_args_is_help=True)


def _outsiders(registers: Registers) -> provision.Registers:
    return provision.Registers(registers.senders, registers.authorities)


def _partitions(hub: Hub) -> provision.Partitions:
    kafka = hub.settings.kafka.partitions
    return provision.Partitions(kafka.stock, kafka.supply)


def _command(app: typer.Typer, verb: str, work: Callable[[Hub, Admin, Path, Registers], Awaitable[Sequence[Step]]], doc: str) -> None:
    def command(json: JsonOption = False, secrets: SecretsOption = None, home: HomeOption = None, settings: SettingsOption = None) -> None:
        run(_steps(Hub.find(home, settings), secrets, work, json, applied=verb == "apply"))

    command.__doc__ = doc
    app.command(verb)(command)


async def _steps(hub: Hub, secrets: Path | None, work: Any, as_json: bool, *, applied: bool) -> int:
    folder = secrets or (hub.home.secrets if hub.home else None)
    if folder is None:
        raise UsageError("name the folder for passwords with --secrets")
    registers = read_registers(hub.settings)
    try:
        steps = await work(hub, Admin(hub.access("admin")), folder, registers)
    except provision.ProvisionError as error:
        raise UsageError("\n".join(error.problems)) from error
    for step in steps:
        put({"action": step.action.value, "target": step.target, "text": step.text}) if as_json else print(step.text)
    if not as_json:
        say("nothing to do" if not steps else f"{len(steps)} steps {'taken' if applied else 'would be taken; `apply` takes them'}")
    return DONE


async def _apply_senders(hub: Hub, admin: Admin, secrets: Path, registers: Registers) -> Sequence[Step]:
    steps = await provision.senders_apply(admin, secrets, _outsiders(registers))
    tokens = secrets.parent / "tokens"
    tokens.mkdir(mode=0o700, exist_ok=True)
    for name in (*(s.name for s in registers.senders.senders), *hub.settings.web.alertmanager_users):
        ensure_token(tokens / name)
    await _into_force(hub, registers, "senders")
    return steps


async def _apply_authorities(hub: Hub, admin: Admin, secrets: Path, registers: Registers) -> Sequence[Step]:
    steps = await provision.authorities_apply(admin, secrets, _outsiders(registers))
    await _into_force(hub, registers, "authorities")
    return steps


async def _into_force(hub: Hub, registers: Registers, name: str) -> None:
    """The register itself goes into the logs too: the rules decide by it. The door takes it when it runs."""
    for sent in await apply_settings_files(hub.access("hub"), replace(registers, texts={name: registers.texts[name]}), "operator"):
        say(f"{sent} sent to the hub")


_command(topics_app, "plan", lambda h, a, s, _: provision.topics_plan(a, s, _partitions(h)), "What would be made or changed.")
_command(topics_app, "apply", lambda h, a, s, _: provision.topics_apply(a, s, _partitions(h)), "Make it so.")
_command(senders_app, "plan", lambda _, a, s, r: provision.senders_plan(a, s, _outsiders(r)), "What would be made or changed.")
_command(senders_app, "apply", _apply_senders, "Make it so; passwords and tokens go to files.")
_command(authorities_app, "plan", lambda _, a, s, r: provision.authorities_plan(a, s, _outsiders(r)), "What would be made or changed.")
_command(authorities_app, "apply", _apply_authorities, "Make it so; passwords go to files.")


@policy_app.command("plan")
def policy_plan(file: Path, json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """What a policy file would change: the kept logs decided again under it, and nothing sent."""
    run(_plan_policy(Hub.find(home, settings), read_settings_file("policy", file), json))


@policy_app.command("apply")
def policy_apply(
    file: Path, by: ByOption = "operator", json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None
) -> None:
    """Show what a policy file would change, then put it into force; what it leaves out keeps the shipped value."""
    content, text = read_settings_file("policy", file), file.read_text(encoding="utf-8")
    run(_apply_policy(Hub.find(home, settings), content, text, by, json))


@calendar_app.command("show")
def calendar_show(home: HomeOption = None, settings: SettingsOption = None) -> None:
    """The calendar that `apply` would put into force, as JSON: the agency's own file, else the shipped one of this year."""
    print(read_registers(Hub.find(home, settings).settings).texts["calendar"])


@calendar_app.command("apply")
def calendar_apply(
    file: Annotated[Path | None, typer.Argument(help="The agency's own calendar; default files.calendar, else the shipped one.")] = None,
    by: ByOption = "operator",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Put a calendar into force; once a year, for it knows the next five years."""
    hub = Hub.find(home, settings)
    if file is not None:
        read_settings_file("calendar", file)
    text = file.read_text(encoding="utf-8") if file is not None else read_registers(hub.settings).texts["calendar"]
    run(put_in_force(hub, "calendar", text, by, json))


async def _plan_policy(hub: Hub, content: dict[str, Any], as_json: bool) -> int:
    found = await under(hub, content, say)
    put(found) if as_json else show_differences(found)
    return DONE


async def _apply_policy(hub: Hub, content: dict[str, Any], text: str, by: str, as_json: bool) -> int:
    found = await under(hub, content, say)
    if not as_json:
        show_differences(found)
    return await put_in_force(hub, "policy", text, by, as_json, would=found)


@db_app.command("upgrade")
def db_upgrade(home: HomeOption = None, settings: SettingsOption = None) -> None:
    """Bring the database to this version."""
    hub = Hub.find(home, settings)
    if hub.home is not None:
        hub.home.make()
    asyncio.run(upgrade(hub.database_url))
    print("the database is up to date")
