"""Rule safety_stock where less is asked than before: an end that is no all-clear, both sides of it, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from alertcore import statejson
from alertcore.policy import Policy
from alertcore.records.alert import Severity, Signal, SignalState
from alertcore.rules.safety_stock import FloorState, Look, look
from alertcore.rules.safety_stock_floor import Floor, Ground, Standing
from alertcore.thresholds import SafetyStockPolicy

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
UNTIL = date(2026, 3, 20)
POLICY_FLAG, FLOOR_FLAG = "cleared_by_policy_flag", "floor_lowered_flag"


def standing(stock: float | None, months: float = 2.0, mean: float = 500.0, company: str = "lab-1", **more: Any) -> Standing:
    """Stock against so many months of sales; a MITM's unless told otherwise."""
    given = {"ground": Ground.MITM} | more
    return Standing(floor=Floor(company=company, months=months, mean_month=mean, kept=12, **given), stock=stock)


def derogation(stock: float | None, months: float = 1.0, company: str = "lab-1", until: date | None = UNTIL) -> Standing:
    return standing(stock, months, company=company, ground=Ground.PERIOD, until=until)


def seen(*standings: Standing, after: float = 0, version: int = 3, clear: float = 1.1) -> Look:
    policy = replace(Policy(), safety_stock=replace(SafetyStockPolicy(), clear=clear))
    at = AT + after * DAY
    return Look(cis="60000001", name="EXEMPLE 500 mg", mitm=True, at=at, policy=policy, policy_version=version, standings=standings)


def run(*looks: Look, state: FloorState | None = None) -> tuple[FloorState, list[Signal]]:
    state, found = state or FloorState(), []
    for one in looks:
        state, signal = look(state, one)
        found += [signal] if signal else []
    return state, found


def flags(signal: Signal) -> set[str]:
    return {POLICY_FLAG, FLOOR_FLAG} & signal.numbers.keys()


BELOW = run(seen(standing(900.0)))[0]


@pytest.mark.parametrize(
    ("stock", "version", "flag"),
    [
        (900.0, 4, {POLICY_FLAG}),
        (1000.0, 4, {POLICY_FLAG}),
        (1099.9, 4, {POLICY_FLAG}),
        (1100.0, 4, set()),
        (900.0, 3, {FLOOR_FLAG}),
        (1099.9, 3, {FLOOR_FLAG}),
        (1100.0, 3, set()),
    ],
)
def test_what_clears_only_because_less_is_asked_says_so_and_whether_a_policy_or_time_did_it(
    stock: float, version: int, flag: set[str]
) -> None:
    _, (cleared,) = run(seen(derogation(stock), after=1, version=version), state=BELOW)
    assert (cleared.state, cleared.severity, flags(cleared)) == (SignalState.CLEARED, Severity.INFO, flag)


def test_a_lower_end_of_the_policy_is_no_recovery_either() -> None:
    state, _ = run(seen(standing(1050.0), after=1), state=BELOW)
    assert state.breaches[0].ended_at == AT + DAY
    _, (cleared,) = run(seen(standing(1050.0), after=2, version=4, clear=1.05), state=state)
    assert (cleared.state, flags(cleared)) == (SignalState.CLEARED, {POLICY_FLAG})
    assert "the agency has changed the level at which an alert closes" in cleared.sentence.en
    assert "l’agence a changé le seuil auquel une alerte se ferme" in cleared.sentence.fr


def test_another_policy_that_asks_no_less_does_not_make_a_recovery_its_own() -> None:
    _, (cleared,) = run(seen(standing(1100.0), after=1, version=4), state=BELOW)
    assert (cleared.state, flags(cleared)) == (SignalState.CLEARED, set())


def test_that_less_is_sold_is_a_fact_and_its_end_a_recovery() -> None:
    _, (cleared,) = run(seen(standing(900.0, mean=400.0), after=1), state=BELOW)
    assert (cleared.state, flags(cleared)) == (SignalState.CLEARED, set())


def test_a_change_under_another_policy_is_no_end() -> None:
    _, (changed,) = run(seen(standing(400.0), after=1, version=4), state=BELOW)
    assert (changed.state, flags(changed)) == (SignalState.CHANGED, set())


@pytest.mark.parametrize(("stock", "flag"), [(550.0, {FLOOR_FLAG}), (1099.0, {FLOOR_FLAG}), (1100.0, set())])
def test_between_the_lower_floor_and_its_end_the_alert_stays_and_its_end_is_still_no_recovery(stock: float, flag: set[str]) -> None:
    state, (changed,) = run(seen(derogation(549.0), after=1), state=run(seen(standing(549.0)))[0])
    assert (changed.state, changed.numbers["floor_packs"], flags(changed)) == (SignalState.CHANGED, 500.0, set())
    assert (
        "au-dessus du plancher légal de 500\u00a0boîtes (1 mois de ventes), qui a été abaissé : il n’est pas reconstitué"
        in changed.sentence.fr
    )
    assert "above the legal floor of 500 packs (1 month of sales), which was lowered: it is not rebuilt" in changed.sentence.en
    assert changed.sentence.fr.endswith("Plancher fixé par l’agence jusqu’au 20/03/2026.")
    assert changed.sentence.en.endswith("Floor set by the agency until 2026-03-20.")
    _, (cleared,) = run(seen(derogation(stock), after=2), state=state)
    assert (cleared.state, flags(cleared)) == (SignalState.CLEARED, flag)


def test_a_stock_under_the_lower_floor_too_that_rises_over_it_has_recovered() -> None:
    state, _ = run(seen(derogation(450.0), after=1), state=BELOW)
    _, (cleared,) = run(seen(derogation(550.0), after=2), state=state)
    assert (cleared.state, flags(cleared)) == (SignalState.CLEARED, set())


def test_when_a_derogation_ends_a_stock_that_is_still_under_is_raised_at_once_as_the_same_matter() -> None:
    _, (cleared, again) = run(seen(derogation(900.0), after=1), seen(standing(900.0), after=11), state=BELOW)
    assert (cleared.state, again.state) == (SignalState.CLEARED, SignalState.RAISED)
    assert (again.signal_id, again.version, again.since) == (cleared.signal_id, cleared.version + 1, AT + 11 * DAY)


def test_what_is_not_known_when_the_floor_falls_is_judged_when_it_is() -> None:
    state, found = run(seen(derogation(None), after=1, version=4), state=BELOW)
    assert found == []
    _, (cleared,) = run(seen(derogation(900.0), after=2, version=4), state=state)
    assert flags(cleared) == {POLICY_FLAG}


@pytest.mark.parametrize(("stock", "expected"), [(0.0, SignalState.CLEARED), (None, None)])
def test_a_floor_of_nothing_is_kept_by_any_stock_that_is_known(stock: float | None, expected: SignalState | None) -> None:
    _, found = run(seen(derogation(stock, months=0.0), after=1), state=BELOW)
    assert [s.state for s in found] == ([expected] if expected else [])


# -- several companies


def both(a: Standing, b: Standing, state: FloorState | None = None, **more: Any) -> tuple[FloorState, list[Signal]]:
    return run(seen(a, b, **more), state=state)


def freed() -> FloorState:
    """Company a is out of it by a derogation alone, b is under the lower floor too."""
    state, _ = both(standing(900.0, company="a"), standing(300.0, company="b"))
    state, (changed,) = both(derogation(900.0, company="a"), derogation(300.0, company="b"), state, after=1)
    assert (changed.companies, [b.company for b in state.breaches], [b.company for b in state.excused]) == (("b",), ["b"], ["a"])
    return state


def test_who_was_freed_by_a_derogation_alone_makes_the_end_of_all_no_recovery() -> None:
    after, (cleared,) = both(derogation(900.0, company="a"), derogation(600.0, company="b"), freed(), after=2)
    assert (cleared.state, flags(cleared), after.excused) == (SignalState.CLEARED, {FLOOR_FLAG}, ())
    assert "The stock of a, 900 packs, is not rebuilt for that" in cleared.sentence.en


def test_who_was_freed_and_has_recovered_since_is_forgotten() -> None:
    state, _ = both(derogation(1100.0, company="a"), derogation(300.0, company="b"), freed(), after=2)
    assert state.excused == ()
    _, (cleared,) = both(derogation(1100.0, company="a"), derogation(600.0, company="b"), state, after=3)
    assert flags(cleared) == set()


def test_who_was_freed_and_falls_under_the_lower_floor_is_in_breach_anew() -> None:
    state, (changed,) = both(derogation(400.0, company="a"), derogation(300.0, company="b"), freed(), after=2)
    assert (changed.companies, state.excused) == (("b", "a"), ())
    assert [(b.company, b.since) for b in state.breaches] == [("a", AT + 2 * DAY), ("b", AT)]


def test_who_was_freed_and_is_not_known_when_the_others_recover_is_named_beside_them() -> None:
    _, (cleared,) = both(derogation(None, company="a"), derogation(600.0, company="b"), freed(), after=2)
    assert (cleared.state, flags(cleared)) == (SignalState.CLEARED, {FLOOR_FLAG})
    assert "Entreprises dont le plancher a été abaissé sans que leur stock soit reconstitué : 1." in cleared.sentence.fr
    assert "Companies whose floor was lowered, with their stock not rebuilt: 1." in cleared.sentence.en


def test_of_a_policy_and_of_time_the_policy_is_named() -> None:
    after, (cleared,) = both(derogation(900.0, company="a"), derogation(300.0, 0.5, company="b"), freed(), after=2, version=4)
    assert flags(cleared) == {POLICY_FLAG}
    assert after.breaches == ()


# -- words


@pytest.mark.parametrize(
    ("before", "now", "fr", "en"),
    [
        (
            standing(900.0),
            derogation(900.0),
            "l’agence a accordé jusqu’au 20/03/2026 un plancher abaissé à 1 mois de ventes, au lieu de 2 mois.",
            "the agency has granted a lower floor of 1 month of sales until 2026-03-20, instead of 2 months.",
        ),
        (
            standing(900.0),
            derogation(900.0, until=None),
            "l’agence a accordé un plancher abaissé à 1 mois de ventes, au lieu de 2 mois.",
            "the agency has granted a lower floor of 1 month of sales, instead of 2 months.",
        ),
        (
            standing(1500.0, 4.0, ground=Ground.PERIOD),
            standing(1500.0),
            "le plancher de 4 mois de ventes, fixé pour un temps par l’agence, a pris fin ; il est de 2 mois.",
            "the floor of 4 months of sales that the agency had set for a time has ended; it is 2 months.",
        ),
        (
            standing(900.0),
            standing(900.0, 12 / 52, ground=Ground.OTHER),
            "ce n’est plus un médicament d’intérêt thérapeutique majeur selon les données de référence ; son plancher passe de 2 mois à"
            " 1 semaine de ventes.",
            "by the reference data this is no longer a medicine of major therapeutic interest; its floor goes from 2 months to 1 week of"
            " sales.",
        ),
        (
            standing(900.0),
            standing(900.0, 1.0, ground=Ground.DECISION),
            "le plancher passe de 2 mois à 1 mois de ventes.",
            "the floor goes from 2 months to 1 month of sales.",
        ),
        (
            standing(400.0, 1.0, ground=Ground.PUBLIC_HEALTH),
            standing(400.0, 12 / 52, ground=Ground.OTHER),
            "le plancher passe de 1 mois à 1 semaine de ventes.",
            "the floor goes from 1 month to 1 week of sales.",
        ),
    ],
)
def test_why_less_is_asked_is_said_and_that_stock_is_not_back(before: Standing, now: Standing, fr: str, en: str) -> None:
    _, (_, cleared) = run(seen(before), seen(now, after=1))
    packs = f"{now.stock:,.0f}"
    spaced = packs.replace(",", "\u00a0")
    assert cleared.sentence.fr == (
        f"EXEMPLE 500 mg (CIS 60000001) : {fr} Le stock de lab-1, {spaced}\u00a0boîtes, n’est pas pour autant reconstitué : l’alerte se"
        " ferme sans retour à la normale."
    )
    assert cleared.sentence.en == (
        f"EXEMPLE 500 mg (CIS 60000001): {en} The stock of lab-1, {packs} packs, is not rebuilt for that: the alert closes without a return"
        " to normal."
    )


def test_what_is_remembered_comes_back_as_it_was() -> None:
    assert statejson.load(FloorState, statejson.dump(freed())) == freed()
