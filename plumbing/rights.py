"""Allowances as plain values, to and from librdkafka's."""

from typing import Any

import confluent_kafka.admin

from plumbing.plan import Acl, Resource

_kafka: Any = confluent_kafka.admin

_RESOURCES: dict[Resource, Any] = {
    "topic": _kafka.ResourceType.TOPIC,
    "group": _kafka.ResourceType.GROUP,
    "transactional_id": _kafka.ResourceType.TRANSACTIONAL_ID,
    "cluster": _kafka.ResourceType.BROKER,
}
_RESOURCE_NAMES: dict[Any, Resource] = {kind: name for name, kind in _RESOURCES.items()}


def _parts(acl: Acl) -> tuple[Any, ...]:
    pattern = _kafka.ResourcePatternType[acl.pattern.upper()]
    operation = _kafka.AclOperation[acl.operation.upper()]
    return (_RESOURCES[acl.resource], acl.name, pattern, acl.principal, "*", operation, _kafka.AclPermissionType.ALLOW)


def binding_of(acl: Acl) -> Any:
    """`acl` as librdkafka takes it."""
    return _kafka.AclBinding(*_parts(acl))


def filter_of(acl: Acl) -> Any:
    """A filter that matches exactly `acl`."""
    return _kafka.AclBindingFilter(*_parts(acl))


def acl_of(found: Any) -> Acl:
    """What librdkafka found as ours."""
    return Acl(
        principal=found.principal,
        resource=_RESOURCE_NAMES.get(found.restype, "cluster"),
        name=found.name,
        operation=found.operation.name.lower(),
        pattern=found.resource_pattern_type.name.lower(),
    )


def every_acl() -> Any:
    """A filter that matches every allowance."""
    anything = (_kafka.ResourceType.ANY, None, _kafka.ResourcePatternType.ANY, None, None)
    return _kafka.AclBindingFilter(*anything, _kafka.AclOperation.ANY, _kafka.AclPermissionType.ALLOW)
