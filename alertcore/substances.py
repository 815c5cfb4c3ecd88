"""Names of active substances, French or English, of any salt: to one key for the same active part, and what only looks alike.

A key is no name to be shown: it is the INN in a spelling both languages share, without salts and hydrates (WHO, INN and INNM).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache, lru_cache

from alertcore.substances_table import COUNTER_IONS, FILLERS, HYDRATES, IONS, IRON_SAID, PARTS, SYNONYMS

TOGETHER = "+"
"""Stands between the substances of a combination in its key."""

_WORD = re.compile(r"[a-z0-9]+")
_ACID = re.compile(r"\b(?:acide (?:[dl]{1,2}-)?([a-z]+?)ique\b|([a-z]+?)ique \(acide\)|(?:[dl]{1,2}-)?([a-z]+?)ic acid\b)")
_ROMAN = re.compile(r"[ivx]+")
_DOUBLE = re.compile(r"([a-z])\1+")
_SOUNDS = (("desoxy", "deoxy"), ("ph", "f"), ("th", "t"), ("rh", "r"), ("ae", "e"), ("oe", "e"), ("y", "i"), ("k", "c"))
_SEPARATORS = re.compile(r"[;,/+]|\band\b|\bet\b|\bwith\b", re.IGNORECASE)


@lru_cache(maxsize=16_384)
def key_of(name: str) -> str:
    """The key of one substance; empty where the name holds no word."""
    found = _skeleton(name)
    return _synonyms().get(found, found)


def set_key(names: Iterable[str]) -> str:
    """The key of a medicine: of one substance that one's, of a combination all of them, whatever their order and salts."""
    return TOGETHER.join(sorted({key for name in names if (key := key_of(name))}))


def listed(text: str) -> tuple[str, ...]:
    """Names that stand in one text, as another authority writes them: `amoxicillin / clavulanic acid`."""
    return tuple(part.strip() for part in _SEPARATORS.split(text) if part.strip())


def alike(key: str, known: Iterable[str], least: float) -> tuple[str, ...]:
    """Known keys that look like this one without being it, the likest first: for a person to judge, never to be counted.

    least: share of the letters that agree in order, 0 to 1 (Ratcliff and Obershelp, as in difflib).
    """
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    found = []
    for other in known:
        matcher.set_seq1(other)
        if other != key and matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least and (ratio := matcher.ratio()) >= least:
            found.append((-ratio, other))
    return tuple(other for _, other in sorted(found))


def _skeleton(name: str) -> str:
    """Active words in a shared spelling, in alphabetical order: the order of words differs between the languages."""
    plain = _ACID.sub(lambda m: f" {m[1] or m[2] or m[3]}ate ", _without_accents(name))
    words = [PARTS.get(w, w) for w in _WORD.findall(plain) if w not in FILLERS and w not in HYDRATES]
    active = [w for w in words if w not in COUNTER_IONS]
    kept = active or [IONS.get(w, w) for w in words]
    if IRON_SAID.intersection(kept):
        kept = [w for w in kept if w != "iron"]
    return " ".join(sorted({_spelt(w) for w in kept}))


def _without_accents(name: str) -> str:
    lower = name.lower().replace("œ", "oe").replace("æ", "ae")
    return "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))


def _spelt(word: str) -> str:
    """One word as both languages would: amoxicilline and amoxicillin, céfalexine and cephalexin, ciclosporine and cyclosporin."""
    if _ROMAN.fullmatch(word):
        return word  # factor II is not factor I
    for written, spoken in _SOUNDS:
        word = word.replace(written, spoken)
    word = _DOUBLE.sub(r"\1", word)
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


@cache
def _synonyms() -> dict[str, str]:
    """Skeleton to skeleton; a synonym of a synonym ends where that one does."""
    table = {_skeleton(other): _skeleton(inn) for other, inn in SYNONYMS.items()}
    return {other: table.get(inn, inn) for other, inn in table.items() if other != inn}
