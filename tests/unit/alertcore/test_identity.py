"""Ids are functions of content, printed the same for ever."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertcore import identity

FORM = re.compile(r"(evt|sig|alr|ntc|dlv)_[a-z2-7]{26}")
PARTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=4)


@pytest.mark.parametrize(
    ("found", "fixed"),
    [
        (identity.event_id("acme", "1", b""), "evt_gfdycrufdmnb274z4pe5yjv6ti"),
        (identity.event_id("acme", None, b"{}"), "evt_veo2wvie5xolepj5cqtdbbmioq"),
        (identity.emit_id("stock", 1, 2, 3, 0), "evt_xubocwz4pjgymvfb65jzrs2ohm"),
        (identity.signal_id("safety_stock", "cis", "60000000", "actual"), "sig_sowcu7wbpxmvhicdx5ckjyqxly"),
        (identity.alert_id("shortage", "cis", "60000000", "actual", "evt_a"), "alr_cchveitbsvmomqumz3s4hfgxi4"),
        (identity.notice_id("alr_a", "alert", b"{}", [("alr_a", 1)]), "ntc_opmtwe4gvcndr24myrfpvgx2g4"),
        (identity.delivery_id("ntc_a", "p1", "email"), "dlv_smmhsjgrh2recjbgtrac2sanri"),
    ],
)
def test_ids_never_change(found: str, fixed: str) -> None:
    assert found == fixed
    assert FORM.fullmatch(found)


@given(PARTS, PARTS)
def test_two_lists_of_parts_never_share_a_digest(one: list[str], other: list[str]) -> None:
    assert (identity.digest(*one) == identity.digest(*other)) == (one == other)


def test_a_part_may_be_text_or_its_bytes() -> None:
    assert identity.digest("é") == identity.digest("é".encode())


def test_without_a_cloudevents_id_the_content_decides() -> None:
    assert identity.event_id("acme", None, b"a") != identity.event_id("acme", None, b"b")
    assert identity.event_id("acme", "", b"a") == identity.event_id("acme", None, b"a")
    assert identity.event_id("acme", "1", b"a") == identity.event_id("acme", "1", b"b")
    assert identity.event_id("acme", "1", b"a") != identity.event_id("other", "1", b"a")


def test_a_content_never_has_the_id_of_a_cloudevents_id() -> None:
    assert identity.event_id("acme", "a", b"") != identity.event_id("acme", None, b"a")


def test_a_notice_on_another_version_is_another_notice() -> None:
    assert identity.notice_id("g", "alert", b"", [("a", 1)]) != identity.notice_id("g", "alert", b"", [("a", 2)])


def test_canonical_json_is_one_text_for_one_value() -> None:
    assert identity.canonical_json({"b": [1, 2.5, None], "a": "é"}) == '{"a":"é","b":[1,2.5,null]}'.encode()
    with pytest.raises(ValueError, match="JSON"):
        identity.canonical_json(float("nan"))
