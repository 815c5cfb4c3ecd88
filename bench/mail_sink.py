"""A mail server that takes everything and keeps nothing, as fast as Python reads: the sink of the benchmark, in a process of its own."""

from __future__ import annotations

import asyncio
import sys

import uvloop


class Sink(asyncio.Protocol):
    """Commands line by line, content up to the lone dot; one write a chunk read."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greets."""
        assert hasattr(transport, "write")
        self._transport = transport
        self._rest = b""
        self._content = False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answers all that is complete."""
        data, out = self._rest + data, []
        at = 0
        while True:
            if self._content:
                end = data.find(b"\r\n.\r\n", at)
                if end < 0:
                    break
                at, self._content = end + 5, False
                Sink.taken += 1
                out.append(b"250 2.0.0 ok\r\n")
                continue
            end = data.find(b"\r\n", at)
            if end < 0:
                break
            verb, at = data[at : at + 4].upper(), end + 2
            if verb == b"DATA":
                self._content = True
                at -= 2  # an empty content begins with the dot
                data = data[:at] + b"\r\n" + data[at + 2 :]
            out.append(_ANSWERS.get(verb, b"250 2.0.0 ok\r\n"))
        self._rest = data[at:]
        if out:
            self._transport.write(b"".join(out))


_ANSWERS = {b"EHLO": b"250-sink\r\n250 PIPELINING\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


async def main() -> None:
    """Prints the port; ends with standard input."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
