"""The collector of cycles, settled."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from plumbing.garbage import settle


class Knot:
    """Holds itself."""

    def __init__(self) -> None:
        self.myself = self


@pytest.fixture
def settled() -> Iterator[None]:
    """Settled for one test."""
    before = gc.get_threshold()
    settle()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("settled")
def test_what_was_there_is_looked_at_no_more_and_new_cycles_still_go() -> None:
    assert gc.get_freeze_count() > 1000
    assert gc.isenabled()
    gone = weakref.ref(Knot())
    gc.collect()
    assert gone() is None
