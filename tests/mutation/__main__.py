"""`make mutants`: mutmut over the rules and the deadlines, with a session of pytest that is collected once."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from itertools import count
from pathlib import Path

import libcst as cst
from mutmut import __main__ as mutmut
from mutmut.configuration import Config
from mutmut.mutation import file_mutation
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.file_mutation import Mutation
from mutmut.mutation.mutators import mutation_operators, operator_string

from tests.mutation import figures, typed
from tests.mutation.collected import CollectedRunner

# Sentences are read and compared whole by their own tests; "XX" around one says nothing about a rule. Their numbers stay mutated.
SENTENCES = ("*_words.py", "*_text.py", "*/words.py", "*/spoken.py")
SURVIVED = (0, 33, 37)
"""Codes of what no test noticed, what no test came through, and what mypy alone refused: `again` tries these once more."""
WAYS = Path("mutants/mutmut-stats.json")
"""Which tests come through which function; looked at anew each time, for a function may have moved to where its old tests were not seen."""
Created = tuple[cst.Module, list[Mutation], set[str], set[str]]


def main() -> None:
    mutating = file_mutation.create_mutations
    without_strings = [(kind, operator) for kind, operator in mutation_operators if operator is not operator_string]

    def sparing_sentences(filename: str, code: str, covered_lines: set[int] | None = None) -> Created:
        spared = any(fnmatch(filename, pattern) for pattern in SENTENCES)
        file_mutation.mutation_operators = without_strings if spared else mutation_operators  # type: ignore[attr-defined]
        return mutating(filename, code, covered_lines)

    file_mutation.create_mutations = sparing_sentences
    mutmut.PytestRunner = CollectedRunner  # type: ignore[misc]
    mutmut.print_stats = _seldom(mutmut.print_stats)
    mutmut.estimated_worst_case_time = _first(mutmut.estimated_worst_case_time)  # type: ignore[assignment]
    arguments = sys.argv[1:]
    if arguments[:1] not in ([], ["again"], ["typed"], ["figures"]):
        with _kept_seldom():
            mutmut.cli()  # mutmut's own commands: run NAME, show NAME, tests-for-mutant NAME
    if arguments == ["again"]:
        Config.ensure_loaded()
        mutmut._reset_mutant_results(lambda _, code: code in SURVIVED)
    if arguments in ([], ["again"]):
        WAYS.unlink(missing_ok=True)
        with _kept_seldom():
            mutmut._run([], max_children=int(os.environ.get("MUTANTS_AT_ONCE", "1")))
    if arguments != ["figures"]:
        print(f"of the survivors, {typed.weigh()} do not pass mypy")
    figures.tell(survivors=True)


def _first(seconds: Callable[[str], float]) -> Callable[[str], float]:
    """Mutants are tried in the order of these: the quick ones first, but before them those that MUTANTS_FIRST names."""
    wanted = os.environ.get("MUTANTS_FIRST", "").split()
    return lambda name: seconds(name) - (1e6 if any(fnmatch(name, pattern) for pattern in wanted) else 0.0)


def _seldom(told: Callable[..., None]) -> Callable[..., None]:
    """mutmut adds up all files before each mutant, ten thousand times: every fiftieth time is enough."""
    times = count()

    def tell(data: dict[str, object], force_output: bool = False) -> None:
        if force_output or next(times) % 50 == 0:
            told(data, force_output=force_output)

    return tell


@contextmanager
def _kept_seldom() -> Iterator[None]:
    """mutmut writes a file's whole record after each mutant, which takes longer than most mutants: every hundredth time, and at the end."""
    keep, times, here = SourceFileMutationData.save, count(1), os.getpid()
    last: dict[str, SourceFileMutationData] = {}

    def keep_all() -> None:
        while last:
            keep(last.popitem()[1])

    def keep_seldom(self: SourceFileMutationData) -> None:
        if os.getpid() != here:  # those that make the mutants write for themselves
            keep(self)
            return
        last[str(self.path)] = self
        if next(times) % 100 == 0:
            keep_all()

    SourceFileMutationData.save = keep_seldom  # type: ignore[method-assign]
    try:
        yield
    finally:
        keep_all()
        SourceFileMutationData.save = keep  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
