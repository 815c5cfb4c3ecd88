"""The files for operation name only what there is: metrics, alerts, services, users, packages."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from plumbing.metrics import Metrics
from tocsin.provision.names import HUB_USERS
from tocsin.settings import load_settings

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
ALERTS: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana" / "dashboards" / "tocsin.json").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ROLES = {name: service for name, service in SERVICES.items() if service.get("command", [""])[:1] == ["run"]}


def exposed_names() -> dict[str, set[str]]:
    """Series a process can expose, with the labels each can have."""
    metrics = Metrics()
    labels = {d.name: set(d.labels) for d in metrics.described}
    kinds = {metric.name: metric.type for metric in metrics.registry.collect()}
    found: dict[str, set[str]] = {}
    for name, those in labels.items():
        if kinds.get(name) == "histogram":
            found |= {f"{name}_bucket": those | {"le"}, f"{name}_sum": those, f"{name}_count": those}
        else:
            found[name] = those
    return found


EXPOSED = exposed_names()
OF_PROMETHEUS = {"job", "instance"}
EXPRESSIONS = [rule["expr"] for rule in ALERTS] + [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_metric_and_label_in_use_exists(expression: str) -> None:
    names = set(re.findall(r"\btocsin_\w+", expression))
    assert names <= EXPOSED.keys()
    known = set.union(OF_PROMETHEUS, *(EXPOSED[name] for name in names))
    grouped = {label.strip() for found in re.findall(r"\b(?:by|on) ?\(([^)]*)\)", expression) for label in found.split(",")} - {""}
    matched = set(re.findall(r"(\w+)=~?\"", expression))
    assert grouped | matched <= known
    assert expression.count("(") == expression.count(")")


def test_sums_of_a_histogram_keep_what_the_quantile_needs() -> None:
    quantiles = [e for e in EXPRESSIONS if "histogram_quantile" in e]
    assert quantiles
    for expression in quantiles:
        assert re.search(r"sum by \([^)]*\ble\)", expression)


def test_every_alert_says_what_to_do_and_the_manual_knows_no_other() -> None:
    names = [rule["alert"] for rule in ALERTS]
    assert re.findall(r"^### (\w+)$", OPERATIONS, re.MULTILINE) == names
    for rule in ALERTS:
        assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("warning", "critical")


def test_the_labels_an_alert_tells_are_labels_it_has() -> None:
    for rule in ALERTS:
        told = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        names = re.findall(r"\btocsin_\w+", rule["expr"])
        assert told <= set.union(OF_PROMETHEUS, *(EXPOSED[name] for name in names)), rule["alert"]


def test_the_manual_lists_every_metric_with_its_runbook_line() -> None:
    rows = [
        f"| `{d.name}` | {', '.join(d.labels) or '-'} | {d.says} | {d.runbook.replace('|', '/')} |" for d in Metrics().described
    ]  # fmt: skip
    assert [line for line in OPERATIONS.splitlines() if line.startswith("| `tocsin_")] == rows


def test_prometheus_asks_every_role() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    assert set(config["scrape_configs"][0]["static_configs"][0]["targets"]) == {f"{name}:9100" for name in ROLES}


def test_every_role_of_the_program_is_there_with_a_user_of_its_own() -> None:
    assert set(ROLES) == {"door", "decide-stock", "decide-supply", "decide-cases", "relay", "deliver", "console"}
    for name, service in ROLES.items():
        user = service["environment"]["TOCSIN_KAFKA__USER"]
        assert user == name.partition("-")[0]
        assert user in HUB_USERS
        assert service["environment"]["TOCSIN_KAFKA__PASSWORD_FILE"].endswith(f"/{user}")
        assert service["command"][-2:] == ["--health", "0.0.0.0:9100"]


def test_files_and_volumes_named_in_the_compose_file_are_there() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], name
        for other in service.get("depends_on", ()):
            assert other in SERVICES


def test_no_port_is_open_to_other_machines() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_our_services_run_without_rights_they_do_not_need() -> None:
    for name, service in SERVICES.items():
        if service["image"] == "tocsin:local":
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name


def test_the_settings_of_the_compose_file_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    for service in (*ROLES.values(), SERVICES["setup"]):
        for name, value in service["environment"].items():
            if name.startswith("TOCSIN_"):
                monkeypatch.setenv(name, value)
        settings = load_settings(DEPLOY / "tocsin.toml")
        assert settings.kafka.bootstrap == "kafka:9092"
        assert settings.smtp.providers[0].host in SERVICES


def test_one_image_of_each_server_with_a_fixed_version() -> None:
    for name, service in SERVICES.items():
        assert re.search(r":(?!latest)[\w.]+", service["image"]), name


def pins(file: Path) -> dict[str, str]:
    """Package to version of a file of requirements."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_image_holds_the_versions_that_were_tested() -> None:
    tested = pins(ROOT / "requirements.lock")
    installed = pins(DEPLOY / "requirements.txt") | pins(DEPLOY / "build-requirements.txt")
    assert installed.items() <= tested.items()
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[\[<>=~!;]", one)[0].strip().lower() for one in wanted}
    assert names <= pins(DEPLOY / "requirements.txt").keys()
    assert not {"pytest", "mypy", "ruff"} & installed.keys()


@pytest.mark.parametrize("script", ["deploy/make-secrets.sh", "deploy/kafka/start.sh"])
def test_scripts_parse_and_may_be_run(script: str) -> None:
    subprocess.run(["bash", "-n", str(ROOT / script)], check=True)
    assert (ROOT / script).stat().st_mode & 0o111


def test_the_image_copies_every_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    said = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for package in packages:
        assert f"COPY {package} {package}\n" in said
        assert f"!{package}" in ignored
