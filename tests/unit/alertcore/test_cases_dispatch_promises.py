"""Whatever happens and whatever the routing file says: who hears an end, what nobody hears twice, and that a restart changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from alertcore.records.defect import DefectClass, DefectStep, SeriousRisk
from alertcore.records.dispatch import Verdicts
from alertcore.records.notice import Notice, Purpose, Receipt
from alertcore.records.shared import Nature
from alertcore.records.shortage import DeclarationStep
from tests.unit.alertcore.cases_world import CIS, HOURS, notices, of
from tests.unit.alertcore.routed_world import MINUTE, OTHERS, Routed, concerned, each, everybody, followers

NIGHTS = {"time_intervals": [{"name": "nights", "time_intervals": [{"times": [{"start_time": "20:00", "end_time": "24:00"}]}]}]}
OFFICERS = everybody("officers", "officer")
CALLING = OFFICERS | {"escalation": [{"wait": "15m", "audience": {"kinds": ["officer"], "facilities": ["o-17"]}, "until": "any"}]}
DEPOTS, READERS = everybody("depots", "wholesaler", "depositary"), followers("readers", "physician", "hospital")
HOLDING: dict[str, Any] = {
    "inhibit_rules": [{"source_matchers": ['kind="defect"'], "target_matchers": ['kind="shortage"'], "equal": ["subject"]}]
}
ALONE = {"group_by": ["alert"], "group_wait": "0s", "group_interval": "0s", "repeat_interval": "1y"}
TOGETHER = {"group_by": ["kind"], "group_wait": "1m", "group_interval": "5m", "repeat_interval": "12h"}
FILES: tuple[Callable[[Routed], Any], ...] = (
    lambda w: w.routes(ALONE | {"routes": each("officers", "companies", "readers")}, CALLING, concerned(), READERS),
    lambda w: w.routes(TOGETHER | {"routes": each("officers", "companies", "depots")}, OFFICERS, concerned(), DEPOTS, **HOLDING),
    lambda w: w.routes(
        TOGETHER | {"routes": each("officers") + each("readers", "companies", mute_time_intervals=["nights"])},
        CALLING,
        concerned(),
        READERS,
        **NIGHTS,
    ),
)
NATURES = (Nature.ACTUAL, Nature.EXERCISE)
SILENCES = ('kind="shortage"', 'audience="officers"', 'severity=~".+",company=""')
ACTS = some.lists(
    some.one_of(
        some.tuples(
            some.just("lack"), some.sampled_from((CIS, OTHERS[0])), some.sampled_from(("lab-a", "lab-b")), some.sampled_from(NATURES)
        ),
        some.tuples(
            some.just("back"), some.sampled_from((CIS, OTHERS[0])), some.sampled_from(("lab-a", "lab-b")), some.sampled_from(NATURES)
        ),
        some.tuples(some.just("defect"), some.booleans(), some.booleans()),
        some.tuples(some.just("order"), some.sampled_from(("release", "release", "cancel", "ack")), some.integers(0, 3)),
        some.tuples(some.just("silence"), some.sampled_from(SILENCES), some.integers(1, 8)),
        some.tuples(some.just("receipt"), some.integers(0, 5)),
        some.tuples(some.just("wait"), some.sampled_from((0, 1, 6, 20, 60, 660))),
        some.tuples(some.just("routes"), some.integers(0, 2)),
    ),
    min_size=3,
    max_size=12,
)


class Acting(Routed):
    """A world to which anything may happen."""

    def __init__(self, file: int) -> None:
        super().__init__(ALONE, OFFICERS, gates=[{"kind": "shortage", "audience": "professionals", "gate": "one"}])
        self.file = -1
        self.do_routes(file)
        self.medicine(OTHERS[0])
        for cis in (CIS, OTHERS[0]):
            self.do_lack(cis, "lab-a", Nature.ACTUAL)
        for n in (0, 1):
            self.do_order("release", n)

    def act(self, how: str, *what: Any) -> None:
        """One thing happens; what makes no sense now changes nothing."""
        getattr(self, f"do_{how}")(*what)

    def do_lack(self, cis: str, company: str, nature: Nature) -> None:
        given: dict[str, Any] = {"cis": cis, "nature": nature, "declared_at": self.now, "context": f"as of {self.count}"}
        self.declare(f"d{self.count}", company, **given)

    def do_back(self, cis: str, company: str, nature: Nature) -> None:
        self.declare(f"d{self.count}", company, cis=cis, nature=nature, declared_at=self.now, step=DeclarationStep.RETURN)

    def do_defect(self, mild: bool, over: bool) -> None:
        grave = {"class_": DefectClass.II, "serious_risk": SeriousRisk.EXCLUDED, "serious_risk_at": None} if mild else {}
        step = DefectStep.CLOSED if over else DefectStep.UPDATE
        self.report(step=step, received_at=self.now, details=f"as of {self.count}", **grave)

    def do_order(self, action: str, n: int) -> None:
        open_ = [f.alert.alert_id for f in self.files() if not f.ended]
        if open_:
            self.order(action, open_[n % len(open_)], by=f"officer-{self.count}")

    def do_silence(self, matchers: str, hours: int) -> None:
        self.silence(matchers, self.now + hours * HOURS)

    def do_receipt(self, n: int) -> None:
        told = notices(self.outs)
        if told:
            self.feed("receipt", Receipt(notice_id=told[-1 - n % len(told)].notice_id, version=1, total=3, acknowledged=1))

    def do_wait(self, minutes: int) -> None:
        self.wait(minutes * MINUTE)

    def do_routes(self, n: int) -> None:
        if n != self.file:
            self.file = n
            FILES[n](self)


@settings(max_examples=40, deadline=None)
@given(some.integers(0, 2), ACTS)
def test_a_restart_before_everything_that_happens_changes_no_byte(file: int, acts: list[tuple[Any, ...]]) -> None:
    worlds = Acting(file), Acting(file)
    for act in [*acts, ("wait", 24 * 60)]:
        worlds[1].shell.reopen()
        for world in worlds:
            world.act(*act)
    first, second = ([(o.topic, o.key, o.wire.value) for o in w.outs] for w in worlds)
    assert first == second


@settings(max_examples=60, deadline=None)
@given(some.integers(0, 2), ACTS)
def test_whoever_was_told_hears_the_end_once_and_nobody_else_does(file: int, acts: list[tuple[Any, ...]]) -> None:
    world = Acting(file)
    for act in [*acts, ("wait", 24 * 60)]:
        world.act(*act)
    told = [n for n in notices(world.outs) if n.receiver]
    for alert in world.files():
        mine = [n for n in told if alert.alert.alert_id in {r.alert_id for r in n.alerts}]
        for receiver in {n.receiver for n in mine}:
            check_told([n for n in mine if n.receiver == receiver], alert.alert.alert_id, ended=alert.ended)
    check_nature(world)


def check_told(told: list[Notice], alert_id: str, *, ended: bool) -> None:
    """What one receiver was told of one alert, in order."""
    last = [n.purpose in (Purpose.ALL_CLEAR, Purpose.CORRECTION) for n in told]
    assert last == [False] * (len(told) - 1) + [ended], "the end, once, after all else, and not before something was said"
    assert not ended or len(told) > 1
    news = [r.version for n in told for r in n.alerts if r.alert_id == alert_id and n.purpose not in (Purpose.REMINDER, Purpose.ESCALATION)]
    assert news == sorted(set(news)), "no version twice, none after a newer one"


def check_nature(world: Acting) -> None:
    """A notice is of one nature, a company's for it alone, and every chain belongs to an alert of its nature."""
    natures = {f.alert.alert_id: f.alert.nature for f in world.files()}
    for notice in notices(world.outs):
        assert {natures[r.alert_id] for r in notice.alerts} <= {notice.nature}
        _, company, name = notice.receiver.partition(":")
        whom = notice.audience.filter
        assert not company or whom is None or whom.facilities == (name,)
    assert all(v.nature is natures[v.alert_id] for v in of(world.outs, Verdicts))
