"""`python -m tocsin.kafka HOME`: the embedded Kafka alone, in the foreground, until SIGTERM or Ctrl-C."""

import signal
import sys
import threading
from pathlib import Path

from tocsin.kafka.errors import EmbeddedKafkaError
from tocsin.kafka.server import EmbeddedKafka


def main(arguments: list[str]) -> int:
    """Exit 0 when told to stop, 1 when the broker ended by itself, 2 when it could not be started."""
    if len(arguments) != 1:
        print("usage: python -m tocsin.kafka HOME", file=sys.stderr)
        return 2
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    kafka = EmbeddedKafka(Path(arguments[0]))
    try:
        access = kafka.start()
    except EmbeddedKafkaError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"ready {access.bootstrap} user {access.user} password in {kafka.secrets / access.user}", flush=True)
    while kafka.running() and not told.wait(0.5):
        pass
    kafka.stop()
    return 0 if told.is_set() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
