"""The routing in force until an agency has one of its own: the same people as `routes.py` names, as a file says it."""

from __future__ import annotations

from typing import Any

_ANIMALS = 'species="veterinary"'
_SHALLOW = 'level="wholesale"'
_DEEP = 'level=~"retail_hospital|patient"'


def _one(receiver: str, *matchers: str, **more: Any) -> dict[str, Any]:
    return ({"matchers": list(matchers)} if matchers else {}) | {"receiver": receiver} | more


def _all(matchers: list[str], *receivers: str, **more: Any) -> dict[str, Any]:
    """A route to several receivers."""
    inside = [_one(name) | {"continue": True} for name in receivers[:-1]]
    return {"matchers": matchers, **more, "routes": [*inside, _one(receivers[-1])]}


_ORDINARY = _one(
    "followers",
    *('class!="i"', 'serious_risk!~"suspected|confirmed"'),
    routes=[
        _all([_SHALLOW], "wholesale_level", "followers_beside_wholesale_level"),
        _all([_DEEP, _ANIMALS], "retail_level_animals", "followers_beside_retail_level_animals"),
        _all(['level="patient"'], "retail_level", "followers_beside_retail_level", "patients"),
        _all([_DEEP], "retail_level", "followers_beside_retail_level"),
    ],
)
"""Defects that are neither of class I nor a serious risk. Of unknown depth: to followers alone."""

_SERIOUS: dict[str, Any] = {
    "routes": [
        _all([_ANIMALS], "supply_chain_animals", "followers_beside_supply_chain_animals"),
        _all(['level="patient"'], "supply_chain", "followers_beside_supply_chain", "patients_at_once"),
        _one("supply_chain") | {"continue": True},
        _one("followers_beside_supply_chain"),
    ]
}
"""What the route before it did not take: class I, or a serious risk suspected or confirmed."""

_HOLDERS = {
    "community_pharmacy": "holding_pharmacy",
    "hospital_pharmacy": "holding_hospital",
    "wholesaler": "holding_wholesaler",
    "depositary": "holding_depositary",
    "manufacturer": "holding_company",
}

_ROUTE: dict[str, Any] = {
    "receiver": "officers",
    "group_by": ["alert"],
    "group_wait": "0s",
    "group_interval": "5m",
    "repeat_interval": "1y",
    "routes": [
        _one("officers", group_interval="0s") | {"continue": True},
        _one("officers", 'kind="hub"', group_interval="0s"),
        _one("companies", group_interval="0s") | {"continue": True},
        _all(['kind=~"shortage|stop"'], "followers", "patients"),
        _one("followers", 'kind="device"'),
        {"matchers": ['kind=~"defect|falsified"'], "routes": [_ORDINARY, _SERIOUS]},
        {"matchers": ['kind="recalled_lot"'], "routes": [_one(name, f'holder="{tier}"') for tier, name in _HOLDERS.items()]},
    ],
}


def _to(name: str, *kinds: str, whom: str = "", **more: Any) -> dict[str, Any]:
    """whom: mandatory or concerned; followers where nothing is said."""
    return {"name": name, "audience": {"kinds": list(kinds)} | ({whom: True} if whom else {})} | more


_EVERYBODY = "mandatory"
_NORMAL, _URGENT = {"lane": "normal"}, {"lane": "urgent"}
_CHAIN, _PRESCRIBERS = ("community_pharmacy", "hospital_pharmacy", "wholesaler"), ("physician", "hospital")
_CHAIN_ANIMALS, _BESIDE_ANIMALS = ("community_pharmacy", "wholesaler", "depositary"), ("physician", "hospital_pharmacy", "hospital")
_BESIDE_WHOLESALE = ("physician", "community_pharmacy", "hospital_pharmacy", "hospital")

_RECEIVERS = [
    _to("officers", "officer", whom=_EVERYBODY, duties=False),
    _to("companies", "company", whom="concerned", duties=False),
    _to("supply_chain", *_CHAIN, whom=_EVERYBODY, **_URGENT),
    _to("followers_beside_supply_chain", *_PRESCRIBERS, "depositary", **_URGENT, duties=False),
    _to("supply_chain_animals", *_CHAIN_ANIMALS, whom=_EVERYBODY, **_URGENT, duties=False),
    _to("followers_beside_supply_chain_animals", *_BESIDE_ANIMALS, **_URGENT, duties=False),
    _to("wholesale_level", "wholesaler", "depositary", whom=_EVERYBODY, **_NORMAL),
    _to("followers_beside_wholesale_level", *_BESIDE_WHOLESALE, **_NORMAL, duties=False),
    _to("retail_level", *_CHAIN, "depositary", whom=_EVERYBODY, **_NORMAL),
    _to("followers_beside_retail_level", *_PRESCRIBERS, **_NORMAL, duties=False),
    _to("retail_level_animals", *_CHAIN_ANIMALS, whom=_EVERYBODY, **_NORMAL),
    _to("followers_beside_retail_level_animals", *_BESIDE_ANIMALS, **_NORMAL, duties=False),
    _to("followers", *_CHAIN, *_PRESCRIBERS, "depositary", **_NORMAL, duties=False),
    _to("patients", "patient", **_NORMAL, duties=False),
    _to("patients_at_once", "patient", **_URGENT, duties=False),
    _to("holding_pharmacy", "community_pharmacy", whom="concerned"),
    _to("holding_hospital", "hospital_pharmacy", whom="concerned"),
    _to("holding_wholesaler", "wholesaler", whom="concerned"),
    _to("holding_depositary", "depositary", whom="concerned"),
    _to("holding_company", "company", whom="concerned", release="professionals"),
]

SHIPPED: dict[str, Any] = {"route": _ROUTE, "receivers": _RECEIVERS}
"""Version 0. Its receivers never name the same people twice for one alert."""
