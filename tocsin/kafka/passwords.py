"""Passwords of Kafka users: generated, one file each, the whole file is the password, readable by its owner only."""

import os
import secrets
from pathlib import Path

from plumbing.settings import Secret


def ensure_password(directory: Path, user: str) -> Secret:
    """The password in `directory/user`; made on first use (192 random bits), mode 0600 in a folder of mode 0700."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / user
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return read_password(path)


def read_password(path: Path) -> Secret:
    """The password in `path`."""
    return Secret(path.read_text(encoding="ascii"))


def write_private(path: Path, text: str) -> None:
    """`text` into `path`, whole or not at all, mode 0600 from its first byte."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
