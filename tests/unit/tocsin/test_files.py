"""The agency's files: YAML, checked before anything starts, every fault named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin.exits import UsageError
from tocsin.files import check_file, read_registers
from tocsin.settings import FileSettings, Settings

SENDERS = "senders:\n  - name: acme\n    kinds: [plans]\n"
EMPTY = (("duty", ""), ("calendar", ""))
AUTHORITIES = "authorities:\n  - id: aemps\n    country: ES\n"


def test_without_files_the_demonstrations_registers_are_in_force() -> None:
    registers = read_registers(Settings())
    assert set(registers.texts) == {"senders", "authorities", "calendar"}
    assert registers.senders.senders
    assert registers.visible_users()[:2] == ["operator", "hub"]


def test_files_of_ones_own_take_their_place(tmp_path: Path) -> None:
    for name, text in (("senders", SENDERS), ("authorities", AUTHORITIES), ("policy", "stock:\n  flush_s: 5\n"), *EMPTY):
        (tmp_path / f"{name}.yaml").write_text(text)
    given = FileSettings(**{name: tmp_path / f"{name}.yaml" for name in ("senders", "authorities", "policy", "duty", "calendar")})
    registers = read_registers(Settings(files=given))
    assert registers.visible_users() == ["operator", "hub", "acme", "aemps"]
    assert registers.texts == {"senders": SENDERS, "authorities": AUTHORITIES, "policy": "stock:\n  flush_s: 5\n"} | dict(EMPTY)


@pytest.mark.parametrize("name", ["policy", "senders", "authorities"])
@pytest.mark.parametrize("text", ["", "# nothing\n", "{}"])
def test_an_empty_file_is_the_shipped_one(name: str, text: str) -> None:
    check_file(name, text, "x.yaml")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("policy", "a: [", r"x\.yaml is not YAML"),
        ("policy", "day: 2026-02-30", r"x\.yaml cannot be used:\n  day: unknown name"),
        ("policy", "a: !!python/object:os.system {}", r"x\.yaml is not YAML"),
        ("policy", "[" * 3000, r"x\.yaml is not YAML"),
        ("policy", "- a\n", "expected a mapping of names to values"),
        ("policy", "just words", "expected a mapping of names to values"),
        ("routes", "just words", r"x\.yaml cannot be used:\n  a map is wanted here, not a text"),
        ("routes", "", "a route is wanted"),
        ("routes", "route:\n  receiver: a", r"line 2, route\.receiver: there is no receiver 'a'"),
        ("policy", "stock: {}\nstock: {}\n", r"x\.yaml is not YAML.*stock stands twice"),
        ("policy", "flush: 1", r"x\.yaml cannot be used:\n  flush: unknown name"),
        ("senders", "senders: [{name: acme}]", r"senders\[0\]\.kinds: is required"),
        ("authorities", AUTHORITIES + "    domains: [food]", "aemps has the unknown domain food"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_place(name: str, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        check_file(name, text, "x.yaml")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"# \xe9")
    for name, told in (("nothing.yaml", "cannot read .*nothing"), ("latin.yaml", "is not UTF-8 text")):
        with pytest.raises(UsageError, match=told):
            read_registers(Settings(files=FileSettings(policy=tmp_path / name)))
