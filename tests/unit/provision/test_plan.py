"""The pure plan: what is missing is made, what is too much is taken away, what holds data is left."""

from alertcore.register import Authorities, Authority, Sender, Senders
from plumbing.plan import Acl, TopicSpec
from tocsin.provision.commands import Registers, outsiders_wanted
from tocsin.provision.names import HUB_USERS, name_problems
from tocsin.provision.plan import Action, Found, Step, Wanted, conflicts, plan
from tocsin.provision.rights import READS, WRITES, hub_rights, outsider_of, outsiders_rights
from tocsin.provision.topics import INBOUND_BYTES, authority_topics, hub_topics, sender_topics

LAB = Sender(name="lab", kinds=("plans", "shortage.declarations"))
BOTH = Registers(Senders(senders=(LAB,)), Authorities(authorities=(Authority(id="be"),)))


def after(wanted: Wanted) -> Found:
    """A cluster that holds exactly what is wanted."""
    return Found({topic.name: topic for topic in wanted.topics}, wanted.users, wanted.acls, wanted.users)


def actions(steps: tuple[Step, ...]) -> set[Action]:
    return {step.action for step in steps}


def hub() -> Wanted:
    return Wanted(tuple(hub_topics()), frozenset(HUB_USERS), frozenset(hub_rights()), frozenset())


def test_an_empty_cluster_gets_topics_before_users_before_rights() -> None:
    order = [step.action for step in plan(hub(), Found())]
    assert order == sorted(order, key=list(Action).index)
    assert set(order) == {Action.CREATE_TOPIC, Action.CREATE_USER, Action.ALLOW}


def test_nothing_is_left_to_do_where_all_is_there() -> None:
    assert plan(hub(), after(hub())) == ()


def test_a_log_with_another_number_of_partitions_is_left_to_the_operator() -> None:
    found = after(Wanted(tuple(hub_topics(stock_partitions=8)), frozenset(HUB_USERS), frozenset(hub_rights()), frozenset()))
    steps = plan(hub(), found)
    assert {step.target for step in conflicts(steps)} == {"stock.log", "stock.state"}
    assert "never resized" in conflicts(steps)[0].text


def test_a_topic_of_one_partition_is_never_grown_since_its_order_would_be_lost() -> None:
    wanted = Wanted((TopicSpec("alerts.published", 1),), frozenset(), frozenset(), frozenset())
    steps = plan(wanted, Found({"alerts.published": TopicSpec("alerts.published", 2)}))
    assert actions(steps) == {Action.CONFLICT}


def test_a_topic_of_one_partition_that_has_none_too_many_is_no_conflict() -> None:
    one = TopicSpec("alerts.published", 1)
    assert plan(Wanted((one,), frozenset(), frozenset(), frozenset()), Found({"alerts.published": one})) == ()


def test_partitions_are_never_taken_away() -> None:
    wanted = Wanted((TopicSpec("alerts", 4),), frozenset(), frozenset(), frozenset())
    assert actions(plan(wanted, Found({"alerts": TopicSpec("alerts", 6)}))) == {Action.CONFLICT}


def test_missing_partitions_of_an_unordered_topic_are_added() -> None:
    wanted = Wanted((TopicSpec("alerts", 4),), frozenset(), frozenset(), frozenset())
    steps = plan(wanted, Found({"alerts": TopicSpec("alerts", 2)}))
    assert actions(steps) == {Action.ADD_PARTITIONS}


def test_a_changed_config_is_set_back_and_one_of_the_operators_own_is_left() -> None:
    wanted = Wanted((TopicSpec("keys", 1, {"cleanup.policy": "compact"}),), frozenset(), frozenset(), frozenset())
    steps = plan(wanted, Found({"keys": TopicSpec("keys", 1, {"cleanup.policy": "delete", "segment.ms": "5"})}))
    assert [step.topic.configs for step in steps if step.topic] == [{"cleanup.policy": "compact"}]


def test_a_user_whose_password_file_is_gone_gets_a_new_password() -> None:
    wanted = Wanted((), frozenset({"door"}), frozenset(), frozenset())
    [step] = plan(wanted, Found(users=frozenset({"door"})))
    assert step.action is Action.CREATE_USER
    assert "new password" in step.text


def test_a_right_that_nobody_wants_is_revoked_only_where_the_plan_answers_for_it() -> None:
    mine, foreign = Acl("User:door", "topic", "alerts", "write"), Acl("User:grafana", "topic", "alerts", "read")
    wanted = Wanted((), frozenset(), frozenset(), frozenset({mine}))
    [step] = plan(wanted, Found(acls=frozenset({mine, foreign})))
    assert (step.action, step.acl) == (Action.REVOKE, mine)


def test_no_step_tells_a_password() -> None:
    assert not [step for step in plan(hub(), Found()) if "password" in step.text]


def test_a_sender_that_left_the_register_loses_rights_and_user_but_no_topic() -> None:
    full = outsiders_wanted(BOTH, sender_topics(BOTH.senders), ("in.", "out."), Found())
    found = after(full)
    gone = Registers(Senders(), BOTH.authorities)
    steps = plan(outsiders_wanted(gone, [], ("in.", "out."), found), found)
    assert actions(steps) == {Action.REVOKE, Action.DELETE_USER}
    assert {step.target for step in steps} == {"lab"}


def test_a_sender_that_is_an_authority_too_stays_a_user() -> None:
    two = Registers(Senders(senders=(Sender(name="be", kinds=("rapidalerts",)),)), BOTH.authorities)
    acls = outsiders_rights(two.senders, two.authorities)
    found = Found(users=frozenset({"be"}), acls=frozenset(acls), passwords=frozenset({"be"}))
    gone = Registers(Senders(), BOTH.authorities)
    steps = plan(outsiders_wanted(gone, [], ("in.", "out."), found), found)
    assert actions(steps) == {Action.REVOKE}
    assert {step.acl.name for step in steps if step.acl} == {"in.be.rapidalerts", "out.be.receipts"}


def test_a_withdrawn_grant_is_revoked_by_either_command() -> None:
    granted = Registers(Senders(), Authorities(authorities=(Authority(id="be", published=True),)))
    found = Found(
        users=frozenset({"be"}), acls=frozenset(outsiders_rights(granted.senders, granted.authorities)), passwords=frozenset({"be"})
    )
    wanted = outsiders_wanted(BOTH, [], ("rapidalerts.",), found)
    [step] = plan(wanted, found)
    assert step.action is Action.REVOKE
    assert step.acl == Acl("User:be", "topic", "alerts.published", "read")


def test_names_that_would_open_the_hubs_own_topics_are_refused() -> None:
    assert not name_problems(["demo-lab", "BE-FAGG", "lab_2"])
    for name in ("outbox", "hub", "Admin", "x_acks", "a.b", "", "-x", "a b", "*", "public"):
        assert name_problems([name]), name


def test_the_topic_tells_whose_right_it_is() -> None:
    def of(name: str) -> str | None:
        return outsider_of(Acl("User:relay", "topic", name, "read"))

    assert [of("in.lab.plans"), of("out.lab.receipts"), of("rapidalerts.be"), of("rapidalerts.be.acks")] == ["lab", "lab", "be", "be"]
    assert [of("in.hub.commands"), of("out.hub.receipts"), of("rapidalerts.outbox"), of("alerts")] == [None] * 4
    assert outsider_of(Acl("User:door", "topic", "in.", "read", "prefixed")) is None


def test_the_operator_writes_nothing_and_the_relay_alone_writes_what_is_signed() -> None:
    assert "operator" not in WRITES
    signed = {"alerts.published", "keys", "ledger.heads"}
    assert [user for user, topics in WRITES.items() if signed & set(topics)] == ["relay"]
    assert not [acl for acl in hub_rights() if acl.principal == "User:operator" and acl.operation in {"write", "all", "alter", "delete"}]


def test_no_outsider_reads_or_writes_anothers() -> None:
    rights = outsiders_rights(BOTH.senders, BOTH.authorities)
    mine = {acl.name for acl in rights if acl.principal == "User:lab" and acl.resource == "topic"}
    assert mine == {"in.lab.plans", "in.lab.shortage.declarations", "out.lab.receipts"}
    theirs = {(acl.name, acl.operation) for acl in rights if acl.principal == "User:be" and acl.resource == "topic"}
    assert theirs == {("rapidalerts.be", "read"), ("rapidalerts.be.acks", "write")}


def test_every_topic_a_role_uses_exists() -> None:
    there = {topic.name for topic in hub_topics()}
    named = {name for names in (*READS.values(), *WRITES.values()) for name in names if not name.endswith("*")}
    assert named <= there


def test_sizes_and_retentions_are_those_of_the_contract() -> None:
    topics = {topic.name: topic.configs for topic in [*hub_topics(), *sender_topics(BOTH.senders), *authority_topics(BOTH.authorities)]}
    days = {name: int(configs["retention.ms"]) // 86_400_000 for name, configs in topics.items() if "retention.ms" in configs}
    assert {name for name, kept in days.items() if kept == 30} >= {"stock.log", "supply.log", "in.lab.plans", "dead-letters"}
    assert {days["cases.log"], days["alerts"], days["rapidalerts.be"], days["rapidalerts.be.acks"]} == {3653}
    assert {days["signals"], days["notices"], days["verdicts"]} == {1827}
    assert {name for name, configs in topics.items() if configs["cleanup.policy"] == "compact"} == {
        *("stock.state", "supply.state", "cases.state", "positions", "silences", "keys", "ledger.heads")
    }
    assert topics["in.lab.plans"]["max.message.bytes"] == str(INBOUND_BYTES) == "4198400"
    assert int(topics["cases.state"]["max.message.bytes"]) >= 8 * 1024 * 1024
    assert topics["cases.state"]["max.compaction.lag.ms"] == topics["cases.state"]["segment.ms"] == "3600000"


def test_what_outsiders_write_is_dated_by_the_broker() -> None:
    outside = [
        t for t in [*sender_topics(BOTH.senders), *authority_topics(BOTH.authorities)] if t.name.startswith("in.") or "acks" in t.name
    ]
    assert outside
    assert {topic.configs["message.timestamp.type"] for topic in outside} == {"LogAppendTime"}
