"""What stage `supply` keeps beside its state and can derive from it at any time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from alertcore.inforce import settings
from alertcore.packed import Block, Grid, ints
from alertcore.policy import Policy, read_policy
from alertcore.register import read_senders
from alertcore.stage import View
from alertcore.supply.book import SupplyBook
from alertcore.supply.floors import Medicine, medicine_of
from alertcore.supply.freshness import Freshness
from alertcore.supply.rulebook import told_of
from alertcore.supply.state import Given, Watch

Heard = dict[int, int]
GIVEN_CHUNK = 256
"""Medicines in one state value of positions given."""


@dataclass(slots=True)
class Memo:
    """heard: source to reporter's hash to observation. known: CIS to its medicine.

    brief: source to the reporters of which what they dispense is known of fewer than 28 days.
    open_: CIS with an open signal to when the cases got it last. given: version and checksum of each medicine's last position, by number.
    """

    book: SupplyBook
    freshness: Freshness
    heard: dict[int, Heard]
    open_: dict[str, int]
    cis_of: dict[str, str]
    given: Grid
    known: dict[str, Medicine] = field(default_factory=dict)
    brief: dict[int, set[int]] = field(default_factory=dict)

    def medicine(self, view: View, number: int, policy: Policy, at: datetime) -> Medicine:
        """The medicine of a number and its floors; also weighs its cells."""
        cis = self.book.medicines[number]
        found = self.known.get(cis)
        if found is None:
            found = self.known[cis] = medicine_of(view, cis, policy, at, self.book.owned_of[number], self.freshness)
            self.book.weigh(number, found.weights)
        return found

    def begin(self, generation: int) -> None:
        """Another generation of the stock log: its sums and reporters begin from nothing, cells keep their numbers."""
        self.book.begin(generation)
        self.heard.clear()
        self.brief.clear()
        self.freshness.forget()


def memo_of(view: View) -> Memo:
    """The memo, built where it is missing."""
    found: Memo | None = view.memo.get("memo")
    if found is None:
        watch: Watch = view.get("watch") or Watch()
        found = view.memo["memo"] = _build(view, watch.generation)
    return found


def policy_of(view: View) -> tuple[int, Policy]:
    """Version and value of the policy in force."""
    return settings(view, "policy", read_policy)


def heard_block(heard: Heard) -> Block:
    """State value of a source's reporters, by rising hash."""
    rows = ints(chain.from_iterable(heard.items())).reshape(-1, 2)
    return Block(rows[rows[:, 0].argsort()])


def brief_block(brief: Iterable[int]) -> Block:
    """State value of a source's reporters known of fewer than 28 days."""
    return Block(ints(sorted(brief)).reshape(-1, 1))


def _build(view: View, generation: int) -> Memo:
    heard: dict[int, Heard] = {}
    for key, block in view.items(f"heard/{generation}/"):
        heard[int(_last(key))] = dict(block.rows.tolist())
    given: list[tuple[str, Given]] = [(key.split("/")[1], value) for key, value in view.items("given/")]
    watched = told_of(view)
    memo = Memo(
        book=SupplyBook(view, generation),
        freshness=Freshness(settings(view, "senders", read_senders)[1]),
        heard=heard,
        open_={cis: value.told for cis, value in given if value.floor.breaches or cis in watched},
        cis_of={p.cip13: p.cis for _, p in view.items("product/")},
        given=_positions_given(view),
        brief={int(_last(key)): set(block.rows[:, 0].tolist()) for key, block in view.items(f"brief/{generation}/")},
    )
    for one in heard.values():
        memo.freshness.hear(one.items())
    return memo


def _last(key: str) -> str:
    return key.rsplit("/", 1)[1]


def _positions_given(view: View) -> Grid:
    grid = Grid(2)
    for key, block in view.items("position/"):
        grid.put(int(key.split("/")[1]), GIVEN_CHUNK, block)
    return grid


def renew_register(memo: Memo, content: object) -> None:
    """Another register: who is fresh is found again from what was heard."""
    memo.freshness = Freshness(read_senders(content))
    for one in memo.heard.values():
        memo.freshness.hear(one.items())
