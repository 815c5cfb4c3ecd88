"""The catalogue of released schemas: name, version, fixed id, text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import fastavro
from fastavro.types import Schema


@dataclass(frozen=True, slots=True)
class Released:
    """One released version of one record's schema. `text` is the file as it stands, `parsed` fastavro's form of it."""

    name: str
    version: int
    id: int
    text: str
    parsed: Schema


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All released schemas, by id and by name (versions rising)."""

    by_id: dict[int, Released]
    by_name: dict[str, tuple[Released, ...]]

    def latest(self, name: str) -> Released:
        """Newest version of a record. KeyError if the name is not known."""
        return self.by_name[name][-1]


@cache
def catalogue() -> Catalogue:
    """Read catalogue.json and the files it names, once a process."""
    here = files("schemas")
    listed: dict[str, Any] = json.loads((here / "catalogue.json").read_text(encoding="utf-8"))["records"]
    by_id: dict[int, Released] = {}
    by_name: dict[str, tuple[Released, ...]] = {}
    for name, versions in listed.items():
        released = []
        for entry in versions:
            text = (here / "avsc" / name / f"v{entry['version']}.avsc").read_text(encoding="utf-8")
            # Each file stands alone: a name space of its own, or a shared type would be "already defined".
            parsed = fastavro.parse_schema(json.loads(text), named_schemas={})
            released.append(Released(name, entry["version"], entry["id"], text, parsed))
            by_id[entry["id"]] = released[-1]
        by_name[name] = tuple(released)
    return Catalogue(by_id, by_name)
