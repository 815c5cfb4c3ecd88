"""`tocsin kafka start|stop`: the embedded Apache Kafka alone."""

from __future__ import annotations

import os
import signal
import threading
import time

import typer

from tocsin.commands.options import HomeOption
from tocsin.commands.output import say
from tocsin.exits import DONE, FAILED, UNREACHABLE, UsageError
from tocsin.home import Home, default_home
from tocsin.kafka.errors import EmbeddedKafkaError
from tocsin.kafka.server import EmbeddedKafka

app = typer.Typer(help="The embedded Apache Kafka alone.", no_args_is_help=True)
STOP_WITHIN_S = 15.0


@app.command()
def start(home: HomeOption = None) -> None:
    """Run Kafka in the foreground until SIGTERM, Ctrl-C or `tocsin kafka stop`."""
    place = Home(home or default_home())
    place.make()
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    kafka, pid_file = EmbeddedKafka(place.path), place.run / "kafka-alone.pid"
    try:
        access = kafka.start()
    except EmbeddedKafkaError as error:
        raise UsageError(str(error)) from error
    pid_file.write_text(str(os.getpid()))
    print(f"ready {access.bootstrap} (user {access.user}, password in {place.secrets / access.user})", flush=True)
    while kafka.running() and not told.wait(0.5):
        pass
    kafka.stop()
    pid_file.unlink(missing_ok=True)
    raise typer.Exit(DONE if told.is_set() else FAILED)


@app.command()
def stop(home: HomeOption = None) -> None:
    """Stop the Kafka that `tocsin kafka start` runs."""
    place = Home(home or default_home())
    pid_file = place.run / "kafka-alone.pid"
    try:
        pid = int(pid_file.read_text())
        os.kill(pid, signal.SIGTERM)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        say(f"tocsin: no Kafka was started alone in {place.path}")
        raise typer.Exit(UNREACHABLE) from None
    deadline = time.monotonic() + STOP_WITHIN_S
    while pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    print("stopped" if not pid_file.exists() else f"still stopping (process {pid})")
