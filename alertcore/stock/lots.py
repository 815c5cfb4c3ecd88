"""Recalled lots on the shelves of one partition's reporters: found when a report comes, and when a recall does.

State: `lots/<reporter>` a shelf of each reporter that tells lots, `lot/<n>` the lots in the order of their numbers,
`recall/<thread>` the records on a defect, `recall-of/<sender>/<id>` the thread of a record; `made/<cis>` see made_of.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from struct import unpack
from typing import Any

from alertcore.records.defect import QualityDefect
from alertcore.records.holding import EVERY_LOT, Holding, HoldingState
from alertcore.records.product import Product
from alertcore.records.shared import Nature
from alertcore.records.stock import SheetLot, StockSheet
from alertcore.sharding import SUPPLY_LOG, shard
from alertcore.stage import Emit, View
from alertcore.stock.held import holdings, on_shelf, worth_telling
from alertcore.stock.made_of import Made, MadeOf, made_of
from alertcore.stock.recalls import Hit, Recall, RecallThread, thread_of, with_record
from alertcore.stock.shelf import Shelf, restocked

LIFTED = HoldingState.LIFTED
LOT_CHUNK = 256
"""Lots in one state value."""


class LotBook:
    """Lots by number, and which of them are recalled. Built from state, then kept in step with it.

    names: cip13|lot of each number. medicines: its CIS as a number, 0 where not known yet. meant: medicines all lots of which a thread
    recalls; whole: the same by medicine.
    """

    def __init__(self, view: View) -> None:
        self.names: list[str] = []
        self.medicines: list[int] = []
        self.numbers: dict[str, int] = {}
        self.threads: dict[str, Recall] = {}
        self.recalled: dict[int, tuple[Hit, ...]] = {}
        self.made = MadeOf(view)
        self.meant: dict[str, frozenset[str]] = {}
        self.whole: dict[str, set[str]] = {}
        self._by_lot: dict[str, set[str]] = {}
        for _, chunk in view.items("lot/"):
            for name, medicine in chunk:
                self._add(name, medicine)
        for key, thread in view.items("recall/"):
            self.judge(key.removeprefix("recall/"), thread)

    def number(self, cip13: str, lot: str, medicine: int, touched: set[int]) -> int:
        """Number of a lot; numbers that are new, or whose medicine became known, go to `touched`."""
        name = f"{cip13}|{lot}"
        found = self.numbers.get(name)
        if found is None:
            found = self._add(name, medicine)
        elif medicine and self.medicines[found] != medicine:
            self.medicines[found] = medicine
        else:
            return found
        touched.add(found)
        self._find_recalls(found)
        return found

    def _add(self, name: str, medicine: int) -> int:
        self.names.append(name)
        self.medicines.append(medicine)
        return self.numbers.setdefault(name, len(self.names) - 1)

    def pack_of(self, number: int) -> str:
        """CIP13 of a lot number."""
        return self.names[number].split("|", 1)[0]

    def lot_of(self, number: int) -> str:
        """The lot as printed."""
        return self.names[number].split("|", 1)[1]

    def cis_of(self, number: int) -> str:
        """Medicine code, empty where not known."""
        return f"{self.medicines[number]:08}" if self.medicines[number] else ""

    def judge(self, name: str, thread: RecallThread) -> dict[int, tuple[Hit, ...]]:
        """Takes a thread as it stands now. If anything changed: its lots, with what recalled each before."""
        before, now = self.threads.get(name), thread.now()
        if now == before:
            return {}
        self.threads[name] = now
        lots = {of.lot for recall in (before, now) if recall is not None for of in recall.lots}
        for lot in lots:
            self._by_lot.setdefault(lot, set()).add(name)
        medicines = self._mean(name)
        concerned = {n: self.recalled.get(n, ()) for n in range(len(self.names)) if self.lot_of(n) in lots or self.cis_of(n) in medicines}
        for n in concerned:
            self._find_recalls(n)
        return {n: hits for n, hits in concerned.items() if hits or n in self.recalled}

    def _mean(self, name: str) -> frozenset[str]:
        """Notes which medicines a thread means whole; returns these, and those it meant before."""
        before, now = self.meant.get(name, frozenset()), self.made.meant(self.threads[name])
        self.meant[name] = now
        for cis in before - now:
            self.whole[cis].discard(name)
        for cis in now - before:
            self.whole.setdefault(cis, set()).add(name)
        return before | now

    def learn(self, cis: str, made: Made) -> None:
        """A medicine's substances became known: recalls of one of them mean its lots too, from the next report on."""
        self.made.learn(cis, made)
        before = set(self.whole.get(cis, ()))
        for name in sorted(name for name, recall in self.threads.items() if self.made.concerns(recall, self.meant[name], cis, made)):
            self._mean(name)
        for n in range(len(self.names)) if before != self.whole.get(cis, set()) else ():
            if self.cis_of(n) == cis:
                self._find_recalls(n)

    def _find_recalls(self, number: int) -> None:
        cip13, lot, cis = self.pack_of(number), self.lot_of(number), self.cis_of(number)
        names = sorted(self._by_lot.get(lot, set()) | self.whole.get(cis, set()))
        found = [(self.threads[name], self.threads[name].since(cip13, cis, lot, self.meant[name])) for name in names]
        hits = [Hit(defect=r.defect, decided_at=since, level=r.level, severity=r.severity) for r, since in found if since is not None]
        if hits:
            self.recalled[number] = tuple(hits)
        else:
            self.recalled.pop(number, None)

    def spread(self, sheet: StockSheet) -> StockSheet:
        """The report, where all lots of a medicine are recalled: its packs of which the report tells no lot are of such a lot too."""
        wanted = {int(cis) for cis, names in self.whole.items() if names}
        if not wanted:
            return sheet
        cip13, (cis, on_hand) = unpack(f"<{sheet.lines}q", sheet.cip13), (unpack(f"<{sheet.lines}i", x) for x in (sheet.cis, sheet.on_hand))
        told: Counter[str] = Counter()
        for lot in sheet.lots:
            told[lot.cip13] += lot.on_hand
        found = ((f"{cip13[n]:013}", on_hand[n]) for n, code in enumerate(cis) if code in wanted)
        rest = ((code, packs - told[code]) for code, packs in found)
        more = tuple(SheetLot(cip13=code, lot=EVERY_LOT, on_hand=packs) for code, packs in rest if packs > 0)
        return replace(sheet, lots=(*sheet.lots, *more)) if more else sheet

    def beside(self, numbers: Collection[int]) -> set[int]:
        """These lots, and all recalled ones of the same presentations: they share what is set aside."""
        packs = {self.pack_of(n) for n in numbers}
        return {*numbers, *(n for n in self.recalled if self.pack_of(n) in packs)}

    def chunks(self, touched: Iterable[int]) -> Iterator[tuple[str, tuple[tuple[str, int], ...]]]:
        """State values of the chunks these numbers stand in."""
        for chunk in sorted({n // LOT_CHUNK for n in touched}):
            rows = slice(chunk * LOT_CHUNK, (chunk + 1) * LOT_CHUNK)
            yield f"lot/{chunk:06}", tuple(zip(self.names[rows], self.medicines[rows], strict=True))


def book_of(view: View) -> LotBook:
    """The lots, built where they are missing."""
    found: LotBook | None = view.memo.get("lots")
    if found is None:
        found = view.memo["lots"] = LotBook(view)
    return found


def take_sheet(view: View, sheet: StockSheet, changes: dict[str, Any], partitions: int) -> Iterator[Emit]:
    """A reporter's newer report. Most tell no lots: they cost one look, and one at their lines while a medicine is recalled whole."""
    key = f"lots/{sheet.reporter.id}"
    old: Shelf | None = view.get(key)
    book, touched = book_of(view), set[int]()
    sheet = book.spread(sheet)
    if old is None and not sheet.lots:
        return
    new = restocked(
        old,
        sheet,
        lambda cip13, lot, medicine: book.number(cip13, lot, medicine, touched),
        book.pack_of,
        book.recalled.__contains__,
    )
    changes[key] = new
    changes.update(book.chunks(touched))
    if book.recalled:
        before = {(h.cip13, h.lot): h for h in holdings(book, old, book.recalled)}
        for now in holdings(book, new, book.recalled):
            if worth_telling(before.get((now.cip13, now.lot)), now):
                yield _emit(now, partitions)


def take_product(view: View, product: Product, changes: dict[str, Any]) -> str:
    """A presentation's substances, where they are news of its medicine."""
    key, made = f"made/{product.cis}", made_of(product)
    if not made or view.get(key) == made:
        return "nothing"
    changes[key] = made
    book_of(view).learn(product.cis, made)
    return "product"


def take_defect(view: View, defect: QualityDefect, sender: str, changes: dict[str, Any], partitions: int) -> Iterator[Emit]:
    """A record on a defect: every shelf that has one of its lots is told of, also where a lot is no longer recalled."""
    if defect.nature is not Nature.ACTUAL:
        return
    book = book_of(view)
    name, known = thread_of(view.get, defect, sender)
    changes.update(known)
    thread = with_record(view.get(f"recall/{name}"), defect, sender)
    changes[f"recall/{name}"] = thread
    concerned = book.judge(name, thread)
    if concerned:
        yield from _found(view, book, concerned, partitions)


def _found(view: View, book: LotBook, concerned: dict[int, tuple[Hit, ...]], partitions: int) -> Iterator[Emit]:
    numbers = book.beside(concerned)
    for _, shelf in view.items("lots/"):
        tier = shelf.head.reporter.tier
        hits = {n: (*concerned[n], *book.recalled.get(n, ())) for n in on_shelf(shelf, concerned)}
        meant = {n for n, of in hits.items() if any(hit.reaches(tier) for hit in of)}
        for now in holdings(book, shelf, numbers) if meant else ():
            if now.state is not LIFTED or _of(book, now) in meant:
                yield _emit(now, partitions)


def _of(book: LotBook, holding: Holding) -> int:
    return book.numbers[f"{holding.cip13}|{holding.lot}"]


def _emit(holding: Holding, partitions: int) -> Emit:
    place = shard(holding.reporter.id, partitions)
    return Emit(SUPPLY_LOG, f"shard-{place}", holding, "holding", place)
