"""Which substances are short where: an index from a substance to every product and state it is short in, whoever says so."""

from __future__ import annotations

from dataclasses import dataclass

from alertcore.cases.desk import Desk
from alertcore.cases.medicines import find
from alertcore.cases.substance_index import index_of, key_of_medicine, resolved
from alertcore.country_names import STATES, UNION
from alertcore.kept import Same
from alertcore.making import maker, replace
from alertcore.records.shared import Nature
from alertcore.records.shortage import SubstanceName
from alertcore.substances import key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """One product that a source calls short. source: `declared`, `list:<sender>` or `rapid:<authority>`. id: CIS, or the source's number.

    gone: the source no longer says so and has not said that it is back, so it neither raises anything nor ends it.
    """

    source: str
    id: str
    countries: tuple[str, ...]
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortSubstance:
    """What is short of one substance (`short/<nature>/<key>`), by source and id."""

    shorts: tuple[Short, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortProduct:
    """Where a product is counted (`short-product/<nature>/<source>/<id>`). cis: one of our medicines. names: as the source names it.

    number: of the source's message, so that an older one changes nothing.
    """

    short: Short
    key: str
    cis: str = ""
    names: tuple[SubstanceName, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Products to look at again when a medicine (`short-of/<cis>`) or a code (`short-code/<code>`) becomes known: their state keys."""

    products: tuple[str, ...] = ()


_product = maker(ShortProduct)

KINDS: dict[str, type[object]] = {
    "short": ShortSubstance,
    "short-product": ShortProduct,
    "short-of": Waiting,
    "short-code": Waiting,
}


def of_key(desk: Desk, nature: Nature, key: str) -> tuple[Short, ...]:
    """What is short of a substance."""
    found: ShortSubstance | None = desk.get(place_of(nature, key))
    return found.shorts if found is not None else ()


def place_of(nature: Nature, key: str) -> str:
    """Under which what is short of a substance stands."""
    return f"short/{nature}/{key}"


def known(desk: Desk, nature: Nature, source: str, id_: str) -> ShortProduct | None:
    """What a source last said of a product that it calls short."""
    found: ShortProduct | None = desk.get(_product_key(nature, source, id_))
    return found


def say(desk: Desk, nature: Nature, short: Short, *, cis: str = "", names: tuple[SubstanceName, ...] = (), number: int = 0) -> set[str]:
    """A source calls a product short. The keys whose substances are to be looked at."""
    at = _product_key(nature, short.source, short.id)
    key = _resolve(desk, cis, names)
    before: ShortProduct | None = desk.get(at)
    after = _product(short=short, key=key, cis=cis, names=names, number=number)
    if before == after:
        return set()
    desk.put(at, after)
    _wait(desk, at, after)
    return _move(desk, nature, before, after)


def is_said(desk: Desk, nature: Nature, source: str, cis: str, country: str) -> bool:
    """True where a source calls one of our medicines short in one country already, and it is counted where it belongs."""
    found = known(desk, nature, source, cis)
    if found is None or found.cis != cis or found.names or found.number or found.short.gone:
        return False
    return found.short.countries == (country,) and found.key == key_of_medicine(find(desk, cis))


def unsay(desk: Desk, nature: Nature, source: str, id_: str) -> set[str]:
    """A source no longer calls a product short. The keys whose substances are to be looked at."""
    at = _product_key(nature, source, id_)
    before: ShortProduct | None = desk.get(at)
    if before is None:
        return set()
    desk.put(at, None)
    if before.cis:
        _forget(desk, f"short-of/{before.cis}", at)
    return _move(desk, nature, before, None)


def again(desk: Desk, cis: str, codes: tuple[str, ...]) -> set[tuple[Nature, str]]:
    """A medicine or a code has become known: what waited for it is counted where it belongs now."""
    waiting: set[str] = set()
    for at in (f"short-of/{cis}", *(f"short-code/{code}" for code in codes)):
        found: Waiting | None = desk.get(at)
        waiting |= set(found.products) if found is not None else set()
    return {moved for at in sorted(waiting) for moved in recounted(desk, at)}


def recounted(desk: Desk, at: str) -> set[tuple[Nature, str]]:
    """Count a product anew under the key its names lead to now."""
    before: ShortProduct | None = desk.get(at)
    if before is None:
        return set()
    after = replace(before, key=_resolve(desk, before.cis, before.names))
    if after == before:
        return set()
    desk.put(at, after)
    nature = Nature(at.split("/", 2)[1])
    return {(nature, key) for key in _move(desk, nature, before, after)}


def synonyms(desk: Desk) -> dict[str, str]:
    """The agency's own synonyms, key to key."""
    return {key_of(other): key_of(inn) for other, inn in desk.policy.states.synonyms.items()}


def _resolve(desk: Desk, cis: str, names: tuple[SubstanceName, ...]) -> str:
    return key_of_medicine(find(desk, cis)) if cis else resolved(desk, names, synonyms(desk) if desk.policy.states.synonyms else {})


def _wait(desk: Desk, at: str, product: ShortProduct) -> None:
    if product.cis:
        _remember(desk, f"short-of/{product.cis}", at)
        return
    by_code = index_of(desk).by_code
    for one in product.names:
        if one.code and one.code not in by_code:
            _remember(desk, f"short-code/{one.code}", at)


def _remember(desk: Desk, place: str, at: str) -> None:
    found: Waiting = desk.get(place) or Waiting()
    if at not in found.products:
        desk.put(place, Waiting(products=tuple(sorted((*found.products, at)))))


def _forget(desk: Desk, place: str, at: str) -> None:
    found: Waiting = desk.get(place) or Waiting()
    rest = tuple(p for p in found.products if p != at)
    desk.put(place, Waiting(products=rest) if rest else None)


def _move(desk: Desk, nature: Nature, before: ShortProduct | None, after: ShortProduct | None) -> set[str]:
    moved: set[str] = set()
    if before is not None and before.key:
        _put(desk, nature, before.key, before.short, None)
        moved.add(before.key)
    if after is not None and after.key:
        _put(desk, nature, after.key, after.short, after.short)
        moved.add(after.key)
    return moved


def _put(desk: Desk, nature: Nature, key: str, old: Short, new: Short | None) -> None:
    rest = [s for s in of_key(desk, nature, key) if (s.source, s.id) != (old.source, old.id)]
    rest += [new] if new is not None else []
    shorts = tuple(sorted(rest, key=lambda s: (s.source, s.id)))
    desk.put(place_of(nature, key), ShortSubstance(shorts=shorts) if shorts else None)


def _product_key(nature: Nature, source: str, id_: str) -> str:
    return f"short-product/{nature}/{source}/{id_}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Where a substance is short. states: of the Union or the EEA; union: in EMA's catalogue; others: countries that only inform.

    gone: states whose source alone no longer says so. here: our medicines, by CIS.
    """

    states: tuple[str, ...]
    union: bool
    others: tuple[str, ...]
    gone: tuple[str, ...]
    here: tuple[str, ...]

    def count(self, union_list: int) -> int:
        """States, an entry of EMA's catalogue for so many."""
        return len(self.states) + (union_list if self.union else 0)


def spread(shorts: tuple[Short, ...], country: str, *, with_gone: bool) -> Spread:
    """Where a substance is short. with_gone: count also what only absence speaks against, which ends nothing."""
    known = (_SPREADS.known(id(shorts)) or _SPREADS.keep(shorts))[0]
    found = known.get((country, with_gone))
    if found is None:
        found = known[country, with_gone] = _spread(shorts, country, with_gone)
    return found


def _spread(shorts: tuple[Short, ...], country: str, with_gone: bool) -> Spread:
    said = {c for s in shorts if not s.gone for c in s.countries}
    all_ = {c for s in shorts for c in s.countries}
    counted = all_ if with_gone else said
    return Spread(
        states=tuple(sorted(counted & STATES)),
        union=UNION in counted,
        others=tuple(sorted(counted - STATES - {UNION})),
        gone=tuple(sorted(all_ - said)),
        here=tuple(sorted({s.id for s in shorts if country in s.countries})),
    )


_SPREADS: Same[tuple[dict[tuple[str, bool], Spread]]] = Same(lambda _: ({},), 4096)
"""Asked again for every medicine of the substance whenever one of them moves."""
