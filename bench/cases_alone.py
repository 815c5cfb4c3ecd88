"""Decisions a second of stage `cases` alone: real declarations of the demo's sample through the local shell, one partition.

Counted with everything the Kafka shell does but Kafka: decoding entries, deciding, state and emits to bytes, journal.
Run: python -m bench.cases_alone [decisions]
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from itertools import islice

from alertcore.agency import Agency
from alertcore.cases.stage import CasesStage
from alertcore.records.product import Product
from bench.case_data import declarations, entry, records
from plumbing.garbage import settle
from schemas.codec import encode
from streams.local import LocalShell


def main(wanted: int) -> None:
    """Feed in batches of 300, and print the rate."""
    shell = LocalShell(CasesStage(Agency(id="ansm-demo", name="Agence")), durable=True)
    products: list[Product] = records("products", "Product")
    shell.feed_batch(0, [entry("reference.products", n, p) for n, p in enumerate(products)])
    shell.outs.clear()
    settle()
    raw = [
        (encode(e), key.encode()) for e, key in (entry("shortage.declarations", n, d) for n, d in enumerate(islice(declarations(), wanted)))
    ]
    emits: Counter[str] = Counter()
    best = 0.0
    began, cpu = time.perf_counter(), time.process_time()
    for first in range(0, len(raw), 300):
        turn = time.perf_counter()
        emits.update(out.topic for out in shell.feed_raw(0, raw[first : first + 300]))
        best = max(best, len(raw[first : first + 300]) / (time.perf_counter() - turn))
        shell.outs.clear()
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(
        json.dumps(
            {
                "decisions": len(raw),
                "per_second": round(len(raw) / took),
                "best_batch_per_second": round(best),
                "per_cpu_second": round(len(raw) / cpu),
                "us_cpu_each": round(cpu / len(raw) * 1e6),
                "emits": dict(emits),
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
