"""The closed list: names say their unit, every metric has its line in the runbook, nothing is global."""

import re

from prometheus_client import REGISTRY

from plumbing.metrics import Metrics

UNITS = ("_total", "_seconds", "_bytes", "_rows", "_offset", "_items", "_connections", "_sequence", "_info")


def test_every_metric_has_our_prefix_its_unit_and_a_runbook_line() -> None:
    for one in Metrics().described:
        assert re.fullmatch(r"tocsin_[a-z][a-z_]+", one.name), one
        assert one.name.endswith(UNITS) or one.name == "tocsin_held_items", one
        assert one.says.endswith("."), one
        assert len(one.runbook) > 20, one


def test_no_name_is_listed_twice() -> None:
    names = [one.name for one in Metrics().described]
    assert len(names) == len(set(names))


def test_two_lists_in_one_process_do_not_meet() -> None:
    first, second = Metrics(), Metrics()
    first.decisions.labels("cases", "declared").inc()
    assert b'tocsin_decisions_total{reason="declared",stage="cases"} 1.0' in first.render()
    assert b"tocsin_decisions_total{" not in second.render()
    assert not any(one.name.startswith("tocsin") for one in REGISTRY.collect())


def test_the_process_itself_is_measured_too() -> None:
    assert b"process_resident_memory_bytes" in Metrics().render()
