"""The agency that runs a hub: who it is, where, and in which languages it speaks first."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One agency. id: also the key of its case log. country: ISO 3166-1 alpha-2. timezone: IANA name. program: version that decides."""

    id: str
    country: str = "FR"
    name: str = ""
    languages: tuple[str, ...] = ("fr", "en")
    timezone: str = "Europe/Paris"
    public_url: str = ""
    program: str = ""
