"""The machine's Java: where it is, and whether it is new enough."""

import os
import re
import shutil
import subprocess

from tocsin.kafka.errors import JavaMissing, JavaTooOld

OLDEST_JAVA = 17
_INSTALL = f"install Java {OLDEST_JAVA} or newer (Debian, Ubuntu: apt install openjdk-17-jre-headless)"


def find_java() -> str:
    """Path of a java that can run the broker: JAVA_HOME's, else the one on PATH. Raises JavaMissing, JavaTooOld."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else None
    java = java or shutil.which("java")
    if java is None:
        raise JavaMissing(f"Java is missing: {_INSTALL}")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = major_version(said)
    if version is None:
        raise JavaMissing(f"{java} does not run as Java: {_INSTALL}")
    if version < OLDEST_JAVA:
        raise JavaTooOld(f"Java {version} at {java} is too old: {_INSTALL}")
    return java


def major_version(said: str) -> int | None:
    """Feature release out of what `java -version` prints (1.8.0 is 8); None if it is something else."""
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found.group(1)) if found else None
