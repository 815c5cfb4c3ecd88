"""Officers' orders on silences: what is set, replaced, ended and refused, and what the topic then shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alertcore import statejson
from alertcore.agency import Agency
from alertcore.cases import silences, timers
from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
from alertcore.cases.silences import silence_id
from alertcore.dispatch.engine import step
from alertcore.dispatch.events import AlertUpdate, Event, RoutingSet
from alertcore.dispatch.outcome import Outcome as Answer
from alertcore.dispatch.outcome import SilenceEnding
from alertcore.dispatch.silences import Silence as Held
from alertcore.dispatch.state import MemoryTable, silence_key
from alertcore.policy import Policy
from alertcore.records.dispatch import Silence, SilenceMatcher, SilenceState
from alertcore.records.hub import Command
from alertcore.records.notice import Notice
from alertcore.records.shared import Nature
from alertcore.stage import Message

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROUTING = {"route": {"receiver": "desk"}, "receivers": [{"name": "desk", "audience": {"kinds": ["officer"], "mandatory": True}}]}


class Hub:
    """Desks over one state, before the engine of dispatch alone."""

    def __init__(self) -> None:
        self.state, self.engine, self.now, self.count = MemoryTable(), MemoryTable(), NOW, 0
        self.outs: list[Any] = []
        step(self.engine, RoutingSet(version="1", content=json.dumps(ROUTING)), NOW)

    def desk(self) -> Desk:
        """A desk as it is now."""
        message = Message(None, "command", "k", self.now, 0, self.count, event_id=f"evt_{self.count}")
        return Desk(self.state, message, Agency(id="a", name="Agence", program="test"), Policy(), 0)

    def keep(self, desk: Desk) -> None:
        """What a desk changed holds from now on."""
        for key, value in desk.changes.items():
            kept = None if value is None else statejson.load(type(value), statejson.dump(value))
            self.state.put(key, kept)
        self.outs += [e.value for e in desk.emits]

    def put(self, desk: Desk, event: Event) -> Answer:
        """Steps the engine."""
        return step(self.engine, event, desk.now)

    def duty(self, alert: str, **labels: str) -> None:
        """A duty that stands."""
        told = {"kind": "defect", "nature": "actual"} | labels
        step(self.engine, AlertUpdate(alert_id=f"{alert}/professionals", version=1, labels=told, duty=True), self.now)

    def order(self, action: str = "silence", target: str = "", **given: Any) -> str:
        """An order; returns the reason."""
        self.count += 1
        fields = {"by": "officer-1", "reason": "known", "nature": Nature.ACTUAL} | given
        params = {k.rstrip("_"): fields.pop(k) for k in list(fields) if k not in ("by", "reason", "nature")}
        command = Command(command_id=f"c{self.count}", action=action, target=target, at=self.now, params=params, **fields)
        desk = self.desk()
        reason = silences.take(desk, command, self.put)
        self.keep(desk)
        return reason

    @property
    def last(self) -> Silence:
        """The last record of the topic."""
        assert isinstance(self.outs[-1], Silence)
        return self.outs[-1]

    def held(self, silence: str) -> Held | None:
        """A silence as the engine has it."""
        found: Held | None = self.engine.get(silence_key(silence))
        return found


GIVEN = {"matchers": '{kind="shortage"}', "ends": "2026-03-02T10:00:00+00:00"}


def test_a_silence_holds_and_stands_on_the_topic_under_the_id_of_its_command() -> None:
    hub = Hub()
    assert hub.order(**GIVEN) == Outcome.SILENCE_SET
    said = hub.last
    assert (said.silence_id, said.version, said.state) == (silence_id("c1"), 1, SilenceState.ACTIVE)
    assert (said.author, said.reason, said.starts, said.ends, said.at) == ("officer-1", "known", NOW, NOW + 2 * HOUR, NOW)
    assert (said.warn_ms, said.confirmed, said.duties, said.recurrence) == (3_600_000, False, (), None)
    held = hub.held(said.silence_id)
    assert held is not None
    assert (held.start, held.end, held.author) == (NOW, NOW + 2 * HOUR, "officer-1")


def test_a_silence_is_for_what_is_of_its_orders_nature_unless_it_names_one() -> None:
    hub = Hub()
    hub.order(**GIVEN)
    assert hub.last.matchers == (
        SilenceMatcher(name="kind", op="=", value="shortage"),
        SilenceMatcher(name="nature", op="=", value="actual"),
    )
    hub.order(**GIVEN, nature=Nature.EXERCISE)
    assert hub.last.nature is Nature.EXERCISE
    assert hub.last.matchers[-1] == SilenceMatcher(name="nature", op="=", value="exercise")
    hub.order(**GIVEN | {"matchers": 'kind="shortage",nature=~"actual|exercise"'})
    assert [m.name for m in hub.last.matchers] == ["kind", "nature"]
    assert hub.last.matchers[-1].op == "=~"


def test_an_order_of_an_exercise_silences_nothing_real_whatever_it_names() -> None:
    hub = Hub()
    hub.order(**GIVEN | {"matchers": 'kind="shortage",nature="actual"'}, nature=Nature.EXERCISE)
    assert [(m.name, m.value) for m in hub.last.matchers][1:] == [("nature", "actual"), ("nature", "exercise")]


def test_all_that_is_asked_of_a_recurring_silence_is_kept() -> None:
    hub = Hub()
    hub.order(
        **GIVEN | {"ends": "2026-06-01T00:00:00Z", "starts": "2026-03-03T00:00:00+01:00"},
        at="22:00",
        for_="8h",
        days="Mon, sunday",
        zone="America/Martinique",
        warn="30m",
    )
    r = hub.last.recurrence
    assert r is not None
    assert (r.minute, r.duration_ms, r.weekdays, r.zone) == (22 * 60, 8 * 3_600_000, (0, 1), "America/Martinique")
    assert (hub.last.starts, hub.last.warn_ms) == (datetime(2026, 3, 2, 23, tzinfo=UTC), 1_800_000)


def test_the_turns_of_a_silence_are_in_the_agencys_own_time_where_none_is_named() -> None:
    hub = Hub()
    hub.order(**GIVEN | {"ends": "2026-06-01T00:00:00Z"}, at="22:00", for_="8h")
    assert hub.last.recurrence is not None
    assert hub.last.recurrence.zone == "Europe/Paris"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"matchers": ""}, "a silence needs a matcher"),
        ({"matchers": "{}"}, "a silence needs a matcher"),
        ({"matchers": "{kind=}}"}, "at character"),
        ({"matchers": '{kind=~"a(?=b)"}'}, "the pattern 'a(?=b)' is not valid"),
        ({"matchers": '{kind=~".*"}'}, "at least one matcher must not hold for an absent label"),
        ({"matchers": '{nature="actual"}'}, "at least one matcher must not hold for an absent label"),
        ({"matchers": 'a="' + "x" * 4000 + '"'}, "longer than 4000 characters"),
        ({"ends": ""}, "a silence needs an end"),
        ({"ends": "tomorrow"}, "ends 'tomorrow' is not a time"),
        ({"ends": "2026-03-02T10:00:00"}, "has no offset"),
        ({"ends": "9999-12-31T23:59:59-05:00"}, "too far away"),
        ({"ends": "2026-03-02T08:00:00Z"}, "its end is in the past"),
        ({"starts": "2026-03-02T11:00:00Z"}, "a silence ends after it begins"),
        ({"ends": "2027-03-03T08:00:01Z"}, "longer than a year"),
        ({"reason": " "}, "a silence needs a reason"),
        ({"reason": "x" * 4001}, "longer than 4000 characters"),
        ({"by": " "}, "a silence needs an author"),
        ({"warn": "soon"}, "warn: 'soon' is not a duration"),
        ({"at": "22:00"}, "at and for belong together"),
        ({"for_": "8h"}, "at and for belong together"),
        ({"days": "mon", "zone": "UTC"}, "days and zone need at and for"),
        ({"at": "25:00", "for_": "1h"}, "'25:00' is not a time of day"),
        ({"at": "22:00", "for_": "25h"}, "at most 24 hours"),
        ({"at": "22:00", "for_": "1h", "days": "lundi"}, "'lundi' is not a day"),
        ({"at": "22:00", "for_": "1h", "zone": "Mars/Base"}, "'Mars/Base' is not a time zone"),
        ({"at": "12:00", "for_": "1h", "zone": "UTC"}, "it would never hold"),
        ({"end": "2026-03-02T10:00:00Z"}, "end is not known here"),
    ],
)
def test_what_is_wrong_is_refused_with_what_to_do(given: dict[str, str], says: str) -> None:
    hub = Hub()
    assert hub.order(**GIVEN | given) == Outcome.SILENCE_REFUSED
    assert hub.last.state is SilenceState.REFUSED
    assert says in hub.last.why
    assert hub.held(silence_id("c1")) is None
    assert hub.state.values == {}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    hub = Hub()
    hub.order(matchers="kind", ends="2026-03-02", at="8", for_="1h")
    for part in ("at character", "has no offset", "is not a time of day"):
        assert part in hub.last.why


def test_a_year_with_its_leap_day_is_not_too_long() -> None:
    hub = Hub()
    assert hub.order(**GIVEN | {"ends": "2027-03-03T08:00:00Z"}) == Outcome.SILENCE_SET


def test_what_would_begin_in_the_past_begins_now() -> None:
    hub = Hub()
    hub.order(**GIVEN, starts="2026-03-01T00:00:00Z")
    assert hub.last.starts == NOW


def test_times_are_kept_to_the_millisecond() -> None:
    hub = Hub()
    hub.order(**GIVEN | {"ends": "2026-03-02T10:00:00.123987Z"})
    assert hub.last.ends == NOW + 2 * HOUR + timedelta(milliseconds=123)


def test_an_open_duty_is_named_and_must_be_confirmed_and_it_is_kept_that_it_was() -> None:
    hub = Hub()
    hub.duty("alr_b")
    hub.duty("alr_a")
    hub.duty("alr_c", kind="falsified")
    assert hub.order(**GIVEN | {"matchers": 'kind="defect"'}) == Outcome.SILENCE_REFUSED
    refused = hub.last
    assert refused.duties == ("alr_a", "alr_b")
    assert "confirm" in refused.why
    assert (refused.silence_id, refused.ends, refused.matchers[0].value) == (silence_id("c1"), NOW + 2 * HOUR, "defect")
    assert hub.order(**GIVEN | {"matchers": 'kind="defect"'}, confirmed="yes") == Outcome.SILENCE_SET
    assert (hub.last.duties, hub.last.confirmed, hub.last.why) == (("alr_a", "alr_b"), True, "")


def test_only_a_plain_yes_confirms() -> None:
    hub = Hub()
    hub.duty("alr_a")
    assert hub.order(**GIVEN | {"matchers": 'kind="defect"'}, confirmed="no") == Outcome.SILENCE_REFUSED


def test_a_silence_is_replaced_under_its_id() -> None:
    hub = Hub()
    hub.order(**GIVEN)
    first = hub.last
    hub.now += HOUR
    assert hub.order(target=first.silence_id, **GIVEN | {"ends": "2026-03-02T12:00:00Z"}, by="officer-2") == Outcome.SILENCE_SET
    second = hub.last
    assert (second.silence_id, second.version, second.author) == (first.silence_id, 2, "officer-2")
    assert (second.starts, second.ends) == (NOW, NOW + 4 * HOUR)
    held = hub.held(first.silence_id)
    assert held is not None
    assert held.end == NOW + 4 * HOUR


def test_what_replaces_an_ended_silence_begins_now() -> None:
    hub = Hub()
    hub.order(**GIVEN)
    hub.now += 3 * HOUR
    hub.order(target=hub.last.silence_id, **GIVEN | {"ends": "2026-03-02T12:00:00Z", "starts": "2026-03-02T08:00:00Z"})
    assert (hub.last.version, hub.last.starts) == (2, NOW + 3 * HOUR)


def test_what_cannot_replace_a_silence_leaves_it_as_it_is() -> None:
    hub = Hub()
    hub.order(**GIVEN)
    first = hub.last
    assert hub.order(target=first.silence_id, **GIVEN | {"ends": "soon"}) == Outcome.SILENCE_REFUSED
    assert hub.last.silence_id == silence_id("c2") != first.silence_id
    assert hub.order(target="sil_nobody", **GIVEN) == Outcome.SILENCE_REFUSED
    assert "there is no silence 'sil_nobody'" in hub.last.why


def test_a_silence_is_ended_before_its_time() -> None:
    hub = Hub()
    hub.order(**GIVEN)
    first = hub.last
    hub.now += HOUR
    assert hub.order("silence_expire", first.silence_id, by="officer-2") == Outcome.SILENCE_ENDED
    ended = hub.last
    assert (ended.version, ended.state, ended.ends, ended.expired_by) == (2, SilenceState.EXPIRED, NOW + HOUR, "officer-2")
    assert (ended.author, ended.matchers, ended.starts) == (first.author, first.matchers, NOW)
    held = hub.held(first.silence_id)
    assert held is not None
    assert held.end == NOW + HOUR


def test_what_was_to_begin_later_never_begins_once_it_is_ended() -> None:
    hub = Hub()
    hub.order(**GIVEN, starts="2026-03-02T09:00:00Z")
    hub.order("silence_expire", hub.last.silence_id)
    assert hub.last.starts == hub.last.ends == NOW


def test_what_is_over_or_unknown_cannot_be_ended_and_nobody_ends_without_a_name() -> None:
    hub = Hub()
    hub.order(**GIVEN)
    first = hub.last
    assert hub.order("silence_expire", first.silence_id, by=" ") == Outcome.SILENCE_REFUSED
    assert hub.last.why == "who ends it must be named"
    hub.now += 2 * HOUR
    assert hub.order("silence_expire", first.silence_id) == Outcome.SILENCE_REFUSED
    assert hub.last.why == f"{first.silence_id} is over since 2026-03-02T10:00:00Z"
    assert hub.last.silence_id == silence_id("c3")
    assert hub.order("silence_expire", "sil_nobody") == Outcome.SILENCE_REFUSED
    assert "there is no silence" in hub.last.why


@pytest.mark.parametrize("action", ["silence", "silence_expire"])
def test_an_exercise_touches_no_silence_in_earnest(action: str) -> None:
    hub = Hub()
    hub.order(**GIVEN)
    params = GIVEN if action == "silence" else {}
    assert hub.order(action, hub.last.silence_id, nature=Nature.EXERCISE, **params) == Outcome.SILENCE_REFUSED


def test_an_ended_silence_is_forgotten_after_some_days() -> None:
    hub = Hub()
    hub.order(**GIVEN)
    silence = hub.last.silence_id
    desk = hub.desk()
    assert timers.timer(desk, silences.TIMER, silence) == NOW + 2 * HOUR + timedelta(days=5)
    silences.wake(desk, silence)
    hub.keep(desk)
    assert silences.known(hub.desk(), silence) is None


def test_another_action_is_not_taken() -> None:
    hub = Hub()
    assert hub.order("release") == ""
    assert hub.outs == []


def test_its_author_and_nobody_else_is_told_that_a_silence_ends() -> None:
    hub = Hub()
    hub.order(**GIVEN, nature=Nature.EXERCISE)
    silence = hub.last.silence_id
    desk = hub.desk()
    silences.ending(desk, SilenceEnding(silence_id=silence, author="officer-1", reason="known", ends=NOW + 2 * HOUR))
    [emit] = desk.emits
    told = emit.value
    assert isinstance(told, Notice)
    assert (emit.topic, emit.key) == ("notices", f"silence/{silence}")
    whom = told.audience.filter
    assert whom is not None
    assert (whom.kinds, whom.facilities, whom.mandatory) == (("officer",), ("officer-1",), True)
    assert (told.template, told.purpose, told.nature, told.alerts) == ("silence_ending", "reminder", Nature.EXERCISE, ())
    assert told.params == {
        "silence_id": silence,
        "reason": "known",
        "ends": "2026-03-02T10:00:00Z",
        "matchers": '{kind="shortage",nature="exercise"}',
        "at": "2026-03-02T08:00:00Z",
        "agency": "Agence",
    }


def test_the_end_of_each_version_of_a_silence_is_a_notice_of_its_own() -> None:
    hub, ids = Hub(), []
    hub.order(**GIVEN)
    silence = hub.last.silence_id
    for _ in range(2):
        desk = hub.desk()
        silences.ending(desk, SilenceEnding(silence_id=silence, author="officer-1", reason="known", ends=NOW))
        ids.append(desk.emits[0].value.notice_id)
        hub.order(target=silence, **GIVEN)
    assert len(set(ids)) == 2


def test_the_end_of_a_forgotten_silence_tells_nobody() -> None:
    desk = Hub().desk()
    silences.ending(desk, SilenceEnding(silence_id="sil_x", author="officer-1", reason="known", ends=NOW))
    assert desk.emits == []
