"""Debian's `amtool`, run as a user would, and what it prints."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

AMTOOL = shutil.which("amtool") or ""
WITHIN_S = 30.0


class Amtool:
    """The program, told where the hub is and with what token."""

    def __init__(self, url: str, folder: Path, credentials: str = "{authorization: {type: Bearer, credentials: secret}}") -> None:
        self.folder = folder
        config = folder / "http.yml"
        config.write_text(credentials, encoding="utf-8")
        self._words = (f"--alertmanager.url={url}", f"--http.config.file={config}", "--no-version-check")

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """As it ends."""
        return subprocess.run([AMTOOL, *words, *self._words], capture_output=True, text=True, timeout=WITHIN_S, check=False)

    def says(self, *words: str) -> str:
        """What it prints where all is well."""
        done = self.call(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def rows(text: str) -> list[list[str]]:
    """A table without its heading, by its columns."""
    return [line.split(None, 1) for line in text.splitlines()[1:]]
