"""The folder of a hub on one machine: where its Kafka, passwords, database, mails and logs lie, and who runs."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tocsin.exits import UnreachableError, UsageError

DEFAULT = ".tocsin"


def default_home() -> Path:
    """`TOCSIN_HOME`, else `.tocsin` in the current folder."""
    return Path(os.environ.get("TOCSIN_HOME") or DEFAULT)


@dataclass(frozen=True, slots=True)
class Home:
    """Paths below the folder."""

    path: Path

    @property
    def endpoints_file(self) -> Path:
        """What runs where; replaced by rename."""
        return self.path / "endpoints.json"

    @property
    def secrets(self) -> Path:
        """One file a Kafka user; the whole file is the password."""
        return self.path / "secrets"

    @property
    def tokens(self) -> Path:
        """One file a sender; the whole file is the HTTP token."""
        return self.path / "tokens"

    @property
    def keys(self) -> Path:
        """Keys: of the addresses, of the signatures."""
        return self.path / "keys"

    @property
    def vault_key(self) -> Path:
        """Key of the addresses in the database."""
        return self.keys / "vault.key"

    @property
    def database_url(self) -> str:
        """The embedded database."""
        return f"sqlite+aiosqlite:///{self.path.resolve() / 'tocsin.db'}"

    @property
    def mails(self) -> Path:
        """Where the mail sink of a sandbox hub writes."""
        return self.path / "mails"

    @property
    def logs(self) -> Path:
        """One log file a role."""
        return self.path / "logs"

    @property
    def run(self) -> Path:
        """One status file a running role."""
        return self.path / "run"

    def make(self) -> None:
        """Create the folders, readable by the owner alone."""
        try:
            for folder in (self.path, self.secrets, self.tokens, self.keys, self.mails, self.logs, self.run):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot make the folder {error.filename}: {error.strerror}") from error

    def settings_file(self) -> Path | None:
        """Settings file the running hub was started with, if any: its commands mean the same agency."""
        try:
            named = self.endpoints().get("settings")
        except UnreachableError:
            return None
        return Path(named) if named else None

    def endpoints(self) -> dict[str, Any]:
        """What is running. UnreachableError says how to start it where nothing is."""
        try:
            found: dict[str, Any] = json.loads(self.endpoints_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError) as error:
            text = (
                f"no hub has been started in {self.path}: start one with `tocsin up --home {self.path}`, or name another folder with --home"
            )
            raise UnreachableError(text) from error
        return found


def write_atomically(path: Path, text: str) -> None:
    """Replace a file in one step: readers see the old one or the new one."""
    draft = path.with_suffix(path.suffix + ".new")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)
