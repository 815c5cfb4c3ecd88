"""Debian's prometheus-alertmanager on the same alerts, silences and routes: posted to its API, counted at a webhook.

It does more than the engine alone (HTTP in and out, a notification log on disk) and less (no verdicts). So that the comparison is not
one of transports, the engine here reads its alerts from the same JSON and writes its notices as JSON, verdicts left out; CPU time stands
beside the clock.
"""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil

from alertcore.dispatch.engine import next_due, step
from alertcore.dispatch.events import AlertUpdate, Event, RoutingSet, SilenceSet, Tick
from alertcore.dispatch.silences import Silence
from alertcore.dispatch.state import MemoryTable
from alertcore.making import replace
from alertcore.statejson import plain_json

PROGRAM = "prometheus-alertmanager"
BATCH = 200
LONGEST_S = 300
WAIT_S = 10
"""group_wait: long enough for all to be posted before the first group is told."""


class Hook:
    """Counts the alerts that come to a webhook."""

    def __init__(self) -> None:
        self.alerts: set[str] = set()
        self.messages = 0
        self.last = 0.0
        hook, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:
                    hook.messages += 1
                    hook.alerts.update(a["fingerprint"] for a in body["alerts"])
                    hook.last = time.perf_counter()
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """No more."""
        self._server.shutdown()
        self._server.server_close()


def bodies(labels: list[dict[str, str]]) -> list[bytes]:
    """The alerts as its API takes them."""
    rows = [{"labels": {"alertname": "bench", **x}, "annotations": {}} for x in labels]
    return [json.dumps(rows[n : n + BATCH]).encode() for n in range(0, len(rows), BATCH)]


def engine(routing: dict[str, Any], silences: list[Silence], posts: list[bytes], at: datetime) -> dict[str, float]:
    """The engine from the same JSON to notices as JSON, in this process."""
    table, told, messages = MemoryTable(), 0, 0
    step(table, RoutingSet(version="1", content=json.dumps(routing)), at)
    for one in silences:
        step(table, SilenceSet(silence=one), at)
    began, cpu = time.perf_counter(), time.process_time()
    for body in posts:
        for row in json.loads(body):
            event: Event = AlertUpdate(alert_id=row["labels"]["item"], version=1, labels=row["labels"])
            step(table, event, at)
    while (due := next_due(table)) is not None and due < at + timedelta(minutes=1):
        for notice in step(table, Tick(), due).notices:
            told, messages = told + len(notice.news), messages + bool(plain_json(replace(notice, accounts=())))
    return {"alerts": told, "messages": messages, "s": time.perf_counter() - began, "cpu_s": time.process_time() - cpu}


def peer(routing: dict[str, Any], silences: list[Silence], posts: list[bytes], expected: int) -> dict[str, float]:
    """The same through its API and a webhook, from the first post to the last message, its group_wait left out."""
    hook = Hook()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "alertmanager.yml"
        path.write_text(json.dumps(_config(routing, hook.url)))
        process, url = _started(path)
        try:
            for one in silences:
                _post(f"{url}/api/v2/silences", json.dumps(_silence(one)).encode())
            return _fed(psutil.Process(process.pid), url, posts, hook, expected)
        finally:
            process.terminate()
            process.wait(10)
            hook.close()


def _fed(process: psutil.Process, url: str, posts: list[bytes], hook: Hook, expected: int) -> dict[str, float]:
    began, cpu = time.perf_counter(), sum(process.cpu_times()[:2])
    for body in posts:
        _post(f"{url}/api/v2/alerts", body)
    while len(hook.alerts) < expected and time.perf_counter() - began < LONGEST_S:
        time.sleep(0.02)
    used = sum(process.cpu_times()[:2]) - cpu
    return {"alerts": len(hook.alerts), "messages": hook.messages, "s": hook.last - began - WAIT_S, "cpu_s": used}


def _config(routing: dict[str, Any], url: str) -> dict[str, Any]:
    hooks = [{"url": url, "send_resolved": True}]
    receivers = [{"name": r["name"], "webhook_configs": hooks} for r in routing["receivers"]]
    return {**routing, "route": {**routing["route"], "group_wait": f"{WAIT_S}s"}, "receivers": receivers}


def _silence(one: Silence) -> dict[str, Any]:
    now = datetime.now(UTC)
    rows = [{"name": m.name, "value": m.value, "isRegex": "~" in m.how, "isEqual": "!" not in m.how} for m in one.matchers]
    times = {"startsAt": now.isoformat(), "endsAt": (now + timedelta(hours=2)).isoformat()}
    return {"matchers": rows, **times, "createdBy": one.author, "comment": one.reason}


def _started(config: Path) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [PROGRAM, f"--config.file={config}", f"--storage.path={config.parent / 'data'}", "--cluster.listen-address="]
    quiet: Any = subprocess.DEVNULL
    process = subprocess.Popen([*words, f"--web.listen-address=127.0.0.1:{port}"], stdout=quiet, stderr=quiet)
    url, until = f"http://127.0.0.1:{port}", time.monotonic() + 30
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{url}/-/ready", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return process, url
    process.kill()
    process.wait(10)
    raise RuntimeError(f"{PROGRAM} did not become ready")


def _post(url: str, body: bytes) -> None:
    urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"}), timeout=60).close()


def beside(routing: dict[str, Any], silences: list[Silence], labels: list[dict[str, str]], at: datetime) -> dict[str, Any]:
    """Both, and how many times as many alerts the engine takes: by the clock, and a CPU second."""
    posts = bodies(labels)
    ours = engine(routing, silences, posts, at)
    theirs = peer(routing, silences, posts, int(ours["alerts"]))
    rates = {
        name: {"a_second": round(x["alerts"] / x["s"]), "a_cpu_second": round(x["alerts"] / x["cpu_s"])}
        for name, x in (("tocsin", ours), ("alertmanager", theirs))
    }
    ratio = {key: round(rates["tocsin"][key] / rates["alertmanager"][key], 2) for key in ("a_second", "a_cpu_second")}
    return {"tocsin": {**ours, **rates["tocsin"]}, "alertmanager": {**theirs, **rates["alertmanager"]}, "ratio": ratio}
