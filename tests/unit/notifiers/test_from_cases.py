"""From decision to subscriber: what stage `cases` puts into the outbox is taken by the relay and found good by every addressee."""

from collections import defaultdict
from pathlib import Path

from alertcore.records.rapid import AckLevel
from notifiers.chain import PUBLIC, Chain, addressee
from notifiers.forwarding import Drafts, Standing, read_outbox
from notifiers.signing import keys_by_id
from notifiers.verifying import Follower, acknowledgement
from plumbing.records import OutRecord, Received
from schemas.codec import decode, encode
from tests.unit.alertcore.cases_world import World
from tests.unit.notifiers.rapid import NOON, issuer


def outbox_of(world: World) -> list[Received]:
    """The outbox as Kafka would give it to the relay."""
    values = [encode(out.value) for out in world.outs if out.topic == "rapidalerts.outbox"]
    return [Received("rapidalerts.outbox", 0, offset, b"k", value, (), 0) for offset, value in enumerate(values)]


def released() -> World:
    """A class I defect and a declaration, both told to everybody."""
    world = World()
    world.report()
    world.order("release")
    world.declare()
    world.report(details="now with lots of another plant")
    return world


def test_every_addressee_finds_all_of_it_good(tmp_path: Path) -> None:
    hub, outbox = issuer(tmp_path), outbox_of(released())
    records = [(read_outbox(one), one) for one in outbox]
    names = {addressee(record) for record, _ in records if record}
    drafts = Drafts({name: Standing(Chain(name)) for name in names}, hub, NOON)
    for record, received in records:
        assert record is not None
        drafts.forward(record, received)
    topics: dict[str, list[OutRecord]] = defaultdict(list)
    for out in drafts.outs:
        topics[PUBLIC if out.topic == "alerts.published" else out.topic.removeprefix("rapidalerts.")].append(out)
    assert len(topics) >= 3
    assert PUBLIC in topics
    for name, outs in topics.items():
        follower = Follower(name, keys_by_id(hub.keys.jwks()), from_start=True)
        found = [follower.check(Received(out.topic, 0, n, out.key, out.value, out.headers, 0)) for n, out in enumerate(outs)]
        assert [one.problems for one in found if not one.good] == []


def test_what_a_subscriber_acknowledges_is_what_cases_knows(tmp_path: Path) -> None:
    hub, world = issuer(tmp_path), released()
    received = next(one for one in outbox_of(world) if addressee(decode(one.value)) != PUBLIC)
    record = decode(received.value)
    drafts = Drafts({record.authority: Standing(Chain(record.authority))}, hub, NOON)
    drafts.forward(record, received)
    out = drafts.outs[-1]
    follower = Follower(record.authority, keys_by_id(hub.keys.jwks()), from_start=False)
    checked = follower.check(Received(out.topic, 0, 0, out.key, out.value, out.headers, 0))
    answer = acknowledgement(checked, AckLevel.READ, NOON, "duty officer")
    assert answer is not None
    outs = world.feed("acknowledgement", decode(answer.value), event="ack1", sender=record.authority)
    assert [o.value.step for o in outs if o.topic == "alerts"] == ["acknowledged"]
