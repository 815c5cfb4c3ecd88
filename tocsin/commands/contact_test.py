"""`tocsin contact-test`: a message of fixed words to enrolled contacts, to see that it reaches them."""

from __future__ import annotations

from typing import Annotated

import typer

from alertcore.cases.contact_test import ABLE, ACTION
from alertcore.records.shared import Nature
from tocsin.commands.options import ByOption, HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put
from tocsin.commands.running import run
from tocsin.exits import DONE, UsageError
from tocsin.hub import Hub
from tocsin.setting_up import send_command


def contact_test(
    by: ByOption,
    kinds: Annotated[str, typer.Option("--kinds", help=f"Kinds of person or body, comma separated; default {', '.join(ABLE)}.")] = "",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Check contact points: everybody of these kinds is asked to acknowledge; nothing in it is about a product."""
    unknown = [k.strip() for k in kinds.split(",") if k.strip() and k.strip() not in ABLE]
    if unknown:
        raise UsageError(f"--kinds: {', '.join(unknown)} cannot be asked; expected some of {', '.join(ABLE)}")
    run(_send(Hub.find(home, settings), by, kinds, json))


async def _send(hub: Hub, by: str, kinds: str, as_json: bool) -> int:
    given = {"kinds": kinds} if kinds.strip() else {}
    receipt = await send_command(hub.access("hub"), ACTION, "contacts", by, "", given, nature=Nature.TEST)
    if receipt.verdict == "refused":
        raise UsageError("; ".join(p.text for p in receipt.problems))
    put({"event_id": receipt.event_id, "verdict": receipt.verdict}) if as_json else print("the check of contact points is on its way")
    return DONE
