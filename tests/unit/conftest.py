"""Where the real data is: beside the checkout, or copied into the tests."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The publishers' files beside the checkout; the test is skipped where they are absent."""
    found = ROOT.parent / "shared" / "data"
    if not found.is_dir():
        pytest.skip("the real data is not beside the checkout (../shared/data)")
    return found


@pytest.fixture(scope="session")
def broken() -> Path:
    """Real broken inputs, copied."""
    return ROOT / "tests" / "data" / "entrees-cassees"


@pytest.fixture(scope="session")
def excerpts() -> Path:
    """First records of real lists, copied."""
    return ROOT / "tests" / "data" / "excerpts"
