"""The agency's files as `up` and the commands read them: YAML in, checked; what is not named is the shipped one."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml

from alertcore.policy import Policy, read_policy
from alertcore.register import Authorities, Senders, read_authorities, read_senders
from alertcore.settled import SettingsError
from tocsin.exits import UsageError
from tocsin.settings import Settings

CHECKS = {"policy": read_policy, "senders": read_senders, "authorities": read_authorities}
SHIPPED = {"senders": "senders.yaml", "authorities": "authorities.yaml"}
"""Files of the demo, which a hub without settings of its own uses, so that its first event can be tried at once."""


@dataclass(frozen=True, slots=True)
class Registers:
    """The files in force at the start of a hub. texts: file name (policy, routes ...) to YAML text, only what is given."""

    texts: dict[str, str]
    senders: Senders
    authorities: Authorities

    def visible_users(self) -> list[str]:
        """Kafka users that stand in endpoints.json."""
        return ["operator", "hub", *(s.name for s in self.senders.senders), *(a.id for a in self.authorities.authorities)]


def read_registers(settings: Settings) -> Registers:
    """Read and check every file. UsageError names the file, the place and what to do."""
    texts: dict[str, str] = {}
    for name in ("policy", "routes", "senders", "authorities", "duty"):
        path: Path | None = getattr(settings.files, name)
        if path is not None:
            texts[name] = _read(path)
            check_file(name, texts[name], str(path))
        elif name in SHIPPED:
            texts[name] = (files("tocsin.demo") / SHIPPED[name]).read_text(encoding="utf-8")
    senders = read_senders(yaml.safe_load(texts["senders"]))
    return Registers(texts, senders, read_authorities(yaml.safe_load(texts["authorities"])))


def check_file(name: str, text: str, where: str) -> None:
    """UsageError if a settings file cannot be used."""
    try:
        parsed = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a day that is none, such as 2026-02-30
        raise UsageError(f"{where} is not YAML: {error}") from error
    if parsed is not None and not isinstance(parsed, dict):
        raise UsageError(f"{where}: expected a mapping of names to values")
    try:
        CHECKS.get(name, lambda _: None)(parsed or {})
    except SettingsError as error:
        raise UsageError(f"{where} cannot be used:\n" + "\n".join(f"  {p}" for p in error.problems)) from error


def read_policy_file(path: Path) -> Policy:
    """The policy of a file. UsageError names the file, the place and what to do."""
    text = _read(path)
    check_file("policy", text, str(path))
    return read_policy(yaml.safe_load(text) or {})


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text") from error
