"""Kafka's jars: fetched once with Maven, held against the checksums that are kept beside this file."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tocsin.kafka.errors import ChecksumMismatch, FetchFailed, MavenMissing
from tocsin.kafka.java import find_java

_HERE = Path(__file__).parent
CHECKSUMS = _HERE / "jars.sha256"
_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


def default_directory() -> Path:
    """`.kafka` of the checkout; for an installed package the user's cache."""
    root = _HERE.parent.parent
    return root / ".kafka" if (root / "pyproject.toml").exists() else Path.home() / ".cache" / "tocsin" / "kafka"


def ensure_jars(directory: Path | None = None) -> Path:
    """Folder with exactly the jars of `jars.sha256`, fetched if it is not there. About 10 s the first time, 0.1 s later.

    Raises JavaMissing, JavaTooOld, MavenMissing, FetchFailed, ChecksumMismatch.
    """
    home = directory or default_directory()
    jars = home / "jars"
    wanted = read_checksums(CHECKSUMS.read_text(encoding="utf-8"))
    home.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(home / "lock"):
        if not jars.exists():
            _fetch(jars, wanted)
        elif (wrong := differences(wanted, checksums_of(jars))) != []:
            raise ChecksumMismatch(f"{jars}: {wrong[0]}; remove the folder, it is fetched again")
    return jars


def read_checksums(text: str) -> dict[str, str]:
    """{file name: SHA-256 as hex} out of lines as sha256sum writes them."""
    lines = (line.split(maxsplit=1) for line in text.splitlines() if line.strip())
    return {name.strip(): digest for digest, name in lines}


def checksums_of(directory: Path) -> dict[str, str]:
    """{file name: SHA-256 as hex} of what is there."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(directory.glob("*.jar"))}


def differences(wanted: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """One line a jar that is missing, unknown, or other than it was."""
    missing = [f"{name} is missing" for name in wanted if name not in found]
    unknown = [f"{name} is not on the list" for name in found if name not in wanted]
    other = [f"{name} has another checksum than the one that was tried" for name in wanted if name in found and found[name] != wanted[name]]
    return missing + unknown + other


def _fetch(jars: Path, wanted: Mapping[str, str]) -> None:
    fresh = jars.with_name(f"jars.{os.getpid()}")
    try:
        copy_dependencies(fresh)
        if wrong := differences(wanted, checksums_of(fresh)):
            raise ChecksumMismatch(f"fetched jars are not those that were tried: {'; '.join(wrong[:3])}")
        fresh.rename(jars)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def copy_dependencies(target: Path) -> None:
    """Has Maven put the jars of pom.xml into `target`."""
    find_java()
    maven = shutil.which("mvn")
    if maven is None:
        raise MavenMissing("Maven is missing: install it (Debian, Ubuntu: apt install maven); it fetches Apache Kafka once")
    command = [maven, "-B", "-q", "-f", str(_HERE / "pom.xml"), _GOAL, "-DincludeScope=runtime", f"-DoutputDirectory={target.resolve()}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        errors = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
        raise FetchFailed(f"Maven could not fetch Apache Kafka: {errors[0] if errors else f'exit {done.returncode}'}")


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _write_checksums() -> None:
    jars = default_directory() / "jars.new"
    copy_dependencies(jars)
    CHECKSUMS.write_text("".join(f"{digest}  {name}\n" for name, digest in checksums_of(jars).items()), encoding="utf-8")
    shutil.rmtree(jars)


if __name__ == "__main__":
    _write_checksums() if sys.argv[1:] == ["checksums"] else print(ensure_jars())
