"""What came of the mutants: a line a file, then each survivor with what was changed."""

from collections import Counter

from mutmut.__main__ import get_diff_for_mutant, status_by_exit_code, walk_mutatable_files
from mutmut.mutation.data import SourceFileMutationData

CAUGHT = ("killed", "timeout", "segfault")
TYPES = "caught by type check"
UNTRIED = ("not checked", "skipped")


def tell(*, survivors: bool) -> None:
    """Prints them."""
    total: Counter[str] = Counter()
    print(f"{'file':<45} mutants   tests   types  survive")
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        found = Counter(status_by_exit_code[code] for code in data.exit_code_by_key.values())
        if found:
            print(_line(str(path), found))
        total += found
    print(_line("all", total))
    if survivors:
        _tell_survivors()


def _line(name: str, found: Counter[str]) -> str:
    tests, types, checked = sum(found[status] for status in CAUGHT), found[TYPES], found.total() - sum(found[status] for status in UNTRIED)
    left = checked - tests - types
    return f"{name:<45} {checked:7} {tests:7} {types:7} {left:8} {100 * left / max(checked, 1):5.1f} %"


def _tell_survivors() -> None:
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        for key, code in data.exit_code_by_key.items():
            if status_by_exit_code[code] not in (*CAUGHT, TYPES, *UNTRIED):
                changed = [line for line in get_diff_for_mutant(key, path=path).split("\n")[2:] if line[:1] in "+-"]
                print(f"\n{key}", *changed, sep="\n")
