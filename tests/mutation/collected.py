"""One pytest session, collected once: each mutant's fork runs its tests from it instead of starting pytest anew."""

import gc
import os
import pickle
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import TypeVar

import mutmut
import pytest
from _pytest.config import _prepareconfig
from _pytest.main import Session
from hypothesis import Phase, settings
from mutmut.__main__ import PytestRunner
from mutmut.configuration import Config
from mutmut.utils.file_utils import change_cwd

Found = TypeVar("Found")
CAUGHT, SURVIVED, UNCLEAR = 1, 0, 35
CAUGHT_BY = Path("caught-by")
"""For each function, in `mutants/`, the test that caught its last mutant: it is tried first on the next, and mostly catches that too."""
# A mutant that goes round and round is ended, and caught, after this many times what its tests take and these seconds of processor time.
TIMES_AS_LONG, AND_SECONDS = 3, 4
# Where a module's tests are in files of another name, or of more than one.
NEIGHBOURS = {
    "safety_stock": ("safety_stock", "floor_periods", "supply_floors"),
    "safety_stock_breach": ("safety_stock", "floor_periods", "supply_floors"),
    "safety_stock_floor": ("safety_stock", "floor_periods", "supply_floors"),
    "hub_signals": ("hub_signals",),
    "safety_stock_alert": ("hub_signals", "safety_stock_lowered", "safety_stock_companies"),
    "shortage": ("declared", "published", "shortage_orders"),
    "shortage_late": ("declared_late", "declared_said"),
    "shortage_orders": ("shortage_orders", "rule_stop_notice"),
    "shortage_life": ("declared", "published"),
    "shortage_words": ("declared", "published"),
    "defect_picture": ("rule_defect", "test_rapid", "recalled_lot"),
    "case_measures": ("case_orders", "case_reading"),
    "projection_burn": ("rule_projection", "stock_use", "stock_incoming"),
    "police_measures": ("shortage_orders",),
    "reach_words": ("rule_defect", "recalled_lot"),
    "recall_reach": ("recalled_lot", "rule_defect"),
    "recall_reach_told": ("recalled_lot",),
    "supply_duties": ("rule_overdue", "rule_undeclared", "rule_stop_notice", "rule_declared", "rule_published", "shortage_orders"),
    "safety_stock_text": ("safety_stock_text", "safety_stock_lowered"),
    "spoken": ("_rule_",),
    "catalogue": ("rule_cards",),
    "words": ("deadlines",),
}
# What runs when its module is imported, long before a fork, and where that is looked at.
AT_IMPORT = {
    "duties.x__law__": "tests/unit/alertcore/test_deadlines_duties.py",
    "duties.x__internal__": "tests/unit/alertcore/test_deadlines_duties.py",
}


class CollectedRunner(PytestRunner):
    """mutmut's runner, but a mutant costs the tests it runs: 20 ms for most, where a pytest of its own costs half a second."""

    def __init__(self) -> None:
        super().__init__()
        self._session: Session | None = None
        self._items: dict[str, pytest.Item] = {}

    def prepare_main_test_run(self) -> None:
        """Called in the parent, twice: the second time just before the forks. What fails there without any mutant says nothing of one."""
        if os.environ["MUTANT_UNDER_TEST"] == "":
            with change_cwd(Path("mutants")):
                session = self._session = _collect([*self._pytest_add_cli_args, *self._pytest_add_cli_args_test_selection])
                failing = _apart(lambda: _failing(session))
                CAUGHT_BY.mkdir(exist_ok=True)
            self._items = {item.nodeid: item for item in session.items if item.nodeid not in failing}
            for test in sorted(failing):
                print(f"left out, for it fails as things stand: {test}")
            if not self._items:
                raise SystemExit("every test fails as things stand")

    def run_stats(self, *, tests: Iterable[str]) -> int:
        """Which tests come through which function, and how long each takes (mutmut's own asks for a field that pytest 9 no longer has)."""

        def ways() -> tuple[int, dict[str, float], dict[str, set[str]]]:
            all_of_them = [word for word in self._pytest_args_regular_run(tests) if word != "-x"]
            with change_cwd(Path("mutants")):
                code = self.execute_pytest(all_of_them, plugins=[_Ways()])
            return code, dict(mutmut.duration_by_test), dict(mutmut.tests_by_mangled_function_name)

        code, durations, found = _apart(ways)
        mutmut.duration_by_test.update(durations)
        mutmut.tests_by_mangled_function_name.update(found)
        return 0 if code == pytest.ExitCode.TESTS_FAILED else code

    def run_tests(self, *, mutant_name: str | None, tests: Iterable[str]) -> int:
        session = self._session
        if mutant_name is None and os.environ["MUTANT_UNDER_TEST"] == "":
            return 0  # looked at when they are collected
        if session is None or mutant_name is None:
            return _apart(lambda: PytestRunner.run_tests(self, mutant_name=mutant_name, tests=tests))
        try:
            with change_cwd(Path("mutants")):
                return self._try(session, mutant_name, list(tests))
        except Exception:
            return UNCLEAR  # what breaks this runner has been caught by nobody

    def _try(self, session: Session, mutant_name: str, tests: list[str]) -> int:
        for function, file in AT_IMPORT.items():
            if function in mutant_name:
                return _run_anew(file)
        chosen = own(mutant_name, [*tests, *_of_module(mutant_name, tests)])
        _limit(sum(mutmut.duration_by_test.get(test, 0.0) for test in chosen))
        return _run(session, self._items, chosen, CAUGHT_BY / mutant_name.rpartition("__mutmut_")[0])


def _apart(run: Callable[[], Found]) -> Found:
    """In a process of its own: what is kept for the whole process must not be filled by the code as it stands before a mutant runs."""
    with TemporaryFile() as answer:
        child = os.fork()
        if child == 0:
            pickle.dump(run(), answer)
            answer.flush()
            os._exit(0)
        os.waitpid(child, 0)
        answer.seek(0)
        found: Found = pickle.load(answer)
    return found


class _Ways:
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        mutmut.duration_by_test[item.nodeid] = mutmut.duration_by_test.get(item.nodeid, 0.0) + call.duration
        for function in mutmut._stats:
            mutmut.tests_by_mangled_function_name[function].add(item.nodeid)
        if call.when == "teardown":
            mutmut._stats.clear()


class _Failed:
    def __init__(self) -> None:
        self.tests: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.tests.add(report.nodeid)


def _failing(session: Session) -> set[str]:
    """Of all tests, those that fail without a mutant."""
    failed = _Failed()
    session.config.pluginmanager.register(failed)
    session.config.option.maxfail = 0
    session.config.hook.pytest_runtestloop(session=session)
    return failed.tests


def _collect(arguments: list[str]) -> Session:
    config = _prepareconfig(["--rootdir=.", "-x", "--capture=no", "--tb=line", *arguments])
    # A failing example is a failing example: making it as small as can be takes longer than the rest.
    settings.register_profile("mutants", settings.default, phases=(Phase.explicit, Phase.generate))
    settings.load_profile("mutants")
    config._do_configure()
    config.pluginmanager.unregister(name="terminalreporter")  # a caught mutant is a number, not a page
    session = Session.from_config(config)
    config.hook.pytest_sessionstart(session=session)
    config.hook.pytest_collection(session=session)
    if not session.items:
        raise SystemExit(f"no tests were collected for {Config.get().pytest_add_cli_args_test_selection}")
    return session


def _of_module(mutant_name: str, but: Iterable[str]) -> list[str]:
    """Tests that come through the module elsewhere, fastest first: where an answer is kept, only the first to ask is seen to ask."""
    module, known = mutant_name.rpartition(".")[0] + ".", set(but)
    found = {test for function, tests in mutmut.tests_by_mangled_function_name.items() if function.startswith(module) for test in tests}
    return sorted(found - known, key=lambda test: mutmut.duration_by_test.get(test, 0.0))


def own(mutant_name: str, tests: list[str]) -> list[str]:
    """Of the tests that come through a function, those of its own rule; all, where the rule has no file of tests of its own."""
    module = mutant_name.split(".")[-2]
    words = module.split("_")
    for stems in [NEIGHBOURS[module]] if module in NEIGHBOURS else [("_".join(words[:end]),) for end in range(len(words), 0, -1)]:
        found = [test for test in tests if any(stem in test.partition("::")[0] for stem in stems)]
        if found:
            return found
    return tests


def _limit(expected: float) -> None:
    """The kernel ends the fork with SIGXCPU, which mutmut reads as a timeout; its own limit counts tests that this run leaves out."""
    soft = int(time.process_time() + TIMES_AS_LONG * expected + AND_SECONDS) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _run_anew(file: str) -> int:
    """In a process that has imported nothing yet."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", file]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": "."}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return CAUGHT if done.returncode else SURVIVED


def _run(session: Session, items: dict[str, pytest.Item], tests: list[str], caught_by: Path) -> int:
    """The named tests in this order, until one fails, but first the one that caught the function's last mutant."""
    gc.disable()  # a fork that touches every object copies every page
    first = caught_by.read_text("utf-8") if caught_by.exists() else ""
    session.items = [items[name] for name in sorted(tests, key=lambda name: name != first) if name in items]
    failed = _Failed()
    session.config.pluginmanager.register(failed)
    with suppress(session.Failed, session.Interrupted):
        session.config.hook.pytest_runtestloop(session=session)
    if not session.testsfailed:
        return SURVIVED
    caught_by.write_text(min(failed.tests, default=""), "utf-8")
    return CAUGHT
