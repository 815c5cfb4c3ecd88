"""Signatures: what was signed verifies, anything else does not, and no header chooses how."""

import base64
import json
import stat
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey

from notifiers.signing import BadSignatureError, KeyRing, Signed, UnknownKeyError, keys_by_id, period_after, period_of, verify

DAY = date(2026, 11, 22)
VALUE = b"\x00\x00\x00\x00\x11the exact bytes"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    ring = KeyRing(tmp_path / "signing", "ansm")
    ring.open(DAY)
    return ring


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def with_header(token: str, **changes: object) -> str:
    """The token under another protected header (its signature no longer fits, unless it is made anew)."""
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    return f"{b64(json.dumps({**header, **changes}).encode())}..{token.split('.')[2]}"


def signed_with(key: ECKey | OKPKey | OctKey, header: dict[str, object], value: bytes = VALUE) -> str:
    signature = key_signature(key, str(header["alg"]), f"{b64(json.dumps(header).encode())}.{b64(value)}".encode())
    return f"{b64(json.dumps(header).encode())}..{b64(signature)}"


def key_signature(key: ECKey | OKPKey | OctKey, algorithm: str, text: bytes) -> bytes:
    return jws.JWSRegistry(algorithms=[algorithm]).get_alg(algorithm).sign(text, key)


def test_what_was_signed_verifies_and_says_for_whom_and_which_number(ring: KeyRing) -> None:
    token = ring.sign(VALUE, "be", 7, DAY)
    assert verify(token, VALUE, keys_by_id(ring.jwks())) == Signed("ansm-2026q4", "ES256", "be", 7)


def test_the_signature_is_detached_and_its_header_is_the_contracts(ring: KeyRing) -> None:
    header, payload, signature = ring.sign(VALUE, "be", 7, DAY).split(".")
    assert payload == ""
    assert len(base64.urlsafe_b64decode(signature + "==")) == 64
    assert json.loads(base64.urlsafe_b64decode(header + "==")) == {
        "alg": "ES256",
        "kid": "ansm-2026q4",
        "typ": "tocsin-alert",
        "authority": "be",
        "sequence": 7,
    }


@given(at=st.integers(0, len(VALUE) - 1), bit=st.integers(0, 7))
def test_any_flipped_bit_is_found(tmp_path_factory: pytest.TempPathFactory, at: int, bit: int) -> None:
    ring = _shared_ring(tmp_path_factory)
    changed = bytearray(VALUE)
    changed[at] ^= 1 << bit
    with pytest.raises(BadSignatureError):
        verify(ring.sign(VALUE, "be", 7, DAY), bytes(changed), keys_by_id(ring.jwks()))


@pytest.mark.parametrize("change", [{"authority": "de"}, {"sequence": 8}, {"kid": "ansm-2027q1"}])
def test_a_changed_header_is_found(ring: KeyRing, change: dict[str, object]) -> None:
    token = with_header(ring.sign(VALUE, "be", 7, DAY), **change)
    with pytest.raises(BadSignatureError):
        verify(token, VALUE, keys_by_id(ring.jwks()))


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "EdDSA"},
        {"typ": "JWT"},
        {"jwk": {"kty": "EC"}},
        {"jku": "https://example.org/keys"},
        {"x5u": "https://example.org/cert"},
        {"crit": ["b64"]},
        {"b64": False},
        {"sequence": "7"},
        {"sequence": True},
        {"kid": 1},
    ],
)
def test_a_header_that_is_not_exactly_ours_is_refused_before_any_key_is_looked_at(ring: KeyRing, change: dict[str, object]) -> None:
    token = with_header(ring.sign(VALUE, "be", 7, DAY), **change)
    with pytest.raises(BadSignatureError, match=r"header|taken|whole number"):
        verify(token, VALUE, keys_by_id(ring.jwks()))


def test_a_key_brought_along_in_the_header_is_never_believed(ring: KeyRing) -> None:
    stranger = ECKey.generate_key("P-256", private=True)
    header = {"alg": "ES256", "kid": "ansm-2026q4", "typ": "tocsin-alert", "authority": "be", "sequence": 7}
    token = signed_with(stranger, {**header, "jwk": stranger.as_dict(private=False)})
    with pytest.raises(BadSignatureError):
        verify(token, VALUE, keys_by_id(ring.jwks()))
    with pytest.raises(BadSignatureError):
        verify(signed_with(stranger, header), VALUE, keys_by_id(ring.jwks()))


def test_a_public_key_is_no_shared_secret(ring: KeyRing) -> None:
    public = json.dumps(ring.jwks()[0]).encode()
    header = {"alg": "HS256", "kid": "ansm-2026q4", "typ": "tocsin-alert", "authority": "be", "sequence": 7}
    with pytest.raises(BadSignatureError):
        verify(signed_with(OctKey.import_key(public), header), VALUE, keys_by_id(ring.jwks()))


def test_ed25519_is_taken_with_a_key_of_that_kind_only(ring: KeyRing) -> None:
    key = OKPKey.generate_key("Ed25519", private=True)
    header = {"alg": "Ed25519", "kid": "de-1", "typ": "tocsin-alert", "authority": "be", "sequence": 1}
    token = signed_with(key, header)
    assert verify(token, VALUE, {"de-1": key.as_dict(private=False)}).algorithm == "Ed25519"
    with pytest.raises(BadSignatureError, match="not one for Ed25519"):
        verify(token, VALUE, {"de-1": ring.jwks()[0]})


def test_an_unknown_key_is_told_apart_so_that_keys_can_be_read_again(ring: KeyRing) -> None:
    with pytest.raises(UnknownKeyError, match="ansm-2026q4"):
        verify(ring.sign(VALUE, "be", 7, DAY), VALUE, {})


@given(token=st.text(alphabet=st.characters(codec="ascii"), max_size=60))
def test_no_text_at_all_raises_anything_but_a_bad_signature(token: str) -> None:
    with pytest.raises(BadSignatureError):
        verify(token, VALUE, {})


def test_a_key_that_says_it_is_for_something_else_is_not_used(ring: KeyRing) -> None:
    keys = {key["kid"]: {**key, "alg": "ECDH-ES"} for key in ring.jwks()}
    with pytest.raises(BadSignatureError, match="not one for ES256"):
        verify(ring.sign(VALUE, "be", 7, DAY), VALUE, keys)


def test_a_payload_of_its_own_in_the_signature_is_refused(ring: KeyRing) -> None:
    head, _, signature = ring.sign(VALUE, "be", 7, DAY).split(".")
    with pytest.raises(BadSignatureError, match="not a detached"):
        verify(f"{head}.{b64(VALUE)}.{signature}", VALUE, keys_by_id(ring.jwks()))


@pytest.mark.parametrize("mangled", ["", "..", "a.b.c", "é..x", "e30..e30"])
def test_what_is_no_detached_signature_is_refused(mangled: str) -> None:
    with pytest.raises(BadSignatureError):
        verify(mangled, VALUE, {})


def test_private_keys_are_private_files_and_public_keys_hold_nothing_private(ring: KeyRing, tmp_path: Path) -> None:
    files = sorted((tmp_path / "signing").iterdir())
    assert [path.name for path in files] == ["ansm-2026q4.pem", "ansm-2027q1.pem"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "signing").stat().st_mode) == 0o700
    assert [set(key) for key in ring.jwks()] == [{"kty", "crv", "x", "y", "kid", "use", "alg"}] * 2


def test_the_next_key_is_published_a_quarter_before_it_signs(ring: KeyRing, tmp_path: Path) -> None:
    before = keys_by_id(ring.jwks())
    later = KeyRing(tmp_path / "signing", "ansm")
    later.open(date(2027, 1, 1))
    token = later.sign(VALUE, "be", 8, date(2027, 1, 1))
    assert verify(token, VALUE, before).kid == "ansm-2027q1"


def test_old_public_keys_stay_so_that_old_records_verify(ring: KeyRing, tmp_path: Path) -> None:
    token = ring.sign(VALUE, "be", 7, DAY)
    later = KeyRing(tmp_path / "signing", "ansm")
    later.open(date(2028, 5, 1))
    assert verify(token, VALUE, keys_by_id(later.jwks())).sequence == 7


def test_a_ring_that_turned_old_says_so(ring: KeyRing) -> None:
    assert ring.complete(DAY)
    assert not ring.complete(date(2027, 1, 1))


def test_keys_of_another_agency_in_the_folder_are_left_alone(ring: KeyRing, tmp_path: Path) -> None:
    other = KeyRing(tmp_path / "signing", "ansm-demo")
    other.open(DAY)
    again = KeyRing(tmp_path / "signing", "ansm")
    again.open(DAY)
    assert {key["kid"] for key in again.jwks()} == {"ansm-2026q4", "ansm-2027q1"}


def test_reopening_the_folder_keeps_its_keys(ring: KeyRing, tmp_path: Path) -> None:
    again = KeyRing(tmp_path / "signing", "ansm")
    again.open(DAY)
    assert again.jwks() == ring.jwks()


def test_a_lost_key_is_replaced_under_a_new_id_so_that_old_records_still_verify(ring: KeyRing, tmp_path: Path) -> None:
    published = keys_by_id(ring.jwks())
    old = ring.sign(VALUE, "be", 7, DAY)
    for path in (tmp_path / "signing").iterdir():
        path.unlink()
    fresh = KeyRing(tmp_path / "signing", "ansm")
    fresh.open(DAY, published)
    assert (fresh.kid(DAY), fresh.kid(date(2027, 1, 1))) == ("ansm-2026q4-2", "ansm-2027q1-2")
    known = {**published, **keys_by_id(fresh.jwks())}
    assert verify(old, VALUE, known).kid == "ansm-2026q4"
    assert verify(fresh.sign(VALUE, "be", 8, DAY), VALUE, known).kid == "ansm-2026q4-2"
    again = KeyRing(tmp_path / "signing", "ansm")
    again.open(DAY, known)
    assert again.jwks() == fresh.jwks()


def test_a_key_on_disk_that_is_not_the_published_one_is_neither_used_nor_published(ring: KeyRing, tmp_path: Path) -> None:
    other = KeyRing(tmp_path / "elsewhere", "ansm")
    other.open(DAY)
    again = KeyRing(tmp_path / "signing", "ansm")
    again.open(DAY, keys_by_id(other.jwks()))
    assert {key["kid"] for key in again.jwks()} == {"ansm-2026q4-2", "ansm-2027q1-2"}


def test_quarters_follow_one_another() -> None:
    assert [period_of(date(2026, month, 1)) for month in (1, 3, 4, 9, 10, 12)] == [
        "2026q1",
        "2026q1",
        "2026q2",
        "2026q3",
        "2026q4",
        "2026q4",
    ]
    assert [period_after(day) for day in (date(2026, 9, 30), date(2026, 10, 1))] == ["2026q4", "2027q1"]


def test_only_keys_that_may_sign_are_taken_from_a_key_set() -> None:
    keys = [
        {"kty": "RSA", "kid": "r"},
        {"kty": "EC", "crv": "P-384", "kid": "p"},
        {"kty": "EC", "crv": "P-256"},
        {"kty": "EC", "crv": "P-256", "kid": "k"},
    ]
    assert set(keys_by_id(keys)) == {"k"}


_ring: list[KeyRing] = []


def _shared_ring(factory: pytest.TempPathFactory) -> KeyRing:
    if not _ring:
        _ring.append(KeyRing(factory.mktemp("keys") / "signing", "ansm"))
        _ring[0].open(DAY)
    return _ring[0]
