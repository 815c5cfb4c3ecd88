"""The bytes of a mail: what a recipient's client reads out of a mould, and what a server's answers mean."""

from __future__ import annotations

import email
import email.policy
import re

import pytest

from notifiers.backoff import Backoff, concluded, wait_s
from notifiers.email.mould import Mould, Slot, UnusableValue, Written, checked, mark, wrapped
from notifiers.email.replies import status, verdict
from notifiers.ports import Attempt, RealPorts, RealServer, SandboxPorts, SandboxServer, Server, Verdict, connections, servers_for
from store.ledger import DeliveryState
from store.queue import Claimed

LINK = "https://tocsin.example/u/abcdefghijklmnopqrstuvwx"


def values(link: str = LINK) -> list[bytes]:
    date, message = b"Sun, 22 Nov 2026 06:30:00 +0000", b"dlv_x@tocsin.example"
    raw = checked(link)
    return [b"p@dest.example", b"Agence <a@tocsin.example>", date, message, raw, wrapped(raw), wrapped(raw)]


def poured(text: str, html: str = "<p>x</p>", subject: str = "Objet", link: str = LINK) -> tuple[email.message.EmailMessage, bytes]:
    raw = Mould(Written(subject, text, html, "fr"), "key").pour(values(link))
    message = email.message_from_bytes(raw.replace(b"\r\n..", b"\r\n."), policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message, raw


@pytest.mark.parametrize(
    "text",
    [
        "",
        "é" * 500,
        ".",
        "..\n.\n",
        "a\n\n\nb",
        "x" * 2000,
        f"{mark(Slot.UNSUBSCRIBE)}",
        f"é{mark(Slot.UNSUBSCRIBE)}é",
        "=3D = \t",
        "From me",
        "a " * 60,
    ],
)
def test_the_text_comes_out_as_it_went_in(text: str) -> None:
    message, raw = poured(text)
    plain = message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == text.rstrip("\n").replace(mark(Slot.UNSUBSCRIBE), LINK)
    assert not message.defects
    assert raw.isascii()
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    assert b"\r\n.\r\n" not in raw
    assert not re.search(rb"(?<!\r)\n", raw)


def test_a_long_link_with_equal_signs_stays_whole() -> None:
    link = "https://tocsin.example/" + "a=b/" * 60
    message, raw = poured(f"see {mark(Slot.ACKNOWLEDGE)} end", link=link)
    plain = message.get_body(("plain",))
    assert plain is not None
    assert f"see {link} end" in plain.get_content()
    assert all(len(line) <= 78 for line in raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n"))


@pytest.mark.parametrize("subject", ["Rappel", "Défaut de qualité – " + "très " * 30, "日本" * 30, "a" * 200])
def test_the_subject_comes_out_as_it_went_in(subject: str) -> None:
    message, _ = poured("x", subject=subject)
    assert str(message["Subject"]).strip() == subject.strip()


def test_values_that_would_break_a_mail_are_refused_without_being_named() -> None:
    for value in ("a\r\nBcc: x", "é", "a\0", "x" * 1000):
        with pytest.raises(UnusableValue) as refused:
            checked(value)
        assert value[:3] not in str(refused.value)


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("250 2.0.0 ok", Verdict.ACCEPTED),
        ("451 4.3.0 try later", Verdict.TRANSIENT),
        ("450 4.2.0 greylisted", Verdict.TRANSIENT),
        ("451 4.7.1 wait", Verdict.THROTTLED),
        ("452 too many recipients", Verdict.THROTTLED),
        ("421 4.7.0 rate limit exceeded", Verdict.THROTTLED),
        ("550 5.1.1 no such user", Verdict.PERMANENT),
        ("550 no such user", Verdict.PERMANENT),
        ("552 5.2.2 mailbox full", Verdict.PERMANENT),
        ("550 5.7.1 policy", Verdict.CONTENT),
        ("552 5.3.4 too big", Verdict.CONTENT),
        ("554 refused", Verdict.CONTENT),
        ("530 5.7.0 authenticate first", Verdict.AUTH),
        ("535 5.7.8 wrong password", Verdict.AUTH),
        ("454 4.7.0 temporary", Verdict.AUTH),
        ("999 what", Verdict.TRANSIENT),
    ],
)
def test_every_answer_has_one_meaning(line: str, meaning: Verdict) -> None:
    assert verdict(int(line[:3]), line.encode()) is meaning


def test_the_status_code_is_read_where_there_is_one() -> None:
    assert (status(b"550-5.1.1 no"), status(b"550 nothing 5.1.1"), status(b"250 2.0.0x")) == ("5.1.1", "", "")


def claimed(attempt: int, lane: int = 1) -> Claimed:
    return Claimed(1, "dlv_x", 1, "professional", "fr", "email", attempt, lane, "p@dest.example")


def test_waiting_grows_to_its_cap_is_shorter_when_urgent_and_spread_by_delivery() -> None:
    backoff = Backoff()
    waits = [wait_s(backoff, claimed(n)) for n in range(1, 12)]
    assert all(30 * 2 ** min(n, 20) <= w <= 30 * 2 ** min(n, 20) * 1.25 for n, w in enumerate(waits[:6]))
    assert 3600 <= waits[-1] <= 4500
    assert wait_s(backoff, claimed(1, 0)) < 7
    assert wait_s(backoff, claimed(10_000)) <= 4500


@pytest.mark.parametrize(
    ("meaning", "attempt", "state", "reason"),
    [
        (Verdict.ACCEPTED, 24, DeliveryState.ACCEPTED, ""),
        (Verdict.TRANSIENT, 23, DeliveryState.DEFERRED, "transient"),
        (Verdict.TRANSIENT, 24, DeliveryState.FAILED, "given_up"),
        (Verdict.THROTTLED, 1, DeliveryState.DEFERRED, "throttled"),
        (Verdict.AUTH, 99, DeliveryState.DEFERRED, "auth"),
        (Verdict.PERMANENT, 1, DeliveryState.FAILED, "permanent"),
        (Verdict.CONTENT, 1, DeliveryState.FAILED, "content"),
    ],
)
def test_every_meaning_has_one_end(meaning: Verdict, attempt: int, state: DeliveryState, reason: str) -> None:
    result = concluded(Attempt(claimed(attempt), meaning), Backoff(), 1_000_000)
    assert (result.state, result.reason) == (state, reason)
    assert (result.due is not None) == (state is DeliveryState.DEFERRED)


def test_real_servers_are_only_for_what_reaches_people_and_only_with_real_ports() -> None:
    real, sink = Server(name="r", host="h", port=1, sender="a@b"), Server(name="s", host="h", port=2, sender="a@b")
    ports = RealPorts((RealServer(real),), SandboxServer(sink))
    assert servers_for(ports, people=True) == (real,)
    assert servers_for(ports, people=False) == (sink,)
    assert servers_for(SandboxPorts(SandboxServer(sink)), people=True) == (sink,)
    assert servers_for(SandboxPorts(), people=True) == ()


def test_connections_are_shared_by_weight_and_a_spare_has_all_of_them() -> None:
    def server(name: str, weight: float, fixed: int = 0) -> Server:
        return Server(name=name, host="h", port=1, sender="a@b", weight=weight, connections=fixed)

    shares = connections((server("a", 3), server("b", 1), server("c", 0.001), server("d", 0), server("e", 1, 7)), 20)
    assert [s.connections for s in shares] == [12, 4, 1, 20, 7]
