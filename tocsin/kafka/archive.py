"""The archive of the broker's classes: where it lies, and the options with which Java reads or writes it."""

from pathlib import Path

NAME = "classes.jsa"


def archive_options(jars: Path) -> list[str]:
    """Options of a Java that runs these jars."""
    archive = jars.parent / NAME
    return [f"-XX:SharedArchiveFile={archive}", "-Xshare:auto"] if archive.exists() else []


def writing_options(archive: Path) -> list[str]:
    """Options of a Java that writes the archive when it ends in order."""
    return [f"-XX:ArchiveClassesAtExit={archive}"]
