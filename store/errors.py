"""The faults of the SQL side, in the kinds that matter; no driver's error leaves the room."""


class StoreError(Exception):
    """Base of what the SQL side raises on purpose."""


class StoreAway(StoreError):
    """Transient: the database cannot be reached, or is busy. Try again."""


class OtherOwner(StoreError):
    """Broken: another worker moved on with what this one held. Stop, write nothing more."""
