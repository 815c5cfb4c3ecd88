"""The agency's files as `up` and the commands read them: YAML in, checked; what is not named is the shipped one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from alertcore.records.hub import SettingName
from alertcore.register import Authorities, Senders, read_authorities, read_senders
from connectors.door.findings import Findings
from connectors.door.settings_files import parse_settings
from tocsin.exits import UsageError
from tocsin.public_holidays import shipped_calendar
from tocsin.settings import Settings

SHIPPED = {"senders": "senders.yaml", "authorities": "authorities.yaml"}
"""Files of the demo, which a hub without settings of its own uses, so that its first event can be tried at once."""


@dataclass(frozen=True, slots=True)
class Registers:
    """The files in force at the start of a hub. texts: file name (policy, routes ...) to YAML, only what is given, and the calendar."""

    texts: dict[str, str]
    senders: Senders
    authorities: Authorities

    def visible_users(self) -> list[str]:
        """Kafka users that stand in endpoints.json."""
        return ["operator", "hub", *(s.name for s in self.senders.senders), *(a.id for a in self.authorities.authorities)]


def read_registers(settings: Settings) -> Registers:
    """Read and check every file. UsageError names the file, the place and what to do."""
    texts: dict[str, str] = {}
    for name in ("policy", "routes", "senders", "authorities", "duty", "calendar"):
        path: Path | None = getattr(settings.files, name)
        if path is not None:
            texts[name] = read_text(path)
            check_file(name, texts[name], str(path))
        elif name in SHIPPED:
            texts[name] = (files("tocsin.demo") / SHIPPED[name]).read_text(encoding="utf-8")
    texts.setdefault("calendar", shipped_calendar(date.today(), settings.agency.country, settings.agency.timezone))
    senders, authorities = (check_file(name, texts[name], name) for name in ("senders", "authorities"))
    return Registers(texts, read_senders(senders), read_authorities(authorities))


def check_file(name: str, text: str, where: str) -> dict[str, Any]:
    """Content of a settings file as plain JSON, read as the door reads it. UsageError if it cannot be used."""
    found = Findings()
    content = parse_settings(SettingName(name), text, found)
    if content is None:
        broken = [p.text for p in found.faults if p.code == "yaml"]
        if broken:
            raise UsageError(f"{where} is {broken[0]}")
        raise UsageError(f"{where} cannot be used:\n" + "\n".join(f"  {p.text}" for p in found.faults))
    return content


def read_settings_file(name: str, path: Path) -> dict[str, Any]:
    """Content of a settings file, as plain JSON. UsageError names the file, the place and what to do."""
    return check_file(name, read_text(path), str(path))


def read_text(path: Path) -> str:
    """UsageError where the file cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text") from error
