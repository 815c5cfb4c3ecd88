"""YAML with lines: words are what they look like, and everything has the line it stands on."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.yaml_lines import load_yaml

TEXT = """# a comment
route:
  receiver: on
  routes:
    - a: 1
      b: 2
    - {c: 1, d:
       2}
    - - x
      - y
60: 5
"""


def test_everything_has_its_line() -> None:
    loaded = load_yaml(TEXT)
    assert loaded.value == {"route": {"receiver": "on", "routes": [{"a": 1, "b": 2}, {"c": 1, "d": 2}, ["x", "y"]]}, "60": 5}
    assert loaded.lines == {
        "route": 2,
        "route.receiver": 3,
        "route.routes": 4,
        "route.routes[0]": 5,
        "route.routes[0].b": 6,
        "route.routes[1]": 7,
        "route.routes[2]": 9,
        "route.routes[2][1]": 10,
        "60": 11,
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("No", "No"),
        ("22:00", "22:00"),
        ("2026-01-05", "2026-01-05"),
        ("1_000", "1_000"),
        (".nan", ".nan"),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("''", ""),
        ("010", 10),
        ("0x1F", 31),
        ("0o17", 15),
        ("-3", -3),
        ("2.5", 2.5),
        ("1e3", 1000.0),
    ],
)
def test_words_and_numbers_are_those_of_yaml_1_2(text: str, value: Any) -> None:
    found = load_yaml(f"a: {text}").value["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [", "line 1, not YAML: expected the node content"),
        ("a: 1\n\tb: 2", "line 2, not YAML: "),
        ("a: 1\n---\nb: 2", "line 2, not YAML: but found another document"),
        ("a: 1\n\nb: \x01", "line 3, the character U+0001 may not stand in YAML"),
        ("a: &x 1\nb: *x", "line 2, not YAML: an alias (*name) is not read here: write it out"),
        ("a: &x [*x]", "line 1, not YAML: an alias"),
        ("a:\n  b: 1\n  c: 2\n  b: 3", "line 4, a.b: stands twice, first in line 2"),
        ("a:\n  [1, 2]: 3", "line 2, a: a name must be a text"),
        ("a:\n- !!python/object/apply:os.system [ls]", "line 2, a[0]: the type "),
        ("a: !!binary aGVq", "line 1, a: the type "),
        ("a: !!bool maybe", "line 1, a: the type "),
        ("a: !!int many", "line 1, a: is no number that can be used"),
        ("a: 1e999", "line 1, a: is no number that can be used"),
        ("a: " + "9" * 5000, "line 1, a: is no number that can be used"),
        ("[" * 5000, "not YAML that can be used: it is nested too deep"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, told: str) -> None:
    assert [str(p)[: len(told)] for p in load_yaml(text).problems] == [told]


def test_all_problems_are_told_at_once_and_the_rest_is_read() -> None:
    loaded = load_yaml("a: 1\na: 2\nb: !x 1\nc: 3\n")
    assert [p.line for p in loaded.problems] == [2, 3]
    assert loaded.value == {"a": 1, "b": None, "c": 3}


def test_an_empty_text_is_nothing() -> None:
    assert load_yaml("# only this\n").value is None
