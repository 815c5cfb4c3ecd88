"""Dead is who has work and does not move; an idle night is not death."""

from plumbing.liveness import Progress, ProgressWatch, liveness


class Clock:
    """Seconds, moved by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_without_lag_no_rest_is_too_long() -> None:
    clock = Clock()
    watch = ProgressWatch(clock, limit_s=60)
    for _ in range(3):
        assert watch.judge([Progress("cases-0", 10, 10)]).ok
        clock.now += 3600


def test_work_that_comes_after_a_long_rest_has_its_full_time() -> None:
    clock = Clock()
    watch = ProgressWatch(clock, limit_s=60)
    watch.judge([Progress("cases-0", 10, 10)])
    clock.now += 3600
    assert watch.judge([Progress("cases-0", 10, 11)]).ok
    clock.now += 60
    assert watch.judge([Progress("cases-0", 10, 11)]).ok
    clock.now += 1
    probe = watch.judge([Progress("cases-0", 10, 11)])
    assert not probe.ok
    assert probe.detail == "cases-0 stands at 10 for 61 s"


def test_moving_behind_a_growing_lag_is_alive() -> None:
    clock = Clock()
    watch = ProgressWatch(clock, limit_s=60)
    for n in range(10):
        assert watch.judge([Progress("stock-1", n, 1000 * (n + 1))]).ok
        clock.now += 50


def test_one_stuck_partition_among_others_is_found() -> None:
    clock = Clock()
    watch = ProgressWatch(clock, limit_s=60)
    watch.judge([Progress("stock-0", 5, 9), Progress("stock-1", 5, 9)])
    clock.now += 61
    probe = watch.judge([Progress("stock-0", 5, 9), Progress("stock-1", 6, 9)])
    assert not probe.ok
    assert "stock-0" in probe.detail
    assert "stock-1" not in probe.detail


def test_a_partition_given_away_and_taken_back_starts_anew() -> None:
    clock = Clock()
    watch = ProgressWatch(clock, limit_s=60)
    watch.judge([Progress("stock-0", 5, 9)])
    clock.now += 61
    assert watch.judge([]).ok
    assert watch.judge([Progress("stock-0", 5, 9)]).ok


async def test_the_check_asks_the_role_each_time() -> None:
    clock, places = Clock(), [Progress("cases-0", 1, 2)]

    async def progress() -> list[Progress]:
        return places

    check = liveness(progress, clock, limit_s=60)
    assert (await check()).ok
    clock.now += 61
    assert not (await check()).ok
    places[:] = [Progress("cases-0", 2, 2)]
    assert (await check()).ok
