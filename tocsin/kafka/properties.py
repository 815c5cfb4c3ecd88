"""server.properties of the embedded broker: one KRaft node on loopback, SASL on every listener, nothing allowed by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from plumbing.settings import MAX_RECORD_BYTES, Secret

ADMIN = "admin"
BROKER = "broker"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
_PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the node listens: clients, and itself as controller."""

    clients: int
    controller: int


def server_properties(data: Path, ports: Ports, password: Secret) -> str:
    """The file's text. `password` is that of the user `broker`, as which the node talks to itself: the file is a secret."""
    login = f'username="{BROKER}" password="{password.reveal()}"'
    properties = {
        **_listeners(ports),
        "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": f"{_SCRAM} required {login};",
        # SCRAM cannot guard the controller: its credentials live in the controller's own log. Without a password there,
        # whoever reaches the port would be ANONYMOUS, and that would have to be a super user.
        "listener.name.controller.plain.sasl.jaas.config": f'{_PLAIN} required {login} user_{BROKER}="{password.reveal()}";',
        "log.dir": str(data),
        **_RIGHTS,
        **_SIZES,
        **_ONE_NODE,
    }
    return _text(properties)


def _listeners(ports: Ports) -> dict[str, str]:
    clients, controller = f"SASL_PLAINTEXT://127.0.0.1:{ports.clients}", f"CONTROLLER://127.0.0.1:{ports.controller}"
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{ports.controller}",
        "listeners": f"{clients},{controller}",
        "advertised.listeners": clients,
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "SASL_PLAINTEXT",
        "listener.security.protocol.map": "CONTROLLER:SASL_PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
        "sasl.mechanism.controller.protocol": "PLAIN",
    }


_RIGHTS = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "false",
    "super.users": f"User:{ADMIN};User:{BROKER}",
    "auto.create.topics.enable": "false",
}

_SIZES = {
    "message.max.bytes": str(MAX_RECORD_BYTES + 64 * 1024),  # the record and its batch's frame; topics set what is theirs
    "log.cleaner.dedupe.buffer.size": str(32 * 1024 * 1024),  # the default of 128 MiB is a quarter of the heap
    "log.cleaner.backoff.ms": "5000",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "num.recovery.threads.per.data.dir": "2",
    "offsets.retention.minutes": str(365 * 24 * 60),  # a hub that stood still for weeks still knows where it was
}

_ONE_NODE = {
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    # After a crash the node waits for the session of its former self to end; 9 s by default.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
}


def _text(properties: Mapping[str, str]) -> str:
    return "".join(f"{key}={value}\n" for key, value in properties.items())
