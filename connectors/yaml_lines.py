"""YAML as plain values with the line of each: words of YAML 1.2's core alone, no name twice, no aliases, every problem with its line."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from alertcore.dispatch.reading import Problem

_TAG = "tag:yaml.org,2002:"
_CORE: dict[Any, Any] = {
    None: [  # the library's key for any first letter
        (f"{_TAG}null", re.compile(r"(?:~|null|Null|NULL)\Z")),
        (f"{_TAG}bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")),
        (f"{_TAG}int", re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z")),
        (f"{_TAG}float", re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")),
    ],
    "": [(f"{_TAG}null", re.compile(r"\Z"))],
}
"""So that `on`, `22:00` and `2026-01-05` are the texts they look like, which they are not in YAML 1.1."""
LONGEST_NUMBER = 300


@dataclass(frozen=True, slots=True)
class Loaded:
    """value: plain JSON. lines: path (`route.routes[2].receiver`) to line, from 1; left out where the thing around it has the same line."""

    value: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def load_yaml(text: str) -> Loaded:
    """The one document of a text. Where there are problems, the value is what could be read."""
    try:
        node = _Loader(text).get_single_node()
        walk = _Walk()
        value = walk.plain(node, "", 0) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Loaded(problems=(Problem(mark.line + 1 if mark else 0, "", f"not YAML: {error.problem or error.context}"),))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return Loaded(problems=(Problem(line, "", f"the character {_shown(error.character)} may not stand in YAML"),))
    except RecursionError:
        return Loaded(problems=(Problem(0, "", "not YAML that can be used: it is nested too deep"),))
    return Loaded(value, walk.lines, tuple(walk.problems))


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = _CORE

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias (*name) is not read here: write it out", mark)
        return super().compose_node(parent, index)


class _Walk:
    """Goes through the nodes; a problem is noted and the rest still read."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []

    def plain(self, node: yaml.Node, path: str, around: int) -> Any:
        """around: the line that stands for the path already."""
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return self._map(node, path, around)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self._at(item, f"{path}[{n}]", _line(item), around) for n, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        return self._wrong(node, path, f"the type {node.tag!r} is not read here")

    def _map(self, node: yaml.MappingNode, path: str, around: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._wrong(key, path, "a name must be a text")
                continue
            name = key.value
            inside = f"{path}.{name}" if path else name
            if name in found:
                self._wrong(key, inside, f"stands twice, first in line {first[name]}")
                continue
            first[name] = _line(key)
            found[name] = self._at(value, inside, _line(key), around)
        return found

    def _at(self, node: yaml.Node, path: str, line: int, around: int) -> Any:
        if line != around:
            self.lines[path] = line
        return self.plain(node, path, line)

    def _scalar(self, node: yaml.ScalarNode, path: str) -> Any:
        text, kind = str(node.value), node.tag.removeprefix(_TAG)
        match kind:
            case "str":
                return text
            case "null":
                return None
            case "bool" if text.lower() in ("true", "false"):
                return text.lower() == "true"
            case "int" | "float":
                return self._number(node, path, text, kind)
        return self._wrong(node, path, f"the type {node.tag!r} is not read here")

    def _number(self, node: yaml.ScalarNode, path: str, text: str, kind: str) -> Any:
        try:
            value = float(text) if kind == "float" else int(text, 0 if text[:2] in ("0o", "0x") else 10)
        except ValueError:
            value = math.inf
        if len(text) > LONGEST_NUMBER or not math.isfinite(value):
            return self._wrong(node, path, "is no number that can be used")
        return value

    def _wrong(self, node: yaml.Node, path: str, text: str) -> None:
        self.problems.append(Problem(_line(node), path, text))


def _shown(character: Any) -> str:
    return f"U+{character:04X}" if isinstance(character, int) else repr(character)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
