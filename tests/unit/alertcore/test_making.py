"""Records made fast are the records that the constructor makes."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from alertcore.making import maker, replace, twin_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Fields by name alone."""

    name: str
    number: int = 3
    table: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placed:
    """Fields by place."""

    first: str
    second: tuple[int, ...] = ()


def test_it_is_what_the_constructor_makes() -> None:
    made, known = maker(Named)(name="a"), Named(name="a")
    assert made == known
    assert type(made) is Named
    assert repr(made) == repr(known)
    assert pickle.loads(pickle.dumps(made)) == copy.copy(made) == dataclasses.replace(made) == known
    assert hash(maker(Placed)("a", (1,))) == hash(Placed("a", (1,)))
    assert maker(Placed)("a", second=(2,)) == Placed("a", (2,))


def test_it_is_as_frozen() -> None:
    for made in (maker(Named)(name="a"), replace(Named(name="a"), number=4)):
        with pytest.raises(FrozenInstanceError):
            made.name = "b"  # type: ignore[misc]


def test_each_gets_a_map_of_its_own() -> None:
    make = maker(Named)
    assert make(name="a").table is not make(name="b").table
    table = {"k": "v"}
    assert make(name="a", table=table).table is table


def test_what_the_constructor_does_not_take_it_does_not_take() -> None:
    with pytest.raises(TypeError):
        maker(Named)("a")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        maker(Named)()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        maker(Named)(name="a", other=1)  # type: ignore[call-arg]


def test_a_changed_record_is_another_one() -> None:
    one = Named(name="a", table={"k": "v"})
    other = replace(one, number=4)
    assert (one, other) == (Named(name="a", table={"k": "v"}), Named(name="a", number=4, table={"k": "v"}))
    assert other.table is one.table
    with pytest.raises(AttributeError):
        replace(one, other=1)


def test_a_record_that_checks_itself_is_not_made_past_its_check() -> None:
    @dataclass(frozen=True, slots=True)
    class Checked:
        number: int

        def __post_init__(self) -> None:
            assert self.number > 0

    with pytest.raises(TypeError):
        maker(Checked)


def test_a_class_without_slots_has_no_twin() -> None:
    @dataclass(frozen=True)
    class Loose:
        number: int

    with pytest.raises((TypeError, AttributeError)):
        twin_of(Loose)
