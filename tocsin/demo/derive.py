"""Derive the demonstration's sample: `python -m tocsin.demo.derive SHARED OUTDIR`.

SHARED holds the publishers' files (see `data/SOURCE.md`), OUTDIR receives the sample. Same input, same bytes.
"""

import gzip
import io
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from connectors.source_text import JsonObject
from tocsin.demo.derivation.curves import curves
from tocsin.demo.derivation.declarations import declarations
from tocsin.demo.derivation.defects import defects
from tocsin.demo.derivation.products import chosen, companies, products
from tocsin.demo.derivation.reading import Reference, UnusableSourceError, read_reference

USAGE = "usage: python -m tocsin.demo.derive SHARED OUTDIR"


def main(arguments: list[str]) -> int:
    """Write the sample; 0 done, 1 a source cannot be used, 2 wrong usage."""
    if len(arguments) != 2:
        sys.stderr.write(USAGE + "\n")
        return 2
    try:
        derived = derive(Path(arguments[0]))
    except UnusableSourceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    out = Path(arguments[1])
    out.mkdir(parents=True, exist_ok=True)
    for name, content in derived.items():
        (out / name).write_bytes(content)
        sys.stderr.write(f"{name}: {len(content)} bytes\n")
    return 0


def derive(shared: Path) -> dict[str, bytes]:
    """File name to content. Raises UnusableSourceError."""
    ref = read_reference(shared)
    sample = chosen(ref)
    owners = companies(ref, sample)
    packs = products(ref, sample, owners)
    return {
        "companies.jsonl": _lines(owners),
        "products.jsonl.gz": _packed(_lines(packs)),
        **{f"statuses-{day}.jsonl.gz": _packed(_lines(_named(ref, day))) for day in ref.lists},
        "declarations.jsonl.gz": _packed(_lines(declarations(ref.lists[max(ref.lists)], packs, owners))),
        "defects.jsonl.gz": _packed(_lines(defects(shared, packs, owners))),
        "curves.json": json.dumps(curves(shared), separators=(",", ":")).encode() + b"\n",
    }


def _named(ref: Reference, day: str) -> Iterable[JsonObject]:
    """The rows of a public list with the medicine's name where the reference knows it."""
    for row in ref.lists[day]:
        medicine = ref.medicines.get(str(row["cis"]))
        yield {**row, "name": medicine.name} if medicine else row


def _lines(records: Iterable[JsonObject]) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records).encode()


def _packed(content: bytes) -> bytes:
    """Gzip without name and time, so that the bytes depend on the content alone."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as packed:
        packed.write(content)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
