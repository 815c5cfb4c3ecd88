"""The registers of senders and of authorities."""

from __future__ import annotations

from typing import Any

import pytest

from alertcore.register import read_authorities, read_senders
from alertcore.settled import SettingsError

SENDER = {
    "name": "acme",
    "kinds": ["stock.reports"],
    "companies": ["552100554"],
    "reporters": [{"id": "750000001", "scheme": "finess", "tier": "hospital_pharmacy", "circuit": "hopital"}],
}


def test_a_sender_is_found_by_its_name() -> None:
    senders = read_senders({"senders": [SENDER, {"name": "other", "kinds": []}]})
    acme = senders.find("acme")
    assert acme is not None
    assert (acme.companies, acme.reporters[0].interval_days, acme.published) == (("552100554",), 1, False)
    assert senders.find("nobody") is None


def test_an_authority_is_told_of_defects_of_human_medicines_if_nothing_is_said() -> None:
    (authority,) = read_authorities({"authorities": [{"id": "aemps", "country": "ES", "member_state": True}]}).authorities
    assert (authority.domains, authority.species, authority.languages, authority.exercises) == (("defect",), ("human",), ("en",), False)


def test_a_pinned_key_set_is_kept_as_it_is() -> None:
    jwks = {"keys": [{"kty": "EC", "kid": "a"}]}
    (authority,) = read_authorities({"authorities": [{"id": "aemps", "jwks": jwks}]}).authorities
    assert authority.jwks == jwks


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"senders": [SENDER, SENDER]}, "senders: acme stands twice"),
        ({"senders": [{"name": "acme"}]}, "senders[0].kinds: is required"),
        ({"senders": [{**SENDER, "colour": 1}]}, "senders[0].colour: unknown name; known are companies, kinds, name, published, reporters"),
    ],
)
def test_a_register_of_senders_that_cannot_be_used_is_named(raw: Any, problem: str) -> None:
    with pytest.raises(SettingsError) as told:
        read_senders(raw)
    assert told.value.problems == (problem,)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"authorities": [{"id": "a"}, {"id": "a"}]}, "authorities: a stands twice"),
        ({"authorities": [{"id": "a", "domains": ["food"]}]}, "authorities: a has the unknown domain food"),
    ],
)
def test_a_register_of_authorities_that_cannot_be_used_is_named(raw: Any, problem: str) -> None:
    with pytest.raises(SettingsError) as told:
        read_authorities(raw)
    assert told.value.problems == (problem,)
