"""The stock path as a user of Faust would write it: one line an event, tables, one process. `python -m bench.plain_faust '{...}'`.

Prints how many lines it did in the seconds told, and the CPU seconds it took.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from typing import Any

import faust


def build(told: dict[str, str], done: list[int]) -> Any:
    """The app: a table of last lines, a table of sums, the sum sent on."""
    credentials = faust.SASLCredentials(username=told["user"], password=told["password"], mechanism="SCRAM-SHA-512")
    partitions = int(told["partitions"])
    app = faust.App(
        f"{told['prefix']}plain-faust",
        broker=f"kafka://{told['bootstrap']}",
        broker_credentials=credentials,
        store="memory://",
        topic_partitions=partitions,
        topic_replication_factor=1,
        web_enabled=False,
        worker_redirect_stdouts=False,
        consumer_auto_offset_reset="earliest",
        datadir=tempfile.mkdtemp(),
    )
    lines = app.topic(told["topic"], partitions=partitions, key_type=str, value_serializer="json")
    sums_out = app.topic(told["topic"] + ".sums", partitions=partitions)
    last = app.Table("last", default=int, partitions=partitions)
    sums = app.Table("sums", default=int, partitions=partitions)

    async def add(stream: Any) -> None:
        async for line in stream:
            at = f"{line['reporter']}|{line['cip13']}"
            sums[line["cip13"]] += line["saleable"] - last[at]
            last[at] = line["saleable"]
            await sums_out.send(key=line["cip13"], value=sums[line["cip13"]])
            done[0] += 1

    app.agent(lines)(add)
    return app


async def main(told: dict[str, str]) -> None:
    """Counts for `seconds` from the first line on."""
    done = [0]
    app = build(told, done)
    await app.start()
    while not done[0]:  # noqa: ASYNC110 - a benchmark may look
        await asyncio.sleep(0.1)
    began, first, cpu = time.monotonic(), done[0], time.process_time()
    await asyncio.sleep(float(told["seconds"]))
    took = time.monotonic() - began
    print(json.dumps({"lines": done[0] - first, "seconds": took, "cpu_s": time.process_time() - cpu}), flush=True)
    os._exit(0)  # nothing to keep, and closing takes longer than measuring


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
