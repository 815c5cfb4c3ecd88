"""Rule projection and the deliveries that manufacturers and depositaries announce: when they come in time, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import Any

import pytest

from alertcore import statejson
from alertcore.policy import Policy
from alertcore.records.alert import AlertKind, Severity, Signal, SignalState
from alertcore.records.notice import Purpose
from alertcore.records.shared import SubjectKind, Text
from alertcore.rules.projection import FLAGS, Look, ProjectionState, Why, look
from alertcore.rules.projection_burn import Burn, days_until, reach
from alertcore.thresholds import ProjectionPolicy
from tests.unit.alertcore import cases_world
from tests.unit.alertcore.stock_world import CIS, NOON

DAY = timedelta(days=1)
RAISED, CHANGED, CLEARED = SignalState.RAISED, SignalState.CHANGED, SignalState.CLEARED
Rows = tuple[tuple[int, float], ...]


def by_days(packs: float, a_day: float, coming: Rows) -> int | None:
    """Day by day, as on a sheet of paper: the day by whose end nothing is left, what comes on that day counted in; None within a year."""
    left = Fraction(packs)
    for day in range(366):
        left += sum((Fraction(more) for on, more in coming if on == day), Fraction(0))
        if left <= 0:
            return day
        left -= Fraction(a_day)
        if left <= 0 and not any(on == day + 1 for on, _ in coming):
            return day + 1
    return None


EXAMPLES: list[tuple[float, float, Rows, int | None]] = [
    (100, 10, (), 10),
    (100, 10, ((5, 50.0),), 15),
    (100, 10, ((10, 50.0),), 15),
    (100, 10, ((11, 50.0),), 10),
    (95, 10, ((10, 50.0),), 15),
    (95, 10, ((11, 50.0),), 10),
    (100, 10, ((9, 10.0), (11, 10.0)), 12),
    (100, 10, ((9, 10.0), (12, 10.0)), 11),
    (100, 10, ((10, 5.0), (11, 20.0)), 13),
    (0, 10, ((1, 50.0),), 0),
    (0, 10, ((0, 50.0),), 5),
    (5, 10, ((1, 50.0),), 6),
    (5, 10, ((2, 50.0),), 1),
    (1, 1, ((1, 1.0), (2, 1.0), (3, 1.0)), 4),
    (1, 1, ((1, 1.0), (3, 1.0)), 2),
    (300, 7, ((42, 70.0),), 53),
    (300, 7, ((43, 70.0),), 53),
    (300, 7, ((44, 70.0),), 43),
    (250, 2.5, ((60, 1000.0),), None),
    (250, 4, ((60, 150.0), (90, 150.0)), 138),
    (40, 3, ((13, 2.0), (14, 1.0)), 15),
    (-20, 10, ((0, 50.0),), 3),
    (-20, 10, ((1, 50.0),), 0),
]


@pytest.mark.parametrize(("packs", "a_day", "coming", "day"), EXAMPLES)
def test_worked_examples(packs: float, a_day: float, coming: Rows, day: int | None) -> None:
    days = days_until(packs, -a_day, coming)
    assert days is not None
    assert (ceil(days - 1e-9) if days <= 365 else None) == day
    if packs >= 0:
        assert by_days(packs, a_day, coming) == day


@pytest.mark.parametrize(("packs", "change", "coming", "days"), [(10.0, 0.0, ((3, 5.0),), None), (None, -1.0, ((3, 5.0),), None)])
def test_what_does_not_fall_or_is_not_known_is_used_up_on_no_day(packs: float | None, change: float, coming: Rows, days: None) -> None:
    assert days_until(packs, change, coming) is days


def test_each_end_of_the_interval_reckons_with_what_comes_in_time_for_it() -> None:
    found = reach(date(2026, 3, 10), 100.0, Burn(median=-10.0, least=-20.0, most=-5.0, changes=28), ((8, 50.0),))
    assert found is not None
    assert (found.on, found.earliest, found.latest) == (date(2026, 3, 25), date(2026, 3, 15), date(2026, 4, 9))


# -- the rule


def seen(stock: float | None, *, after: float = 0, packs: float = 10.0, **more: Any) -> Look:
    given: dict[str, Any] = {
        "cis": CIS,
        "name": "EXEMPLE",
        "mitm": True,
        "at": NOON + after * DAY,
        "day": (NOON + after * DAY).date(),
        "policy": Policy(),
        "policy_version": 0,
        "stock": stock,
        "burn": Burn(median=-packs, least=-2 * packs, most=-packs / 2, changes=28),
    }
    return Look(**given | more)


def told(*looks: Look, state: ProjectionState | None = None) -> tuple[ProjectionState, list[Signal]]:
    state, found = state or ProjectionState(), []
    for one in looks:
        state, signal = look(state, one)
        found += [signal] if signal else []
    return state, found


def flags(signal: Signal) -> set[str]:
    return set(FLAGS.values()) & signal.numbers.keys()


OPEN = told(seen(500))[0]


@pytest.mark.parametrize(
    ("coming", "raised"),
    [
        ((), True),
        (((50, 101.0),), False),
        (((50, 100.0),), True),
        (((51, 1000.0),), True),
        (((20, 50.0), (50, 51.0)), False),
    ],
)
def test_a_delivery_that_comes_in_time_and_is_enough_for_60_days_makes_it_needless(coming: Rows, raised: bool) -> None:
    assert [s.state for s in told(seen(500, coming=coming))[1]] == [RAISED] * raised


@pytest.mark.parametrize(("coming", "raised"), [(((5, 551.0),), False), (((5, 550.0),), True), (((6, 1000.0),), True)])
def test_the_floor_reckons_with_what_counts_for_it(coming: Rows, raised: bool) -> None:
    one = seen(None, reserve=250, floor=200, reserve_coming=coming, coming=coming)
    assert [s.state for s in told(one)[1]] == [RAISED] * raised


def test_at_nought_is_told_though_something_comes_tomorrow() -> None:
    (signal,) = told(seen(0.0, coming=((1, 500.0), (9, 5.0))))[1]
    assert signal.sentence.fr.endswith("le stock national est épuisé. Livraison suivante annoncée : 500\u00a0boîtes le 11/03/2026.")
    assert signal.sentence.en.endswith("the national stock is gone. Next delivery announced: 500 packs on 2026-03-11.")


def test_a_delivery_in_time_and_the_next_one_are_named_with_their_days() -> None:
    (signal,) = told(seen(300, coming=((10, 100.0), (55, 1000.0))))[1]
    assert (signal.numbers["zero_days"], signal.numbers["coming_packs"]) == (40.0, 1100.0)
    assert (
        "À ce rythme, et avec les livraisons annoncées (100\u00a0boîtes le 20/03/2026), il serait épuisé vers le 19/04/2026"
        in signal.sentence.fr
    )
    assert signal.sentence.fr.endswith(" Livraison suivante annoncée : 1\u00a0000\u00a0boîtes le 04/05/2026.")
    assert "At this rate, and with the deliveries announced (100 packs on 2026-03-20), it is gone about 2026-04-19" in signal.sentence.en
    assert signal.sentence.en.endswith(" Next delivery announced: 1,000 packs on 2026-05-04.")


def test_of_many_deliveries_three_are_named_and_the_rest_counted() -> None:
    (signal,) = told(seen(300, coming=tuple((n, 10.0) for n in range(1, 6))))[1]
    assert "10\u00a0boîtes le 11/03/2026, 10\u00a0boîtes le 12/03/2026, 10\u00a0boîtes le 13/03/2026 et 2 autres" in signal.sentence.fr
    assert "10 packs on 2026-03-11, 10 packs on 2026-03-12, 10 packs on 2026-03-13 and 2 others" in signal.sentence.en
    (signal,) = told(seen(300, coming=tuple((n, 10.0) for n in range(1, 4))))[1]
    assert "10 packs on 2026-03-12 and 10 packs on 2026-03-13)" in signal.sentence.en


@pytest.mark.parametrize(
    ("stock", "coming", "flag"),
    [
        (500, ((30, 161.0),), {"deliveries_flag"}),
        (660, ((30, 1.0),), {"deliveries_flag"}),
        (661, ((30, 1.0),), set()),
        (661, (), set()),
    ],
)
def test_what_only_announced_deliveries_end_is_no_all_clear(stock: float, coming: Rows, flag: set[str]) -> None:
    _, (cleared,) = told(seen(stock, after=1, coming=coming), state=OPEN)
    assert (cleared.state, cleared.severity, flags(cleared)) == (CLEARED, Severity.INFO, flag)


def test_it_is_back_when_the_delivery_does_not_come() -> None:
    state, (cleared,) = told(seen(490, after=1, coming=((29, 500.0),)), state=OPEN)
    assert state == ProjectionState(version=2)
    assert "avec les livraisons annoncées (500\u00a0boîtes le 09/04/2026), le stock ne doit plus être épuisé" in cleared.sentence.fr
    assert cleared.sentence.fr.endswith("Ce n’est pas un retour à la normale : l’alerte reprend si elles n’arrivent pas.")
    assert "with the deliveries announced (500 packs on 2026-04-09), stock is no longer to run out" in cleared.sentence.en
    _, (again,) = told(seen(200, after=30), state=state)
    assert (again.state, again.version) == (RAISED, 3)


# -- other ends that are no recovery


@pytest.mark.parametrize(
    ("stock", "ahead", "clear", "flag"),
    [
        (640, 50, 1.1, {"cleared_by_policy_flag"}),
        (650, 60, 1.05, {"cleared_by_policy_flag"}),
        (660, 50, 1.1, {"cleared_by_policy_flag"}),
        (661, 50, 1.1, set()),
        (700, 60, 1.05, set()),
    ],
)
def test_days_that_another_policy_shortens_are_no_recovery_and_those_that_grew_beyond_the_old_are(
    stock: float, ahead: int, clear: float, flag: set[str]
) -> None:
    policy = replace(Policy(), projection=replace(ProjectionPolicy(), ahead_days=ahead, clear=clear))
    _, (cleared,) = told(seen(stock, after=1, policy=policy, policy_version=1), state=OPEN)
    assert (cleared.state, flags(cleared)) == (CLEARED, flag)


def floor(months: float, reserve: float = 250.0, **more: Any) -> Look:
    return seen(None, reserve=reserve, floor=months * 100, months=months, monthly=100.0, **more)


NEAR_FLOOR = told(floor(2.0, 700.0))[0]


@pytest.mark.parametrize(
    ("months", "reserve", "version", "flag"),
    [
        (0.2, 700.0, 0, {"floor_lowered_flag"}),
        (0.2, 860.0, 0, {"floor_lowered_flag"}),
        (0.2, 861.0, 0, set()),
        (0.0, 700.0, 0, {"floor_lowered_flag"}),
        (0.2, 700.0, 1, {"cleared_by_policy_flag"}),
        (2.0, 861.0, 1, set()),
    ],
)
def test_a_floor_that_is_only_lowered_ends_it_without_an_all_clear(months: float, reserve: float, version: int, flag: set[str]) -> None:
    _, (cleared,) = told(floor(months, reserve, after=1, policy_version=version), state=NEAR_FLOOR)
    assert (cleared.state, flags(cleared)) == (CLEARED, flag)
    if flag == {"floor_lowered_flag"}:
        assert "le plancher légal a été abaissé ; la projection du 10/03/2026" in cleared.sentence.fr
        assert "the legal floor was lowered; the projection of 2026-03-10" in cleared.sentence.en


def both(stock: float, reserve: float, months: float, **more: Any) -> Look:
    return seen(stock, reserve=reserve, floor=months * 100, months=months, monthly=100.0, **more)


@pytest.mark.parametrize(("reserve", "flag"), [(700.0, {"floor_lowered_flag"}), (861.0, set())])
def test_a_floor_that_was_lowered_while_nought_still_came_is_not_forgotten_at_the_end(reserve: float, flag: set[str]) -> None:
    state, _ = told(both(500, 700.0, 2.0))
    state, (changed,) = told(both(500, 700.0, 0.2, after=1), state=state)
    assert (changed.state, state.zero, state.floor, state.floor_months) == (CHANGED, True, False, 2.0)
    assert statejson.load(ProjectionState, statejson.dump(state)) == state
    _, (cleared,) = told(both(800, reserve, 0.2, after=2), state=state)
    assert (cleared.state, flags(cleared)) == (CLEARED, flag)


def test_where_days_were_shortened_as_well_it_is_the_policy_that_ended_it() -> None:
    policy = replace(Policy(), projection=replace(ProjectionPolicy(), ahead_days=50))
    state, _ = told(both(500, 700.0, 2.0))
    state, _ = told(both(500, 700.0, 0.2, after=1), state=state)
    state, _ = told(both(500, 700.0, 0.2, after=2, policy=policy, policy_version=1), state=state)
    _, (cleared,) = told(both(800, 700.0, 0.2, after=3, policy=policy, policy_version=1), state=state)
    assert flags(cleared) == {"cleared_by_policy_flag"}


def test_what_is_not_known_of_the_floor_is_not_taken_for_recovered() -> None:
    state, _ = told(both(500, 700.0, 2.0))
    state, _ = told(both(500, 700.0, 0.2, after=1), state=state)
    state, (cleared,) = told(seen(800, after=2), state=state)
    assert flags(cleared) == {"floor_lowered_flag"}


def test_a_stock_at_nought_by_what_was_asked_goes_on_however_little_it_falls() -> None:
    state, _ = told(both(500, 700.0, 2.0))
    state, _ = told(both(500, 700.0, 0.2, after=1), state=state)
    _, (cleared,) = told(both(800, 190.0, 0.2, after=2, packs=0.0), state=state)
    assert flags(cleared) == {"floor_lowered_flag"}


# -- in the cases


@pytest.mark.parametrize(
    ("flag", "reason", "purpose", "headline"),
    [
        (FLAGS[Why.DELIVERIES], "deliveries_announced", Purpose.UPDATE, "AMOXIDEMO 500 mg, gélule : livraisons annoncées, stock en baisse"),
        (FLAGS[Why.FLOOR], "floor_lowered", Purpose.UPDATE, "AMOXIDEMO 500 mg, gélule : plancher abaissé, stock en baisse"),
        ("other_flag", "projection_over", Purpose.ALL_CLEAR, "AMOXIDEMO 500 mg, gélule : stock bientôt épuisé"),
    ],
)
def test_only_a_recovery_is_told_as_one(flag: str, reason: str, purpose: Purpose, headline: str) -> None:
    world = cases_world.World()
    raised = cases_world.signal("projection", SubjectKind.CIS, cases_world.CIS, companies=("lab-a",), numbers={"zero_days": 20.0})
    world.feed("signal", raised)
    world.wait(DAY)
    over = Text(fr="fini", en="over")
    world.feed("signal", replace(raised, state=CLEARED, version=2, numbers={flag: 1.0}, sentence=over))
    outs = world.soon()
    (alert,) = [a for a in cases_world.alerts(outs) if a.kind is AlertKind.PROJECTION]
    assert (str(alert.step), alert.reason, alert.facts["sentence_fr"]) == ("resolved", reason, "fini")
    assert alert.facts["headline_fr"] == headline
    assert {n.purpose for n in cases_world.notices(outs)} == {purpose}
