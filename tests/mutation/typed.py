"""Mutants that no test caught but `make check` would: mypy over the survivors alone, all at once."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from mutmut.__main__ import walk_mutatable_files
from mutmut.mutation.data import MutantLineSpans, SourceFileMutationData

SURVIVED, BY_TYPES = 0, 37
Spans = dict[str, tuple[int, int]]


def weigh() -> int:
    """Marks them in mutmut's own record; how many there were."""
    with TemporaryDirectory() as place:
        kept = _lay_out(Path(place))
        return sum(_mark(path, kept.get(path, {}), errors) for path, errors in _errors(Path(place)).items())


def _lay_out(place: Path) -> dict[Path, Spans]:
    """A tree in which each function stands beside its surviving mutants; the lines of the others are left empty."""
    shutil.copytree("alertcore", place / "alertcore")
    shutil.copy("pyproject.toml", place)
    kept: dict[Path, Spans] = {}
    for path in walk_mutatable_files():
        data, index = _data(path), MutantLineSpans.load(path)
        if index is None or SURVIVED not in data.exit_code_by_key.values():
            continue
        survivors = {key.rpartition(".")[2]: key for key, code in data.exit_code_by_key.items() if code == SURVIVED}
        lines = (Path("mutants") / path).read_text("utf-8").split("\n")
        kept[path] = {}
        for name, span in index.span_by_function_name.items():
            if name in survivors:
                kept[path][survivors[name]] = (span.start, span.end)
            elif not name.endswith("_orig"):
                lines[span.start - 1 : span.end] = [""] * (span.end - span.start + 1)
        (place / path).write_text("\n".join(lines), "utf-8")
    return kept


def _errors(place: Path) -> dict[Path, dict[int, str]]:
    command = [sys.executable, "-m", "mypy", "--output", "json", "--no-warn-unused-ignores", "-p", "alertcore"]
    said = subprocess.run(command, cwd=place, capture_output=True, encoding="utf-8", check=False).stdout
    errors: dict[Path, dict[int, str]] = {}
    for line in said.splitlines():
        found = json.loads(line)
        if found["severity"] == "error":
            errors.setdefault(Path(found["file"]), {})[found["line"]] = found["message"]
    return errors


def _mark(path: Path, kept: Spans, errors: dict[int, str]) -> int:
    data, marked = _data(path), 0
    for key, (start, end) in kept.items():
        error = next((message for line, message in errors.items() if start <= line <= end), None)
        if error is not None:
            data.exit_code_by_key[key], data.type_check_error_by_key[key] = BY_TYPES, error
            marked += 1
    data.save()
    return marked


def _data(path: Path) -> SourceFileMutationData:
    data = SourceFileMutationData(path=path)
    data.load()
    return data
