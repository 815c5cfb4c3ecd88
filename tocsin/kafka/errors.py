"""What can be wrong with the embedded Kafka: each a line that says what to do."""


class EmbeddedKafkaError(Exception):
    """Base; the message is for the person at the keyboard."""


class JavaMissing(EmbeddedKafkaError):
    """No java on this machine."""


class JavaTooOld(EmbeddedKafkaError):
    """A java, but one that cannot run this Kafka."""


class MavenMissing(EmbeddedKafkaError):
    """No mvn on this machine, and the jars are not here yet."""


class FetchFailed(EmbeddedKafkaError):
    """Maven ran, and did not bring the jars."""


class ChecksumMismatch(EmbeddedKafkaError):
    """A jar is not the one that was tried."""


class AlreadyRunning(EmbeddedKafkaError):
    """Another process runs the Kafka of this home."""


class StartFailed(EmbeddedKafkaError):
    """The broker ended, or did not answer in time."""
