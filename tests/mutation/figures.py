"""What came of the mutants: a line a file, as docs/mutants.md has them, then each survivor with what was changed."""

from collections import Counter

from mutmut.__main__ import get_diff_for_mutant, status_by_exit_code, walk_mutatable_files
from mutmut.mutation.data import SourceFileMutationData

TESTS, TIME, TYPES = ("killed", "segfault"), "timeout", "caught by type check"
UNTRIED = ("not checked", "skipped")
HEAD = "| file | tried | caught by tests | by time | by types | survive | not tried |\n| --- | --- | --- | --- | --- | --- | --- |"


def tell(*, survivors: bool) -> None:
    """Prints them."""
    total: Counter[str] = Counter()
    print(HEAD)
    for path in sorted(walk_mutatable_files()):
        data = SourceFileMutationData(path=path)
        data.load()
        found = Counter(status_by_exit_code[code] for code in data.exit_code_by_key.values())
        if found:
            print(_line("/".join(path.with_suffix("").parts[1:]), found))
        total += found
    print(_line("**all**", total))
    if survivors:
        _tell_survivors()


def _line(name: str, found: Counter[str]) -> str:
    """A mutant that ran out of time is caught; one that no test comes through survives."""
    untried = sum(found[status] for status in UNTRIED)
    tests, tried = sum(found[status] for status in TESTS), found.total() - untried
    left = tried - tests - found[TIME] - found[TYPES]
    survive = f"{left} ({100 * left / max(tried, 1):.1f} %)"
    return f"| {name} | {tried} | {tests} | {found[TIME] or ''} | {found[TYPES] or ''} | {survive} | {untried or ''} |"


def _tell_survivors() -> None:
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        for key, code in data.exit_code_by_key.items():
            if status_by_exit_code[code] not in (*TESTS, TIME, TYPES, *UNTRIED):
                changed = [line for line in get_diff_for_mutant(key, path=path).split("\n")[2:] if line[:1] in "+-"]
                print(f"\n{key}", *changed, sep="\n")
