"""Kafka's errors as ours: once, at the edge."""

import aiokafka.errors
import pytest

from plumbing import errors
from plumbing.errors import Broken, Fenced, NotThere, OffsetGone, Permanent, Rebalanced, Refused, TooLarge, Transient, mapped


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (aiokafka.errors.ProducerFenced(), Fenced),
        (aiokafka.errors.InvalidProducerEpoch(), Fenced),
        (aiokafka.errors.OutOfOrderSequenceNumber(), Fenced),
        (aiokafka.errors.ProducerClosed(), Broken),
        (aiokafka.errors.CommitFailedError(), Rebalanced),
        (aiokafka.errors.TopicAuthorizationFailedError("t"), Refused),
        (aiokafka.errors.MessageSizeTooLargeError(), TooLarge),
        (aiokafka.errors.UnknownTopicOrPartitionError(), NotThere),
        (aiokafka.errors.OffsetOutOfRangeError(), OffsetGone),
        (aiokafka.errors.KafkaConnectionError(), Transient),
        (aiokafka.errors.RequestTimedOutError(), Transient),
        (TimeoutError(), Transient),
        (AssertionError("Unrecognized partition"), Permanent),
    ],
)
def test_each_error_has_its_kind(error: Exception, kind: type[errors.PlumbingError]) -> None:
    assert type(mapped(error, "write")) is kind


def test_the_message_says_what_was_being_done_in_one_line() -> None:
    said = str(mapped(aiokafka.errors.KafkaError("two\nlines"), "write to stock.log"))
    assert said == "write to stock.log: KafkaError: two lines"


def test_our_own_errors_pass_as_they_are() -> None:
    fault = Refused("no")
    assert mapped(fault, "anything") is fault


def test_every_name_in_the_table_is_one_aiokafka_has() -> None:
    assert [name for name in errors._BY_NAME if not hasattr(aiokafka.errors, name)] == []
