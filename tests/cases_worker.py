"""A decide worker of stage `cases` as a process of its own, as `tests.toy_worker` is one of the toy stage."""

from tests.toy_worker import run
from tests.unit.streams.month import stage

if __name__ == "__main__":
    run(stage())
