"""Rule `undeclared`: facts that show a shortage, whose declaration is awaited, and what ends the wait."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alertcore.agency import Agency
from alertcore.cases import settings as in_force
from alertcore.cases.desk import Desk, Moved
from alertcore.records.alert import AlertKind, Severity, SignalState
from alertcore.records.shared import Nature, OrgScheme, Subject, SubjectKind
from alertcore.records.shortage import DeclarationStep, DeclaredNature, Disruption, DisruptionState, Pharmacy, Stop, StopKind
from alertcore.records.stock import Tier
from alertcore.rules import supply_duties
from alertcore.stage import Message
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, alerts, declaration, notices, product, signal, signals, status

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
DUE = datetime(2026, 1, 28, 23, tzinfo=UTC)
"""Two days after NOW, to the end of the day in Paris."""
RETURN = DeclarationStep.RETURN


def matters(of: World, nature: str = "actual") -> list[Any]:
    board = of.shell.view().get(f"duties/{nature}/{CIS}")
    return [m for m in board.matters if m.rule == "undeclared"] if board else []


def found(of: World) -> list[str]:
    return [m.key for m in matters(of)]


def until(of: World, at: datetime) -> Any:
    return of.wait(at - of.now)


def below(of: World, *companies: str, state: SignalState = SignalState.RAISED, **fields: Any) -> None:
    """The floor of these companies is not kept, or is again."""
    of.feed("signal", signal("safety_stock", SubjectKind.CIS, CIS, state, companies=companies or ("lab-a",), **fields))


def listed(of: World, code: int = 1) -> None:
    """The public list names it for the first time, or something else."""
    if of.shell.view().get("snapshots/demo-list/actual") is None:
        of.snapshot("s0")
    of.snapshot(f"s{of.count}", status("s", code))


SHOWN: dict[str, Any] = {"floor": below, "list": listed}


@pytest.mark.parametrize("source", SHOWN)
def test_two_days_after_the_fact_to_the_end_of_the_day_a_missing_declaration_is_told(source: str) -> None:
    world = World()
    SHOWN[source](world)
    until(world, DUE - SECOND)
    assert found(world) == []
    outs = world.wait(SECOND)
    assert found(world) == ["lab-a/declaration"]
    alert = next(a for a in alerts(outs) if a.kind is AlertKind.DUTY)
    assert (alert.severity, alert.labels["rule"], alert.reason) == (Severity.SEVERE, "undeclared", "duty_not_kept")
    assert [(d.duty, d.to, d.due, str(d.basis), str(d.mark)) for d in alert.deadlines] == [("undeclared", "lab-a", DUE, "internal", "u")]
    assert {n.reason.rule for n in notices(outs) if n.params["kind"] == "duty"} == {"officers", "companies:lab-a"}
    assert [(s.rule, str(s.state)) for s in signals(outs)] == [("undeclared", "raised")]


@pytest.mark.parametrize(
    ("sources", "fr", "en"),
    [
        ("floor", "stock sous son plancher légal depuis le 26/01/2026", "stock under its legal floor since 2026-01-26"),
        ("list", "statut sur la liste publique depuis le 26/01/2026", "status on the public list since 2026-01-26"),
    ],
)
def test_the_sentence_says_what_shows_it_and_who_has_not_declared(sources: str, fr: str, en: str) -> None:
    world = World()
    SHOWN[sources](world)
    until(world, DUE)
    (matter,) = matters(world)
    name = "AMOXIDEMO 500 mg, gélule"
    assert matter.sentence.fr == f"{name} : {fr} ; aucune déclaration de l'entreprise lab-a n'a été reçue (délai interne : 2 jours)."
    assert matter.sentence.en == f"{name}: {en}; no declaration from company lab-a has been received (internal limit: 2 days)."


@pytest.mark.parametrize(("days", "fr", "en"), [(0, "0 jour", "0 days"), (1, "1 jour", "1 day"), (3, "3 jours", "3 days")])
def test_the_agency_sets_its_own_limit(days: int, fr: str, en: str) -> None:
    world = World(policy={"duty": {"undeclared_days": days}})
    below(world)
    until(world, DUE + (days - 2) * DAY - SECOND)
    assert found(world) == []
    world.wait(SECOND)
    (matter,) = matters(world)
    assert matter.sentence.fr.endswith(f"(délai interne : {fr}).")
    assert matter.sentence.en.endswith(f"(internal limit: {en}).")


@pytest.mark.parametrize("act", ["release", "cancel"])
def test_a_floor_counts_once_its_own_alert_is_out_and_not_after_an_officer_cancelled_it(act: str) -> None:
    world = World(gates=[{"kind": "safety_stock", "audience": "companies", "gate": "one", "limit_min": 100_000}])
    below(world)
    until(world, DUE + DAY)
    assert found(world) == []
    world.order(act)
    world.wait(DAY)
    assert found(world) == (["lab-a/declaration"] if act == "release" else [])


@pytest.mark.parametrize("source", SHOWN)
def test_a_declaration_takes_over_before_or_after_the_limit(source: str) -> None:
    early = World()
    SHOWN[source](early)
    early.declare()
    until(early, DUE + 10 * DAY)
    assert found(early) == []
    late = World()
    SHOWN[source](late)
    until(late, DUE)
    outs = late.declare(declared_at=DUE)
    assert [(str(a.step), a.reason) for a in alerts(outs) if a.kind is AlertKind.DUTY] == [("superseded", "declared_since")]
    assert not [n for n in notices(outs) if n.params["kind"] == "duty"]
    assert [str(s.state) for s in signals(outs) if s.rule == "undeclared"] == ["cleared"]


def test_a_declaration_that_was_there_before_the_fact_is_enough() -> None:
    world = World()
    world.declare()
    below(world)
    listed(world)
    until(world, DUE + 10 * DAY)
    assert found(world) == []


def test_where_the_facts_go_the_matter_is_resolved() -> None:
    world = World()
    below(world)
    until(world, DUE)
    below(world, state=SignalState.CLEARED)
    assert [(str(a.step), a.reason) for a in alerts(world.last) if a.kind is AlertKind.DUTY] == [("resolved", "facts_gone")]
    early = World()
    below(early)
    below(early, state=SignalState.CLEARED)
    until(early, DUE)
    assert found(early) == []
    assert early.shell.view().get(f"shown/actual/{CIS}") is None


def test_one_fact_of_two_that_goes_leaves_the_wait_as_it_began() -> None:
    world = World()
    below(world)
    world.now += DAY
    listed(world)
    below(world, state=SignalState.CLEARED)
    until(world, DUE)
    assert found(world) == ["lab-a/declaration"]
    listed(world, 4)
    assert found(world) == []


def test_a_row_that_is_only_gone_from_the_list_ends_nothing() -> None:
    world = World()
    listed(world)
    for n in range(3):
        world.snapshot(f"gone-{n}")
    until(world, DUE)
    assert found(world) == ["lab-a/declaration"]


@pytest.mark.parametrize(("code", "waits"), [(1, True), (2, True), (3, True), (4, False)])
def test_a_return_on_the_list_shows_no_shortage(code: int, waits: bool) -> None:
    world = World()
    listed(world, code)
    until(world, DUE)
    assert bool(found(world)) is waits


def test_another_companys_declaration_does_not_stand_for_the_one_below_its_floor() -> None:
    world = World()
    below(world, "lab-a", "lab-b")
    world.declare(company="lab-b")
    until(world, DUE)
    assert found(world) == ["lab-a/declaration"]


def test_any_companys_declaration_answers_the_public_list() -> None:
    world = World()
    listed(world)
    world.declare(company="lab-b")
    until(world, DUE)
    assert found(world) == []


def test_a_declaration_that_ends_while_the_facts_go_on_begins_a_new_wait() -> None:
    world = World()
    below(world)
    world.declare()
    until(world, DUE)
    world.declare("d2", step=RETURN, previous_id="d1", declared_at=DUE)
    assert found(world) == []
    until(world, DUE + 2 * DAY)
    assert found(world) == []
    until(world, DUE + 3 * DAY)
    (matter,) = matters(world)
    assert (matter.key, matter.since) == ("lab-a/declaration", DUE + 3 * DAY)


def test_of_a_medicine_that_nobody_is_known_to_market_officers_alone_are_told() -> None:
    world = World(products=False)
    listed(world)
    outs = until(world, DUE)
    (matter,) = matters(world)
    assert (matter.key, matter.company, matter.severity) == ("/declaration", None, Severity.MODERATE)
    assert matter.sentence.en.endswith("no declaration has been received (internal limit: 2 days).")
    assert [n.reason.rule for n in notices(outs) if n.params["kind"] == "duty"] == ["officers"]


def test_a_company_that_once_declared_is_called_by_its_name() -> None:
    world = World(products=False)
    world.feed("reference.products", product(mitm=False))
    world.declare()
    world.declare("d2", step=RETURN, previous_id="d1", declared_at=NOW + DAY)
    below(world)
    until(world, DUE)
    (matter,) = matters(world)
    assert "aucune déclaration de Laboratoire lab-a n'a" in matter.sentence.fr
    assert matter.severity is Severity.MODERATE


def test_signals_of_other_rules_and_subjects_show_nothing() -> None:
    world = World()
    world.feed("signal", signal("held", SubjectKind.REPORTER, "p1"))
    world.feed("signal", signal("safety_stock", SubjectKind.SUBSTANCE, "00123"))
    assert [k for k, _ in world.shell.view().items("shown/")] == []


def short_at(of: World, pharmacies: int) -> None:
    """Pharmacies that could not dispense for more than 72 hours."""
    for n in range(pharmacies):
        pharmacy = Pharmacy(id=f"p{n}", scheme=OrgScheme.FINESS, country="FR", region="53", tier=Tier.COMMUNITY_PHARMACY)
        asked = of.now - 73 * HOURS
        given = {"disruption_id": f"x{n}", "pharmacy": pharmacy, "distributors": ("w1", "w2"), "asked_at": asked, "state_at": asked}
        of.feed("supply.disruptions", Disruption(cis=CIS, cip13="3400960000001", **given))  # type: ignore[arg-type]


@pytest.mark.parametrize(("pharmacies", "source"), [(5, ["pharmacies"]), (4, [])])
def test_a_cluster_of_disruptions_at_pharmacies_shows_a_shortage_and_a_few_do_not(pharmacies: int, source: list[str]) -> None:
    world = World()
    short_at(world, pharmacies)
    kept: Any = world.shell.view().get(f"shown/actual/{CIS}")
    assert ([f.source for f in kept.facts] if kept else []) == source


def test_a_cluster_is_told_in_words() -> None:
    world = World()
    short_at(world, 5)
    until(world, DUE)
    (matter,) = matters(world)
    assert "ruptures groupées en pharmacie depuis le 26/01/2026" in matter.sentence.fr
    assert "a cluster of disruptions at pharmacies since 2026-01-26" in matter.sentence.en


@pytest.mark.parametrize("kind", [AlertKind.DISRUPTION, AlertKind.DEFECT])
def test_alerts_on_something_else_than_a_medicine_or_its_supply_show_nothing(kind: AlertKind) -> None:
    world = World()
    subject = Subject(kind=SubjectKind.SUBSTANCE if kind is AlertKind.DISRUPTION else SubjectKind.CIS, id=CIS)
    version, policy = in_force.policy(world.shell.view())
    message = Message(value=None, kind="tick", key="a", at=world.now, partition=0, offset=99, event_id="evt_x")
    desk = Desk(world.shell.view(), message, Agency(id="ansm-demo"), policy, version)
    supply_duties.follow(desk, Moved(kind=kind, subject=subject, nature=Nature.ACTUAL, how="raised"))
    assert desk.changes == {}


def served(of: World, pharmacies: int, state: DisruptionState = DisruptionState.SERVED) -> None:
    """What became of the requests of some pharmacies."""
    for n in range(pharmacies):
        pharmacy = Pharmacy(id=f"p{n}", scheme=OrgScheme.FINESS, country="FR", region="53", tier=Tier.COMMUNITY_PHARMACY)
        asked = {"distributors": ("w1", "w2"), "asked_at": NOW - 73 * HOURS, "state": state, "state_at": of.now}
        of.feed("supply.disruptions", Disruption(disruption_id=f"x{n}", pharmacy=pharmacy, cis=CIS, cip13="3400960000001", **asked))  # type: ignore[arg-type]


def duties(outs: Any) -> list[tuple[str, str]]:
    return [(str(a.step), a.reason) for a in alerts(outs) if a.kind is AlertKind.DUTY]


def test_silence_of_pharmacies_is_no_end_of_a_wait_for_a_declaration() -> None:
    world = World()
    short_at(world, 5)
    until(world, DUE)
    assert found(world) == ["lab-a/declaration"]
    outs = world.wait(10 * DAY)
    assert [a.reason for a in alerts(outs) if a.kind is AlertKind.DISRUPTION][-1] == "no_longer_reported"
    assert duties(outs) == []
    assert found(world) == ["lab-a/declaration"]
    outs = world.declare(declared_at=world.now)
    assert duties(outs) == [("superseded", "declared_since")]


def test_silence_before_the_limit_does_not_spare_the_declaration_either() -> None:
    world = World(policy={"duty": {"undeclared_days": 20}})
    short_at(world, 5)
    world.wait(15 * DAY)
    assert world.files()[0].alert.reason == "no_longer_reported"
    world.wait(7 * DAY)
    assert found(world) == ["lab-a/declaration"]


def test_pharmacies_that_are_served_end_the_wait_also_where_some_were_silent_before() -> None:
    world = World()
    short_at(world, 5)
    until(world, DUE)
    served(world, 5)
    assert duties(world.last) == [("resolved", "facts_gone")]
    silent = World()
    short_at(silent, 5)
    silent.wait(10 * DAY)
    short_at(silent, 1)
    assert found(silent) == ["lab-a/declaration"], "a single pharmacy is no cluster, and no end of one"


def test_an_officer_who_cancels_the_cluster_ends_the_wait() -> None:
    world = World()
    short_at(world, 5)
    until(world, DUE)
    cluster = next(f.alert.alert_id for f in world.files() if f.alert.kind is AlertKind.DISRUPTION)
    outs = world.order("cancel", cluster)
    assert duties(outs) == [("resolved", "facts_gone")]


@pytest.mark.parametrize(("returned", "waits"), [("2026-02-20", True), ("2026-01-20", False)])
def test_a_return_that_the_list_announces_for_later_is_no_end(returned: str, waits: bool) -> None:
    world = World()
    listed(world)
    until(world, DUE)
    world.snapshot("later", status("later", 4, updated=date(2026, 1, 28), returned=date.fromisoformat(returned)))
    world.feed("reference.products", product(mitm=False))
    assert bool(found(world)) is waits


def test_a_status_nobody_understands_is_no_end() -> None:
    world = World()
    listed(world)
    until(world, DUE)
    world.snapshot("odd", status("odd", 9, updated=date(2026, 1, 28)))
    world.feed("reference.products", product(mitm=False))
    assert found(world) == ["lab-a/declaration"]


STOP = Stop(kind=StopKind.STOP, notified_on=date(2025, 1, 26), effect_on=date(2026, 2, 10), reasons="x")


@pytest.mark.parametrize("stop", [STOP, None])
@pytest.mark.parametrize("source", SHOWN)
def test_a_stop_that_is_still_to_come_is_no_declaration_of_a_shortage(source: str, stop: Stop | None) -> None:
    world = World()
    world.declare(nature_declared=DeclaredNature.ARRET, stop=stop, circuits=())
    SHOWN[source](world)
    until(world, DUE)
    assert found(world) == ["lab-a/declaration"]
    until(world, datetime(2026, 2, 9, 23, tzinfo=UTC) - SECOND)
    assert found(world) == ["lab-a/declaration"]
    world.wait(SECOND)
    assert found(world) == (["lab-a/declaration"] if stop is None else []), "from its local day on it is what is declared"


def test_a_stop_answers_the_status_of_a_stop() -> None:
    world = World()
    world.declare(nature_declared=DeclaredNature.ARRET, stop=STOP, circuits=())
    listed(world, 3)
    until(world, DUE)
    assert found(world) == []
    below(world)
    world.wait(3 * DAY)
    assert found(world) == ["lab-a/declaration"], "but not a stock under its floor"


def test_days_in_the_sentence_are_local() -> None:
    for hour, day in ((22, "31/01/2026"), (23, "01/02/2026")):
        world = World(at=datetime(2026, 1, 31, hour, 30, tzinfo=UTC))
        below(world, since=world.now)
        world.wait(4 * DAY)
        (matter,) = matters(world)
        assert f"depuis le {day} ;" in matter.sentence.fr
        assert f"since {'-'.join(reversed(day.split('/')))};" in matter.sentence.en


@settings(max_examples=30, deadline=None)
@given(some.permutations(["below", "listed", "declared-b"]))
def test_facts_in_any_order_of_arrival_come_to_the_same(order: list[str]) -> None:
    acts: dict[str, Any] = {
        "below": lambda of: below(of),
        "listed": lambda of: listed(of),
        "declared-b": lambda of: of.feed("shortage.declarations", declaration("e1", "lab-b")),
    }
    worlds = []
    for names in (sorted(acts), order):
        of = World()
        for name in names:
            acts[name](of)
        until(of, DUE)
        worlds.append([(m.key, m.sentence, m.since, m.deadline) for m in matters(of)])
    assert worlds[0] == worlds[1]
    assert [key for key, *_ in worlds[0]] == ["lab-a/declaration"]
