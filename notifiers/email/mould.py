"""One mail for many: rendered and MIME-encoded once per (notice, language, audience), then joined per recipient.

Where a recipient's own value belongs, the mould has a slot. In the body a slot stands between two soft line breaks
(RFC 2045, quoted-printable), so that no value can make a line too long or be torn apart by the encoding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from email.quoprimime import body_encode
from enum import IntEnum
from hashlib import sha256

CRLF = b"\r\n"
_WRAP = 70


class Slot(IntEnum):
    """What differs between two recipients of the same mail."""

    TO = 0
    SENDER = 1
    DATE = 2
    MESSAGE_ID = 3
    LEAVE = 4  # the unsubscribe link as a header has it
    UNSUBSCRIBE = 5  # the same, and the next, as a body has them: `wrapped`
    ACKNOWLEDGE = 6


def mark(slot: Slot) -> str:
    """The text that stands for a slot in a template: letters only, so that no encoding changes it."""
    return f"XTOCSINSLOT{'ABCDEFG'[slot]}X"


_MARKS = re.compile(b"(" + b"|".join(mark(s).encode() for s in Slot) + b")")


class UnusableValue(ValueError):
    """A recipient's value that would break the mail: not ASCII, or with a line end."""


@dataclass(frozen=True, slots=True)
class Written:
    """A rendered message. Texts hold `mark(...)` where a link of the recipient belongs."""

    subject: str
    text: str
    html: str
    language: str
    urgent: bool = False
    may_leave: bool = True  # false on what discharges a duty: no unsubscribe header


class Mould:
    """CRLF line ends, dots doubled (RFC 5321 4.5.2), ends with CRLF: ready for DATA but for the final dot."""

    __slots__ = ("_parts", "_slots")

    def __init__(self, written: Written, key: str) -> None:
        """`key` makes the MIME boundary: the same mould for the same key."""
        raw = _headers(written, key) + _body(written, key)
        parts = _MARKS.split(raw)
        self._slots = [(n, Slot([mark(s).encode() for s in Slot].index(parts[n]))) for n in range(1, len(parts), 2)]
        self._parts = [part.replace(b"\r\n.", b"\r\n..") for part in parts]

    def pour(self, values: Sequence[bytes]) -> bytes:
        """The mail of one recipient; `values` in the order of `Slot`."""
        parts = self._parts.copy()
        for n, slot in self._slots:
            parts[n] = values[slot]
        return b"".join(parts)


def checked(value: str) -> bytes:
    """A header value or link as bytes. UnusableValue without the value in its text."""
    try:
        raw = value.encode("ascii")
    except UnicodeEncodeError as error:
        raise UnusableValue("a value is not ASCII") from error
    if b"\r" in raw or b"\n" in raw or b"\0" in raw or len(raw) > 900:
        raise UnusableValue("a value has a line end or is too long")
    return raw


def wrapped(raw: bytes) -> bytes:
    """A link as it stands in a quoted-printable body: `=` encoded, long ones cut by soft line breaks."""
    lines = [b""]
    for unit in re.findall(rb"=3D|[^=]", raw.replace(b"=", b"=3D")) if b"=" in raw or len(raw) > _WRAP else [raw]:
        if len(lines[-1]) + len(unit) > _WRAP:
            lines.append(b"")
        lines[-1] += unit
    return b"=\r\n".join(lines)


def _headers(written: Written, key: str) -> bytes:
    charset = "us-ascii" if written.subject.isascii() else "utf-8"
    lines = [
        f"From: {mark(Slot.SENDER)}",
        f"To: {mark(Slot.TO)}",
        "Subject: " + Header(written.subject, charset, 66, "Subject").encode(linesep="\r\n"),
        f"Date: {mark(Slot.DATE)}",
        f"Message-ID: <{mark(Slot.MESSAGE_ID)}>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        f"Content-Language: {written.language}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{_boundary(key)}"',
    ]
    if written.urgent:
        lines.append("Importance: high")
    if written.may_leave:
        lines += [f"List-Unsubscribe: <{mark(Slot.LEAVE)}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    return "\r\n".join(lines).encode("ascii") + CRLF + CRLF


def _body(written: Written, key: str) -> bytes:
    parts = []
    for subtype, content in (("plain", written.text), ("html", written.html)):
        head = f"--{_boundary(key)}\r\nContent-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        parts.append(head.encode() + _quoted(content))
    return b"".join(parts) + f"--{_boundary(key)}--\r\n".encode()


def _quoted(content: str) -> bytes:
    """Quoted-printable, each slot alone between two soft line breaks. Ends with CRLF."""
    lines = content.replace("\r\n", "\n").rstrip("\n") + "\n"
    pieces = re.split("(" + "|".join(mark(s) for s in Slot) + ")", lines)
    out = []
    for n, piece in enumerate(pieces):
        if n % 2:
            out.append(f"=\r\n{piece}=\r\n")
        else:
            latin = piece.encode("utf-8").decode("latin-1")
            out.append(body_encode(latin, maxlinelen=74, eol="\r\n"))
    return "".join(out).encode("ascii")


def _boundary(key: str) -> str:
    return "t-" + sha256(key.encode()).hexdigest()[:24]
