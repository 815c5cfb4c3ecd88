"""The broker's classes as an archive the Java machine maps instead of reading and checking them anew: a third of a start's work.

`python -m tocsin.kafka.classes` makes it, once, beside the jars. Java leaves an archive aside that is not of its own build or not
of these jars; without one everything goes as well, only slower.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tocsin.kafka.archive import NAME
from tocsin.kafka.jars import ensure_jars
from tocsin.kafka.java import find_java
from tocsin.kafka.server import EmbeddedKafka


def make_archive(directory: Path | None = None) -> bool:
    """Starts a broker and stops it again, with an archive as the outcome; False where this Java makes none."""
    jars = ensure_jars(directory)
    (jars.parent / NAME).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=jars.parent, prefix="classes.") as folder:
        fresh = Path(folder) / NAME
        with EmbeddedKafka(Path(folder), jars=jars.parent, quick=True, classes_to=fresh):
            pass
        if _is_whole(fresh, jars):
            fresh.rename(jars.parent / NAME)
            return True
    return False


def _is_whole(archive: Path, jars: Path) -> bool:
    """Tried once, before anything relies on it: Java does not look whether the file was cut short."""
    command = [find_java(), f"-XX:SharedArchiveFile={archive}", "-Xshare:on", "-cp", f"{jars}/*", "-version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    if not make_archive():
        print("no archive of Kafka's classes was made; Kafka starts without one, a second later", file=sys.stderr)
