"""Wanted against present, without a broker."""

from plumbing.plan import Acl, TopicSpec, plan_acls, plan_topics


def test_an_absent_topic_is_created_with_its_configs() -> None:
    wanted = TopicSpec("log", 2, {"retention.ms": "1"})
    assert plan_topics([wanted], {}).create == (wanted,)


def test_what_is_as_wanted_needs_nothing() -> None:
    spec = TopicSpec("log", 2, {"retention.ms": "1"})
    assert plan_topics([spec], {"log": spec}).empty


def test_only_configs_that_differ_are_set() -> None:
    plan = plan_topics([TopicSpec("log", 1, {"a": "1", "b": "2"})], {"log": TopicSpec("log", 1, {"a": "1", "b": "3", "c": "4"})})
    assert plan.configs == {"log": {"b": "2"}}
    assert not plan.create


def test_unknown_topics_are_left_alone() -> None:
    assert plan_topics([], {"theirs": TopicSpec("theirs", 1)}).empty


def test_growing_is_planned_and_shrinking_is_a_conflict() -> None:
    plan = plan_topics([TopicSpec("a", 4), TopicSpec("b", 1)], {"a": TopicSpec("a", 2), "b": TopicSpec("b", 3)})
    assert plan.grow == {"a": 4}
    assert plan.conflicts == ("b has 3 partitions, 1 are wanted: a topic cannot shrink",)
    assert not plan.empty


def test_rights_of_the_named_principals_become_exactly_the_wanted_ones() -> None:
    kept, new = Acl("User:ann", "topic", "a", "read"), Acl("User:ann", "topic", "b", "read")
    gone, foreign = Acl("User:ann", "topic", "c", "read"), Acl("User:bob", "topic", "c", "read")
    plan = plan_acls({kept, new}, {kept, gone, foreign}, {"User:ann"})
    assert (plan.add, plan.remove) == ((new,), (gone,))
    assert plan_acls({kept}, {kept, foreign}, {"User:ann"}).empty
