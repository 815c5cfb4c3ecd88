"""All benches, one after another, as tables: `python -m bench [--quick] [NAME...]`.

Each runs as a process of its own, and prints what it measured (medians of its runs) as one JSON document. Figures depend on the machine
and on what else it does: its load before each bench stands beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
QUICK: dict[str, tuple[str, ...]] = {
    "cases_alone": ("3000",),
    "rules_alone": ("1",),
    "cases_path": ("--declarations", "6000", "--runs", "1"),
    "dispatch": ("20000", "--alone"),
    "year": ("1",),
    "latency": ("--idle", "200", "--load-s", "5"),
    "shell": ("--messages", "10000", "--runs", "1"),
    "door": ("--declarations", "5000", "--reports", "500", "--runs", "1"),
    "stock_path": ("--reports", "5000", "--runs", "1", "--plain-s", "10"),
    "supply_france": ("--flushes", "2", "--days", "2"),
    "mail": ("2000",),
}
"""Every bench, with what makes it short: enough to see that it runs, too little to quote."""

PACKAGES = ("faust-streaming", "aiokafka", "fastavro", "numpy", "SQLAlchemy", "aiosmtplib")


def machine() -> str:
    """Processor, cores, system and versions, in one line."""
    cpu = next((line.split(":", 1)[1].strip() for line in _cpuinfo() if line.startswith("model name")), platform.machine())
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.release()}; Python {platform.python_version()}, {packages}"


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def measured(name: str, words: tuple[str, ...]) -> dict[str, Any]:
    """What a bench found. RuntimeError with its last words where it failed."""
    done = subprocess.run([sys.executable, "-m", f"bench.{name}", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"bench.{name} ended with {done.returncode}: {done.stderr.strip()[-1000:]}")
    found = json.loads(done.stdout)
    return found if isinstance(found, dict) else {name: found}


def rows(found: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every figure with the path of names to it."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield from rows(value, f"{path} {name}".strip())
    else:
        yield path, f"{found:,}" if isinstance(found, int | float) else str(found)


def table(name: str, found: dict[str, Any], load: float) -> str:
    """A Markdown table of one bench."""
    lines = [f"## {name}", "", f"Load before: {load:.1f}", "", "| figure | value |", "| --- | ---: |"]
    return "\n".join([*lines, *(f"| {figure.replace('_', ' ')} | {value} |" for figure, value in rows(found))])


def main() -> int:
    """Exit code 1 where a bench failed; the others still run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(QUICK)}; default all")
    parser.add_argument("--quick", action="store_true", help="short runs, to see that they run")
    told = parser.parse_args()
    if unknown := set(told.names) - set(QUICK):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}; there are {', '.join(QUICK)}")
    failed = 0
    print(f"{machine()}\n")
    for name in told.names or QUICK:
        load = os.getloadavg()[0]
        try:
            print(table(name, measured(name, QUICK[name] if told.quick else ()), load), end="\n\n", flush=True)
        except (RuntimeError, ValueError) as error:
            failed = 1
            print(f"## {name}\n\n{error}\n", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
