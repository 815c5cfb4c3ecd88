"""Puts a settings file into force on a hub, and says what the door answered."""

from __future__ import annotations

from typing import Any

from tocsin.commands.output import put
from tocsin.exits import DONE, FAILED
from tocsin.hub import Hub
from tocsin.setting_up import send_file


async def put_in_force(hub: Hub, name: str, text: str, by: str, as_json: bool, **more: Any) -> int:
    """The exit code. more: further values of the JSON answer."""
    receipt = await send_file(hub.access("hub"), name, text, by)
    problems = [p.text for p in receipt.problems]
    taken = receipt.verdict in ("taken", "remarks")
    if as_json:
        put({"name": name, "verdict": receipt.verdict, "problems": problems, **more})
    else:
        print("\n".join((f"{name} is in force" if taken else f"{name} was refused:", *(f"  {p}" for p in problems))))
    return DONE if taken else FAILED
