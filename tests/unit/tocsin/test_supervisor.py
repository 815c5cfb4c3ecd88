"""What `up` does about its children: started, started again with back-off, left alone where a person is needed, ended together."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest

from tocsin.exits import FAILED, USAGE
from tocsin.roles.orders import Orders
from tocsin.supervisor import Child, ChildSpec, Supervisor


class Process:
    """A process that ends when a test says so, or when it is told to and is not deaf."""

    def __init__(self, pid: int, *, deaf: bool = False) -> None:
        self.pid = pid
        self.exitcode: int | None = None
        self._deaf = deaf

    def terminate(self) -> None:
        if not self._deaf:
            self.exitcode = 0

    def kill(self) -> None:
        self.exitcode = -signal.SIGKILL

    def join(self, timeout: float | None = None) -> None:
        assert self.exitcode is not None or timeout is not None, "nobody waits without end for a process that runs"


class World:
    """One child under a supervisor, the processes that were made for it, and what was told."""

    def __init__(self, folder: Path, *, deaf: bool = False) -> None:
        self.made: list[Process] = []
        self.told: list[str] = []
        self.deaf = deaf
        spec = ChildSpec("door", Orders(role="door", name="door"), {}, folder / "door.json", folder / "door.log")
        self.supervisor = Supervisor([spec], self.start, self.told.append)

    def start(self, orders: Orders, environment: Mapping[str, str], log: Path) -> Process:
        self.made.append(Process(len(self.made) + 1, deaf=self.deaf))
        return self.made[-1]

    @property
    def child(self) -> Child:
        return self.supervisor.children["door"]

    def ends(self, code: int) -> None:
        self.made[-1].exitcode = code
        self.supervisor.start_due()


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = World(tmp_path)
    found.supervisor.start_due()
    return found


def test_a_child_is_ready_once_the_process_that_runs_has_said_so(world: World) -> None:
    assert not world.supervisor.ready()
    world.child.spec.status.write_text(json.dumps({"pid": 99}))
    assert not world.supervisor.ready(), "that was said by another process"
    world.child.spec.status.write_text(json.dumps({"pid": 1}))
    assert world.supervisor.ready()


def test_a_child_that_died_is_started_again_after_a_rest_that_grows(world: World) -> None:
    rests = []
    for _ in range(6):
        world.ends(-signal.SIGKILL)
        assert world.child.process is None, "not at once"
        rests.append(world.child.start_at - world.child.started)
        world.child.start_at = 0.0
        world.supervisor.start_due()
    assert len(world.made) == 7
    assert [round(rest, 1) for rest in rests] == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
    assert world.told[0] == "door ended with code -9; started again in 0.5 s"


def test_a_child_that_ran_for_long_rests_no_longer_than_at_first(world: World) -> None:
    for _ in range(3):
        world.ends(FAILED)
        world.child.start_at = 0.0
        world.supervisor.start_due()
    world.child.started -= 60.0
    world.ends(FAILED)
    assert world.told[-1] == "door ended with code 1; started again in 0.5 s"


def test_a_child_that_only_a_person_can_help_is_left_alone(world: World) -> None:
    world.ends(USAGE)
    world.supervisor.start_due()
    assert len(world.made) == 1
    assert world.supervisor.given_up() == [world.child]
    assert "needs a person" in world.told[0]


def test_what_an_earlier_process_said_does_not_make_the_next_one_ready(world: World) -> None:
    world.child.spec.status.write_text(json.dumps({"pid": 2}))
    world.ends(FAILED)
    world.child.start_at = 0.0
    world.supervisor.start_due()
    assert not world.supervisor.ready()


@pytest.mark.parametrize(("deaf", "code"), [(False, 0), (True, -signal.SIGKILL)])
async def test_all_are_ended_in_order_and_the_deaf_by_force(tmp_path: Path, deaf: bool, code: int) -> None:
    world = World(tmp_path, deaf=deaf)
    world.supervisor.start_due()
    async with asyncio.timeout(10):
        await world.supervisor.stop(grace_s=0.01)
    assert world.made[0].exitcode == code
