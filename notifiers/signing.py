"""Detached signatures over Kafka values (RFC 7515, appendix F): the keys of the hub, signing with them, and verifying."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey
from joserfc.registry import HeaderParameter
from joserfc.util import to_bytes, urlsafe_b64decode

TYPE = "tocsin-alert"
ALGORITHMS = {"ES256": ("EC", "P-256"), "Ed25519": ("OKP", "Ed25519")}
"""What a verifier takes, with the key each needs. Never anything that a header names besides."""

JWK = Mapping[str, Any]
"""One public key as JSON (RFC 7517)."""

_KNOWN_HEADERS = {"alg", "kid", "typ", "authority", "sequence"}
_REGISTRY = jws.JWSRegistry(
    header_registry={
        "authority": HeaderParameter("whom the record is for", "str", True),
        "sequence": HeaderParameter("its number in that topic", "int", True),
    },
    algorithms=list(ALGORITHMS),  # here, since a call's own list counts for nothing beside a registry
)


class BadSignatureError(Exception):
    """The signature does not hold, with the reason for people."""


class UnknownKeyError(BadSignatureError):
    """Signed with a key that is not among the known ones: perhaps a newer one; read the keys again."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What the protected header of a good signature says."""

    kid: str
    algorithm: str
    authority: str
    sequence: int


class KeyRing:
    """The hub's signing keys in a folder: one PEM file (PKCS 8, mode 0600) a period, named by its key id.

    A key id is the issuing agency and the quarter it signs in. The key of the next quarter is made together with the present
    one, and published with it, so every verifier has it before it is used. Old keys stay: their public halves verify old records.
    """

    def __init__(self, folder: Path, issuer: str) -> None:
        self._folder = folder
        self._issuer = issuer
        self._keys: dict[str, ECKey] = {}
        self._in_use: dict[str, str] = {}

    def open(self, day: date, published: Mapping[str, JWK] = MappingProxyType({})) -> None:
        """Reads the folder, and makes the keys of this quarter and the next where they are missing. `published`: all known, by id."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in sorted(self._folder.glob(f"{self._issuer}-????q?*.pem")):
            key = _with_id(ECKey.import_key(path.read_bytes()), path.stem)
            if _same(key, published.get(path.stem)):
                self._keys[path.stem] = key
        for period in (period_of(day), period_after(day)):
            self._in_use[period] = self._usable(f"{self._issuer}-{period}", published)

    def kid(self, day: date) -> str:
        """Id of the key that signs on `day` (UTC)."""
        return self._in_use[period_of(day)]

    def complete(self, day: date) -> bool:
        """Whether this quarter's key and the next are at hand; if not, `open` again and publish."""
        return {period_of(day), period_after(day)} <= set(self._in_use)

    def jwks(self) -> list[dict[str, Any]]:
        """All public keys, oldest first."""
        return [{**key.as_dict(private=False), "use": "sig", "alg": "ES256"} for _, key in sorted(self._keys.items())]

    def sign(self, value: bytes, authority: str, sequence: int, day: date) -> str:
        """Detached JWS over exactly these value bytes, with the key of `day`."""
        kid = self.kid(day)
        header = {"alg": "ES256", "kid": kid, "typ": TYPE, "authority": authority, "sequence": sequence}
        token = jws.serialize_compact(header, value, self._keys[kid], registry=_REGISTRY)
        return str(jws.detach_content(token))

    def _usable(self, first: str, published: Mapping[str, JWK]) -> str:
        """The first id whose key we hold, or that nobody has used: then its key is made."""
        kid = next(kid for kid in _numbered(first) if kid in self._keys or kid not in published)
        if kid not in self._keys:
            path = self._folder / f"{kid}.pem"
            _write_once(path, ECKey.generate_key("P-256", private=True).as_pem(private=True))
            self._keys[kid] = _with_id(ECKey.import_key(path.read_bytes()), kid)
        return kid


def period_of(day: date) -> str:
    """The quarter a day lies in, as `2026q4`."""
    return f"{day.year}q{(day.month + 2) // 3}"


def period_after(day: date) -> str:
    """The quarter after that of `day`."""
    year, quarter = day.year, (day.month + 2) // 3
    return f"{year}q{quarter + 1}" if quarter < 4 else f"{year + 1}q1"


def verify(token: str, value: bytes, keys: Mapping[str, JWK]) -> Signed:
    """Checks a detached JWS over exactly these value bytes; `keys` by key id. Raises BadSignatureError, UnknownKeyError."""
    header = _header(token)
    algorithm, kid = header["alg"], header["kid"]
    if kid not in keys:
        raise UnknownKeyError(f"the key {kid} is not known")
    try:
        key = _public_key(keys[kid], algorithm)
        jws.deserialize_compact(token, key, registry=_REGISTRY, payload=value)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise BadSignatureError(f"the signature does not fit the record ({type(error).__name__})") from error
    return Signed(kid, algorithm, header["authority"], header["sequence"])


def keys_by_id(jwks: Sequence[JWK]) -> dict[str, JWK]:
    """Keys of a JWKS that may sign here, by their id; others are left out."""
    return {str(key["kid"]): key for key in jwks if "kid" in key and (key.get("kty"), key.get("crv")) in ALGORITHMS.values()}


def _header(token: str) -> dict[str, Any]:
    """The protected header, if it is one of ours and nothing else."""
    parts = token.split(".")
    if len(parts) != 3 or parts[1]:
        raise BadSignatureError("not a detached JWS (header..signature)")
    try:
        header = json.loads(urlsafe_b64decode(to_bytes(parts[0])))
    except ValueError as error:
        raise BadSignatureError("the protected header is not JSON") from error
    if not isinstance(header, dict) or set(header) != _KNOWN_HEADERS:
        raise BadSignatureError(f"the protected header must hold exactly {', '.join(sorted(_KNOWN_HEADERS))}")
    if header["alg"] not in ALGORITHMS or header["typ"] != TYPE:
        raise BadSignatureError(f"algorithm {header['alg']!r} or type {header['typ']!r} is not taken")
    if not all(isinstance(header[name], str) for name in ("kid", "authority")) or type(header["sequence"]) is not int:
        raise BadSignatureError("kid and authority must be texts and sequence a whole number")
    return header


def _public_key(jwk: JWK, algorithm: str) -> ECKey | OKPKey:
    wanted = ALGORITHMS[algorithm]
    if (jwk.get("kty"), jwk.get("crv")) != wanted or jwk.get("alg", algorithm) != algorithm:
        raise BadSignatureError(f"the key {jwk.get('kid')} is not one for {algorithm}")
    public = {name: jwk[name] for name in ("kty", "crv", "x", "y", "kid") if name in jwk}
    return ECKey.import_key(public) if wanted[0] == "EC" else OKPKey.import_key(public)


def _numbered(kid: str) -> Iterator[str]:
    yield kid
    yield from (f"{kid}-{n}" for n in count(2))


def _same(key: ECKey, published: JWK | None) -> bool:
    return published is None or all(published.get(name) == value for name, value in key.as_dict(private=False).items())


def _with_id(key: ECKey, kid: str) -> ECKey:
    return ECKey.import_key({**key.as_dict(private=True), "kid": kid})


def _write_once(path: Path, pem: bytes) -> None:
    """Whole and private from its first byte; of two that make the same key at once, the first one's stays."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
