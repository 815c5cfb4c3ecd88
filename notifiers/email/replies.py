"""What an SMTP server's answer means: every code to one verdict, once, here."""

from __future__ import annotations

import re

from notifiers.ports import Verdict

_STATUS = re.compile(rb"^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b")
_THROTTLE = re.compile(rb"rate|too many|too fast|throttl|quota|slow down|limit exceeded", re.IGNORECASE)
_AUTH_CODES = frozenset({454, 530, 534, 535, 538})
_CONTENT_CODES = frozenset({552, 554})


def status(line: bytes) -> str:
    """The enhanced status code (RFC 3463) of a reply, or nothing."""
    found = _STATUS.match(line)
    return found.group(1).decode() if found else ""


def verdict(code: int, line: bytes) -> Verdict:
    """`line` is the last line of the reply, code included; its words are read only to tell throttling."""
    enhanced = status(line)
    if 200 <= code < 300:
        return Verdict.ACCEPTED
    if code in _AUTH_CODES:
        return Verdict.AUTH
    if 400 <= code < 500:
        return Verdict.THROTTLED if enhanced.startswith("4.7.") or _THROTTLE.search(line) else Verdict.TRANSIENT
    if 500 <= code < 600:
        return _refused(code, enhanced)
    return Verdict.TRANSIENT


def _refused(code: int, enhanced: str) -> Verdict:
    """5xx: about the address (5.1, 5.2), or about this message (5.3.4 size, 5.6 content, 5.7 policy)."""
    if enhanced.startswith(("5.1.", "5.2.")):
        return Verdict.PERMANENT
    if enhanced.startswith(("5.6.", "5.7.", "5.3.")) or code in _CONTENT_CODES:
        return Verdict.CONTENT
    return Verdict.PERMANENT
