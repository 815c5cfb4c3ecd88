"""The closed list of metrics: every name, unit, label and runbook line of every role stands here."""

from prometheus_client import CollectorRegistry


class Metrics:
    """All metrics of one process on a registry of its own. Roles that do not touch one leave it without samples."""

    def __init__(self) -> None:
        raise NotImplementedError

    @property
    def registry(self) -> CollectorRegistry:
        """The registry `/metrics` renders."""
        raise NotImplementedError
