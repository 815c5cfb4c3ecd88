"""The fingerprint of a set of labels, the same as Alertmanager's: FNV-1a over names and values in the order of the names."""

from __future__ import annotations

from collections.abc import Mapping

_OFFSET, _PRIME, _64_BITS = 0xCBF29CE484222325, 0x100000001B3, 0xFFFFFFFFFFFFFFFF
_BETWEEN = b"\xff"
"""The byte that is in no UTF-8 text."""


def fingerprint(labels: Mapping[str, str]) -> str:
    """16 hexadecimal digits."""
    found = _OFFSET
    for name in sorted(labels, key=str.encode):
        for byte in name.encode() + _BETWEEN + labels[name].encode() + _BETWEEN:
            found = ((found ^ byte) * _PRIME) & _64_BITS
    return f"{found:016x}"
