"""The routing in force until an agency has its own: whom what concerns, as a routing file in plain values."""

from __future__ import annotations

from typing import Any

_SERIOUS = ('class="i"', 'serious_risk=~"suspected|confirmed"')
_NOT_SERIOUS = ('class!="i"', 'serious_risk!~"suspected|confirmed"')
_PEOPLE, _ANIMALS = 'species!="veterinary"', 'species="veterinary"'
_RETAIL = 'level=~"retail_hospital|patient"'
_PROFESSIONALS = ("physician", "hospital", "community_pharmacy", "hospital_pharmacy", "wholesaler", "depositary")
_OF_ANIMALS = ("community_pharmacy", "wholesaler", "depositary")


def _route(receiver: str, *matchers: str, **more: Any) -> dict[str, Any]:
    return {"receiver": receiver, **({"matchers": list(matchers)} if matchers else {}), "continue": True, **more}


def _all(name: str, *kinds: str) -> dict[str, Any]:
    return {"name": name, "audience": {"kinds": list(kinds), "mandatory": True}}


def _followers(name: str, *kinds: str, **more: Any) -> dict[str, Any]:
    """Who follows it; being told is a service to them and discharges no duty."""
    return {"name": name, "audience": {"kinds": list(kinds)}, "duties": False, **more}


def _holders(name: str, *kinds: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "audience": {"kinds": list(kinds), "concerned": True}, **more}


_DEFECTS = [
    _route("supply_chain", _SERIOUS[0], _PEOPLE),
    _route("supply_chain", _SERIOUS[1], _PEOPLE),
    _route("animal_supply_chain", _SERIOUS[0], _ANIMALS),
    _route("animal_supply_chain", _SERIOUS[1], _ANIMALS),
    _route("wholesale_level", *_NOT_SERIOUS, 'level="wholesale"'),
    _route("retail_level", *_NOT_SERIOUS, _RETAIL, _PEOPLE),
    _route("animal_retail_level", *_NOT_SERIOUS, _RETAIL, _ANIMALS),
    _route("recall_patients", 'level="patient"', _PEOPLE),
    _route("recall_followers"),
]
"""Class I, or a serious risk suspected: the whole supply chain at once (CSP R.5312-1). Else by the depth of the recall."""

SHIPPED: dict[str, Any] = {
    "route": {
        "receiver": "officers",
        "group_by": ["alert"],
        "group_wait": "0s",
        "group_interval": "0s",
        "repeat_interval": "1y",
        "routes": [
            _route("officers"),
            _route("companies", 'kind!="hub"'),
            _route("followers", 'kind=~"shortage|stop|device"', group_interval="5m"),
            _route("patients", 'kind=~"shortage|stop"', group_interval="5m"),
            _route("recall_followers", 'kind=~"defect|falsified"', routes=_DEFECTS),
            _route("holders", 'kind="recalled_lot"', 'holder!="manufacturer"'),
            _route("holding_company", 'kind="recalled_lot"', 'holder="manufacturer"'),
        ],
    },
    "receivers": [
        _all("officers", "officer"),
        {"name": "companies", "audience": {"kinds": ["company"], "concerned": True}},
        _followers("followers", *_PROFESSIONALS, lane="normal"),
        _followers("patients", "patient", lane="normal"),
        _all("supply_chain", "community_pharmacy", "hospital_pharmacy", "wholesaler"),
        _all("animal_supply_chain", *_OF_ANIMALS),
        _all("wholesale_level", "wholesaler", "depositary"),
        _all("retail_level", "community_pharmacy", "hospital_pharmacy", "wholesaler", "depositary"),
        _all("animal_retail_level", *_OF_ANIMALS),
        _followers("recall_followers", *_PROFESSIONALS),
        _followers("recall_patients", "patient"),
        _holders("holders", "community_pharmacy", "hospital_pharmacy", "wholesaler", "depositary"),
        _holders("holding_company", "company", release="professionals"),
    ],
}
"""Every route goes on to the next, for one alert concerns several; who is told anyway is not told as a follower."""
