"""A decide worker of dispatch alone as a process of its own, as `tests.toy_worker` is one of the toy stage."""

from tests.dispatch_stage import DispatchStage
from tests.toy_worker import run

if __name__ == "__main__":
    run(DispatchStage())
