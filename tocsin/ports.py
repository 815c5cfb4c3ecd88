"""Free ports of this machine that stay ours while nobody listens: outside the range outgoing connections take theirs from."""

import secrets
import socket
from contextlib import closing

RANGE = range(20_000, 32_000)
"""Linux gives outgoing connections 32768 to 60999, others 49152 and above. A client of a server that is away, which tries again and
again, would else come to hold the very port the server wants back (it can even connect to itself), and the server never comes back."""
TRIES = 200


def free_port() -> int:
    """A random port nobody has now. OSError if none is found."""
    for _ in range(TRIES):
        port = secrets.choice(RANGE)
        if is_free(port):
            return port
    raise OSError(f"no free port was found between {RANGE.start} and {RANGE.stop}")


def is_free(port: int) -> bool:
    """Whether a server could listen on it now."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
