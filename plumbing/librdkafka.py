"""One administrator's connection through librdkafka, with its errors mapped to ours."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from plumbing.errors import NotThere, Permanent, PlumbingError, Refused, Transient
from plumbing.settings import KafkaAccess, librdkafka_options

_T = TypeVar("_T")

_REFUSED = {
    KafkaError._AUTHENTICATION,
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    KafkaError.SASL_AUTHENTICATION_FAILED,
}
_NOT_THERE = {
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._UNKNOWN_TOPIC,
    KafkaError._UNKNOWN_PARTITION,
    KafkaError.GROUP_ID_NOT_FOUND,
    KafkaError.RESOURCE_NOT_FOUND,
}
_PASSING = {
    KafkaError._TRANSPORT,
    KafkaError._ALL_BROKERS_DOWN,
    KafkaError._TIMED_OUT,
    KafkaError._TIMED_OUT_QUEUE,
    KafkaError.REQUEST_TIMED_OUT,
    KafkaError.NOT_CONTROLLER,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.BROKER_NOT_AVAILABLE,
}


class AdminConnection:
    """librdkafka's AdminClient, and why it last could not connect (its calls only say that time was up)."""

    def __init__(self, access: KafkaAccess) -> None:
        self._last: KafkaError | None = None
        options: dict[str, Any] = {**librdkafka_options(access), "error_cb": self._told, "log_level": 0}
        self.client = AdminClient({**options, "reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 500})

    def _told(self, error: KafkaError) -> None:
        if self._last is None or self._last.code() != KafkaError._AUTHENTICATION:
            self._last = error

    def guarded(self, doing: str, call: Callable[[], _T]) -> _T:
        """`call()`, with librdkafka's errors as ours."""
        try:
            return call()
        except KafkaException as error:
            raise self.fault(error, doing) from error
        except TimeoutError as error:
            raise Transient(f"{doing}: no answer in time") from error

    def fault(self, error: KafkaException, doing: str) -> PlumbingError:
        """`error` as ours; a timeout behind a refused password is Refused."""
        said: KafkaError = error.args[0]
        self.client.poll(0)  # serves error_cb, which says what a timeout does not
        if said.code() in _PASSING and self._last is not None and self._last.code() == KafkaError._AUTHENTICATION:
            return Refused(f"{doing}: user or password not accepted")
        return fault_of(said, doing)


def fault_of(said: KafkaError, doing: str) -> PlumbingError:
    """librdkafka's error as ours."""
    text = f"{doing}: {said.str()}"
    if said.code() in _REFUSED:
        return Refused(text)
    if said.code() in _NOT_THERE:
        return NotThere(text)
    return Transient(text) if said.code() in _PASSING or said.retriable() else Permanent(text)


def await_metadata(access: KafkaAccess, timeout_s: float, still_there: Callable[[], bool]) -> None:
    """Returns once a broker answered a metadata request of this user. Blocking.

    Raises Refused (password), Transient (time is up, or `still_there` says that nobody will ever answer).
    """
    connection, deadline = AdminConnection(access), time.monotonic() + timeout_s
    while True:
        try:
            if connection.client.list_topics(timeout=0.5).brokers:
                return
        except KafkaException as error:
            fault = connection.fault(error, f"metadata of {access.bootstrap}")
            if isinstance(fault, Refused):
                raise fault from error
        if not still_there():
            raise Transient("the broker has ended")
        if time.monotonic() > deadline:
            raise Transient(f"no metadata from {access.bootstrap} within {timeout_s:.0f} s")
