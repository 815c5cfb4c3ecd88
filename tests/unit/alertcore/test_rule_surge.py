"""Rule surge: worked examples of the CUSUM, which declarations count and when, and the life of its alert."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.records.alert import Alert, AlertKind, Severity, Signal, SignalState
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.records.shortage import DeclarationStep
from alertcore.rules.surge import RULE, SurgeCounts, classes, cusum, read, reference
from alertcore.rules.surge_text import above, named
from alertcore.thresholds import SurgePolicy
from tests.unit.alertcore.cases_world import NOW, World, alerts, groups, signals

WEEK, DAY = timedelta(days=7), timedelta(days=1)
"""NOW is a Monday: the week has only begun."""
DOUBLED = SurgePolicy()
TRIPLED, HALF_MORE = SurgePolicy(ratio=3.0), SurgePolicy(ratio=1.5)

EXAMPLES: list[tuple[SurgePolicy, list[int], int, tuple[float, float, float, float] | None, bool]] = [
    # policy, complete weeks, this week | l0, k, S over complete weeks, S now | told (S now >= 4)
    # doubled: k = l0 / ln 2 = 1.4426950 l0
    (DOUBLED, [2] * 52, 7, (2, 2.885390, 0, 4.114610), True),  # 7 - 2.885390
    (DOUBLED, [2] * 52, 6, (2, 2.885390, 0, 3.114610), False),
    (DOUBLED, [0] * 52, 4, (0.25, 0.360674, 0, 3.639326), False),  # no history: 0.25 a week; 4 - 0.360674
    (DOUBLED, [0] * 52, 5, (0.25, 0.360674, 0, 4.639326), True),
    (DOUBLED, [0] * 8, 5, (0.25, 0.360674, 0, 4.639326), True),  # eight weeks are enough
    (DOUBLED, [0] * 7, 5, None, False),  # seven are not
    (DOUBLED, [1] * 52, 5, (1, 1.442695, 0, 3.557305), False),
    (DOUBLED, [1] * 52, 6, (1, 1.442695, 0, 4.557305), True),
    (DOUBLED, [0, 2] * 26, 4, (1, 1.442695, 0.557305, 3.114610), False),  # each 2 leaves 0.557305, which the next 0 takes away
    (DOUBLED, [0, 2] * 26, 5, (1, 1.442695, 0.557305, 4.114610), True),  # 0.557305 + 5 - 1.442695
    (DOUBLED, [1] * 51 + [5], 2, (56 / 52, 1.553672, 3.446328, 3.892657), False),  # k = 1.442695 * 56/52; 5 - k; + 2 - k
    (DOUBLED, [1] * 51 + [5], 3, (56 / 52, 1.553672, 3.446328, 4.892657), True),
    (DOUBLED, [3] * 52, 8, (3, 4.328085, 0, 3.671915), False),
    (DOUBLED, [3] * 52, 9, (3, 4.328085, 0, 4.671915), True),
    (DOUBLED, [10] * 52, 18, (10, 14.426950, 0, 3.573050), False),
    (DOUBLED, [10] * 52, 19, (10, 14.426950, 0, 4.573050), True),
    (DOUBLED, [1] * 50 + [8, 0], 0, (58 / 52, 1.609160, 4.781680, 3.172521), False),  # 8 - k = 6.390840; - k; - k
    (DOUBLED, [1] * 50 + [8, 0], 1, (58 / 52, 1.609160, 4.781680, 4.172521), True),
    (TRIPLED, [1] * 52, 5, (1, 1.820478, 0, 3.179522), False),  # k = 2 / ln 3
    (TRIPLED, [1] * 52, 6, (1, 1.820478, 0, 4.179522), True),
    (HALF_MORE, [2] * 52, 6, (2, 2.466303, 0, 3.533697), False),  # k = 2 * 0.5 / ln 1.5 = 1 / 0.405465
    (HALF_MORE, [2] * 52, 7, (2, 2.466303, 0, 4.533697), True),
    (SurgePolicy(weeks=8), [9] * 44 + [1] * 8, 6, (1, 1.442695, 0, 4.557305), True),  # the nine are forgotten
    (SurgePolicy(least_rate=1.0), [0] * 52, 5, (1, 1.442695, 0, 3.557305), False),
    (SurgePolicy(least_rate=1.0), [0] * 52, 6, (1, 1.442695, 0, 4.557305), True),
]


@pytest.mark.parametrize(("policy", "before", "count", "expected", "told"), EXAMPLES)
def test_worked_examples(policy: SurgePolicy, before: list[int], count: int, expected: Any, told: bool) -> None:
    found = read(before, count, policy)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert (found.usual, found.reference, found.closed, found.now) == pytest.approx(expected, abs=1e-6)
    assert (found.now >= policy.threshold) is told


@given(st.lists(st.integers(0, 30), max_size=60), st.floats(0.1, 10), st.integers(0, 30))
def test_the_sum_is_never_negative_and_a_declaration_more_never_lowers_it(counts: list[int], k: float, more: int) -> None:
    assert cusum(counts, k) >= 0
    assert cusum([*counts, more + 1], k) >= cusum([*counts, more], k)


def test_the_reference_lies_between_the_usual_rate_and_the_one_looked_for() -> None:
    assert 3 < reference(3, 2) < 6


@pytest.mark.parametrize(
    ("atc", "expected"), [("J01CA04", ("J", "J01", "J01C")), ("J01C", ("J", "J01", "J01C")), ("J01", ("J", "J01")), ("J", ("J",)), ("", ())]
)
def test_a_declaration_counts_for_the_first_three_levels_of_its_class(atc: str, expected: tuple[str, ...]) -> None:
    assert classes(atc) == expected


@given(st.lists(st.tuples(st.integers(100, 130), st.integers(90, 110)), min_size=1, max_size=30))
def test_counts_by_week_are_those_of_a_plain_table(rows: list[tuple[int, int]]) -> None:
    counts, table = SurgeCounts(first=rows[0][0]), Counter[int]()
    oldest = 0
    for week, limit in rows:
        oldest = max(oldest, limit)
        counts, table = counts.add(week, oldest), table + Counter([week])
    for first in range(oldest, 132):
        assert counts.between(first, 135) == [table[n] for n in range(first, 135)]


# -- in the cases


class Year:
    """A case log with declarations, each of a medicine of its own."""

    def __init__(self, **more: Any) -> None:
        self.world, self.n = World(**more), 0

    def declare(self, count: int = 1, weeks_ago: int = 0, atc: str | None = "J01CA04", **fields: Any) -> list[Any]:
        """So many initial declarations, on the Monday so many weeks ago."""
        outs: list[Any] = []
        for _ in range(count):
            self.n += 1
            at = self.world.now - weeks_ago * WEEK
            outs += self.world.declare(f"d{self.n}", **{"cis": f"6{self.n:07}", "atc": atc, "declared_at": at} | fields)
        return outs

    def past(self, weeks: int = 52, atc: str = "J01CA04") -> Year:
        """One declaration a week."""
        for ago in range(weeks, 0, -1):
            self.declare(weeks_ago=ago, atc=atc)
        return self

    def open(self) -> set[str]:
        return {f.alert.subject.id for f in self.world.files() if f.alert.kind is AlertKind.SURGE and not f.ended}


def surges(outs: list[Any]) -> list[Alert]:
    return [a for a in alerts(outs) if a.kind is AlertKind.SURGE]


def told(outs: list[Any]) -> list[Signal]:
    return [s for s in signals(outs) if s.rule == RULE]


def test_a_class_above_its_usual_rate_is_told_to_officers_at_the_declaration_that_crosses_it() -> None:
    year = Year().past()
    assert surges(year.declare(5)) == []
    outs = year.declare()
    found = {a.subject.id: a for a in surges(outs) if a.step == "raised"}
    assert set(found) == {"J", "J01", "J01C"}
    assert found["J"].subject == Subject(kind=SubjectKind.ATC, id="J")
    assert (found["J01"].reason, found["J01"].severity) == ("surge_began", Severity.MINOR)
    assert found["J01"].numbers == pytest.approx(
        {"declarations_count": 6.0, "usual_weekly_count": 1.0, "weeks_count": 52.0, "excess_cusum_count": 4.557305}
    )
    assert [(s.state, s.cells[0].threshold) for s in told(outs)] == [(SignalState.RAISED, 4.0)] * 3
    assert groups(outs)["officers"] == "alert"
    assert (found["J01"].facts["name"], found["J01"].facts["headline_en"]) == (
        "classe ATC J01 (dans J, anti-infectieux à usage systémique)",
        "Surge of declarations: ATC class J01 (in J, anti-infectives for systemic use)",
    )
    (signal,) = [s for s in told(outs) if s.subject.id == "J01"]
    assert (signal.severity, signal.numbers) == (Severity.MINOR, found["J01"].numbers)
    assert signal.sentence.en == found["J01"].facts["sentence_en"]
    assert (signal.cells[0].value, signal.cells[0].unit.value) == (found["J01"].numbers["excess_cusum_count"], "count")
    assert found["J"].facts["sentence_fr"] == (
        "Classe ATC J (anti-infectieux à usage systémique) : 6 déclarations initiales cette semaine, pour 1,0 par semaine d’ordinaire"
        " (52 semaines). La somme cumulée des dépassements est de 4,6, pour un seuil de 4,0."
    )
    assert found["J01"].facts["sentence_en"] == (
        "ATC class J01 (in J, anti-infectives for systemic use): 6 initial declarations this week, where 1.0 a week are usual (52 weeks)."
        " The cumulative sum above it is 4.6, its threshold 4.0."
    )


def test_further_declarations_are_counted_and_told_on_monday_where_the_alert_becomes_more_severe() -> None:
    year = Year().past()
    year.declare(6)
    assert surges(year.declare(8)) == []
    monday = datetime(2026, 2, 1, 23, tzinfo=UTC)
    assert surges(year.world.wait(monday - NOW - timedelta(seconds=1))) == []
    outs = year.world.wait(timedelta(seconds=1))
    assert {(a.subject.id, a.reason, a.severity) for a in surges(outs)} == {
        (c, "surge_changed", Severity.MODERATE) for c in ("J", "J01", "J01C")
    }
    assert surges(year.world.wait(WEEK)) == []


def test_twice_the_threshold_is_moderate() -> None:
    year = Year().past(atc="C")
    year.declare(11, atc="N02")
    assert {a.subject.id: a.severity for a in surges(year.world.outs)} == {"N": Severity.MINOR, "N02": Severity.MINOR}
    year.world.settings("policy", {"surge": {"threshold": 2}})
    assert {a.severity for a in surges(year.world.last)} == {Severity.MODERATE}


def test_it_ends_on_the_monday_at_which_the_sum_is_back_at_nought() -> None:
    year = Year().past()
    year.declare(6)
    ended = []
    for _ in range(10):
        for outs in (year.world.wait(WEEK), year.declare()):
            ended += [(a.subject.id, a.reason, year.world.now) for a in surges(outs) if a.step == "resolved"]
            for alert in surges(outs):
                if (alert.subject.id, alert.step) == ("J", "resolved"):
                    (signal,) = [s for s in told(outs) if s.subject.id == "J"]
                    assert (signal.state, signal.severity) == (SignalState.CLEARED, Severity.INFO)
                    assert (alert.facts["sentence_fr"], alert.facts["sentence_en"]) == (signal.sentence.fr, signal.sentence.en)
                    assert signal.sentence.en.endswith("declarations are back at their usual rate (1.1 a week).")
    assert {(name, reason) for name, reason, _ in ended} == {(name, "surge_over") for name in ("J", "J01", "J01C")}
    (at,) = {at for *_, at in ended}
    # k = 1.442695 * 57/52 = 1.5814; 6 - k = 4.4186 after the week of the surge, then 1 - k = -0.5814 a week: nought after eight more
    assert at == NOW + 9 * WEEK
    assert year.open() == set()


def test_only_initial_declarations_that_were_not_known_count() -> None:
    year = Year().past()
    year.declare(5)
    first = {"cis": "60000099", "atc": "J01CA04", "declared_at": NOW}
    year.world.declare("x1", step=DeclarationStep.UPDATE, **first)
    assert year.open() == set()
    year.world.declare("x2", **first | {"cis": "60000098"})
    assert year.open() == {"J", "J01", "J01C"}
    counts = year.world.shell.view().get("surge/actual/J")
    year.world.declare("x2", **first | {"cis": "60000098"})
    assert year.world.shell.view().get("surge/actual/J") == counts


def test_a_reload_of_the_past_is_no_surge_and_what_lies_too_far_back_is_forgotten() -> None:
    year = Year().past(weeks=60)
    year.declare(3, weeks_ago=10)
    assert year.open() == set()
    counts: Any = year.world.shell.view().get("surge/actual/J")
    assert (len(counts.counts), sum(counts.counts)) == (52, 55)


def test_a_declaration_of_the_future_counts_today() -> None:
    year = Year().past()
    year.declare(6, declared_at=NOW + 30 * DAY)
    assert year.open() == {"J", "J01", "J01C"}


def test_a_hub_that_knows_too_few_weeks_judges_nothing() -> None:
    year = Year().past(weeks=7)
    year.declare(20)
    assert year.open() == set()


def test_a_class_without_history_counts_as_a_quarter_a_week() -> None:
    year = Year().past(atc="C09AA02")
    year.declare(4, atc="L01")
    assert year.open() == set()
    year.declare(1, atc="L01")
    assert year.open() == {"L", "L01"}


def test_the_class_is_the_declarations_or_else_the_medicines() -> None:
    year = Year().past()
    year.declare(6, atc=None)
    assert year.open() == set()
    for n in range(6):
        year.declare(atc=None, cis="60000001", company=f"lab-{n}")
    assert year.open() == {"J", "J01", "J01C"}


def test_an_exercise_counts_for_itself() -> None:
    year = Year().past()
    year.declare(6, nature=Nature.EXERCISE)
    assert year.open() == set()


def test_another_policy_looks_again_at_every_class() -> None:
    year = Year().past()
    year.declare(5)
    year.world.settings("policy", {"surge": {"threshold": 3}})
    assert year.open() == {"J", "J01", "J01C"}
    year.world.settings("policy", {"surge": {"threshold": 30}})
    assert year.open() == set()


@settings(deadline=None, max_examples=8)
@given(st.randoms(use_true_random=False))
def test_the_order_of_declarations_of_one_week_does_not_matter(random: Random) -> None:
    codes = ["J01CA04"] * 6 + ["J01FA10"] * 2 + ["N02BE01"] * 5
    runs = []
    for _ in range(2):
        year = Year().past(weeks=9)
        for code in codes:
            year.declare(atc=code)
        runs.append((year.open(), [v for k, v in year.world.shell.view().items("surge/")]))
        random.shuffle(codes)
    assert runs[0] == runs[1]


def test_words() -> None:
    assert named("Q").fr == "classe ATC Q"
    assert above("J", 1, 0.25, 8, 4.5, 4).fr.startswith("Classe ATC J (anti-infectieux à usage systémique) : 1 déclaration initiale cette")
    assert "1 initial declaration this week" in above("J", 1, 0.25, 8, 4.5, 4).en
