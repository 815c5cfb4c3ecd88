"""The faults plumbing raises, in the three kinds that matter, and the one place where Kafka's own errors are mapped to them."""


class PlumbingError(Exception):
    """Base of everything plumbing raises on purpose."""


class Transient(PlumbingError):
    """May pass by itself: broker away, timeout, leader moving. Try again, or crash and be started again."""


class Rebalanced(Transient):
    """The group moved on while a commit was under way: what was read belongs to somebody else now."""


class Permanent(PlumbingError):
    """Will fail the same way every time: the request itself is wrong."""


class Refused(Permanent):
    """The broker knows us and says no (ACL), or does not take our password."""


class TooLarge(Permanent):
    """The record is above what the topic, or this producer, takes."""


class NotThere(Permanent):
    """The topic, or the partition of it, does not exist."""


class OffsetGone(Permanent):
    """The asked offset is not in the log (any more): retention was faster, or the log was made anew."""


class Broken(PlumbingError):
    """This client can do nothing more. Close it; a process that depends on it ends and is started again."""


class Fenced(Broken):
    """Another process owns this transactional id (or broke our sequence): end at once, write nothing more."""


_BY_NAME: dict[str, type[PlumbingError]] = {
    "ProducerFenced": Fenced,
    "InvalidProducerEpoch": Fenced,
    "OutOfOrderSequenceNumber": Fenced,
    "UnknownProducerId": Fenced,
    "InvalidProducerIdMapping": Fenced,
    "InvalidTxnState": Fenced,
    "ProducerClosed": Broken,
    "ConsumerStoppedError": Broken,
    "IllegalOperation": Broken,
    "CommitFailedError": Rebalanced,
    "IllegalGenerationError": Rebalanced,
    "UnknownMemberIdError": Rebalanced,
    "RebalanceInProgressError": Rebalanced,
    "IllegalStateError": Rebalanced,
    "TopicAuthorizationFailedError": Refused,
    "GroupAuthorizationFailedError": Refused,
    "ClusterAuthorizationFailedError": Refused,
    "TransactionalIdAuthorizationFailed": Refused,
    "AuthenticationFailedError": Refused,
    "AuthenticationMethodNotSupported": Refused,
    "SaslAuthenticationFailed": Refused,
    "UnsupportedSaslMechanismError": Refused,
    "MessageSizeTooLargeError": TooLarge,
    "RecordTooLargeError": TooLarge,
    "RecordListTooLargeError": TooLarge,
    "UnknownTopicOrPartitionError": NotThere,
    "InvalidTopicError": NotThere,
    "OffsetOutOfRangeError": OffsetGone,
    "NoOffsetForPartitionError": OffsetGone,
}


def mapped(error: BaseException, doing: str) -> PlumbingError:
    """`error` of aiokafka (told by its class name) as ours, with what was being done when it came. Unknown ones are transient."""
    if isinstance(error, PlumbingError):
        return error
    if isinstance(error, TimeoutError):
        return Transient(f"{doing}: no answer in time")
    for kind in type(error).__mro__:
        if kind.__name__ in _BY_NAME:
            return _BY_NAME[kind.__name__](f"{doing}: {_said(error)}")
    if isinstance(error, AssertionError | TypeError | ValueError):
        return Permanent(f"{doing}: {_said(error)}")
    return Transient(f"{doing}: {_said(error)}")


def _said(error: BaseException) -> str:
    """One line: class name, and the message where it adds something."""
    text = " ".join(str(error).split())
    name = type(error).__name__
    return text if text.startswith(name) else f"{name}: {text}" if text else name
