"""What stage `supply` takes in: partial sums, sales, products, settings. Each returns the reason of the decision."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from alertcore.deadlines.calendar import read_calendar
from alertcore.heard import unpacked
from alertcore.inforce import put_in_force, state_key
from alertcore.packed import ints
from alertcore.policy import read_policy
from alertcore.records.hub import SettingsFile
from alertcore.records.product import Product
from alertcore.records.stock import Partial, SaleLine, SalesReport
from alertcore.supply.coming import PREFIX, take
from alertcore.supply.memo import Memo, brief_block, heard_block, memo_of, renew_register
from alertcore.supply.rulebook import rulebook
from alertcore.supply.sales import admit, booked, without
from alertcore.supply.state import Presentation, Sold, Source, Watch
from alertcore.supply.turn import Turn

MONTHS_KEPT = 25


def take_partial(turn: Turn, partial: Partial) -> str:
    """Newest sums of one source. A newer generation begins from nothing: until enough reporters are heard in it, nothing is known."""
    watch: Watch = turn.get("watch") or Watch()
    if partial.generation < watch.generation:
        return "older_generation"
    if partial.generation > watch.generation:
        _begin(turn, partial.generation, watch)
    key = f"source/{partial.generation}/{partial.source}"
    source: Source = turn.get(key) or Source()
    if partial.version < source.version:
        return "older_partial"
    turn.changes[key] = Source(version=partial.version, event_id=turn.message.event_id)
    memo = memo_of(turn.view)
    _hear(turn, memo, partial)
    announced = take(turn, partial, rulebook(turn.view).coming)
    _add_up(turn, memo, partial)
    turn.mark(ints(n for n in map(memo.book.medicine, sorted(announced)) if n is not None))
    return "partial"


def _begin(turn: Turn, generation: int, watch: Watch) -> None:
    coming = rulebook(turn.view).coming
    for prefix in ("sums/", "heard/", "brief/", "source/", PREFIX):
        turn.changes.update((key, None) for key, _ in turn.view.items(prefix))
    for cis in list(coming.of):
        coming.put(cis, ())
    turn.changes["watch"] = replace(watch, generation=generation)
    memo_of(turn.view).begin(generation)
    turn.mark_all(len(memo_of(turn.view).book.medicines))


def _hear(turn: Turn, memo: Memo, partial: Partial) -> None:
    heard = unpacked(partial.heard, partial.heard_at)
    if not heard:
        return
    for reporter, _ in heard:
        if not memo.freshness.is_fresh(reporter, turn.now):
            _look_again(turn, memo, reporter)
    known = memo.heard.setdefault(partial.source, {})
    known.update((reporter, max(at, known.get(reporter, at))) for reporter, at in heard)
    memo.freshness.hear(heard)
    turn.changes[f"heard/{partial.generation}/{partial.source}"] = heard_block(known)
    _note_brief(turn, memo, partial, [reporter for reporter, _ in heard])


def _note_brief(turn: Turn, memo: Memo, partial: Partial, heard: list[int]) -> None:
    """Whose daily use rests on fewer than 28 days, of those that were heard."""
    before = memo.brief.get(partial.source, set())
    if not before and not partial.brief:
        return
    flags = partial.brief or bytes(len(heard))
    after = before.difference(heard) | {reporter for reporter, flag in zip(heard, flags, strict=True) if flag}
    if after != before:
        memo.brief[partial.source] = after
        turn.changes[f"brief/{partial.generation}/{partial.source}"] = brief_block(after) if after else None


def _look_again(turn: Turn, memo: Memo, reporter: int) -> None:
    """A reporter that counts for floors is fresh again: what was not known may be now."""
    if reporter in memo.freshness.manufacturers:
        turn.mark_all(len(memo.book.medicines))
    elif reporter in memo.book.owners:
        turn.mark(ints(sorted(memo.book.owners[reporter])))


def _add_up(turn: Turn, memo: Memo, partial: Partial) -> None:
    book = memo.book
    before, medicines_before = len(book.keys), len(book.medicines)
    changed, chunks = book.apply(partial)
    if len(book.keys) > before:
        turn.changes.update(book.chunks(before))
        _know_again(memo, book.added(before))
    for chunk in chunks:
        turn.changes[f"sums/{partial.generation}/{partial.source}/{chunk:06}"] = book.block(partial.source, chunk)
    turn.mark(changed)
    turn.mark(ints(range(medicines_before, len(book.medicines))))


def _know_again(memo: Memo, cells: Iterable[tuple[str, bool]]) -> None:
    """New cells of (CIS, whether it counts for floors): the medicine is worked out again where that changes it."""
    for cis, owned in cells:
        known = memo.known.get(cis)
        if known is not None and (owned or known.weights):
            del memo.known[cis]


def take_sales(turn: Turn, report: SalesReport) -> str:
    """A company's sales of one month, of the shard's medicines."""
    key = f"sold/{report.company.id}/{report.month}"
    sold = admit(turn.get(key) or Sold(), report)
    if sold is None:
        return "same_sales"
    turn.changes[key] = sold
    if report.company.name:
        turn.changes[f"company/{report.company.id}"] = report.company.name
    memo, lines = memo_of(turn.view), defaultdict[str, list[SaleLine]](list)
    for line in report.lines:
        if line.cip13 in memo.cis_of:
            lines[memo.cis_of[line.cip13]].append(line)
    if report.replaces:
        _take_back(turn, report.company.id, report.month, report.replaces, memo)
    oldest = _oldest_month(turn)
    for cis, of in lines.items():
        turn.changes[f"sale/{cis}"] = booked(turn.get(f"sale/{cis}") or (), report, of, oldest)
        _changed(turn, memo, cis)
    return "sales"


def _take_back(turn: Turn, company: str, month: str, report_id: str, memo: Memo) -> None:
    for key, sales in turn.view.items("sale/"):
        left = without(sales, company, month, report_id)
        if len(left) < len(sales):
            turn.changes[key] = left
            _changed(turn, memo, key.split("/")[1])


def _oldest_month(turn: Turn) -> str:
    at = turn.message.at
    first = at.year * 12 + at.month - 1 - MONTHS_KEPT
    return f"{first // 12:04}-{first % 12 + 1:02}"


def take_product(turn: Turn, product: Product) -> str:
    """Reference data of one presentation."""
    memo, now = memo_of(turn.view), Presentation.of(product)
    key = f"product/{now.cis}/{now.cip13}"
    if turn.get(key) == now:
        return "same_product"
    before = memo.cis_of.get(now.cip13)
    if before is not None and before != now.cis:
        turn.changes[f"product/{before}/{now.cip13}"] = None
        _changed(turn, memo, before)
    memo.cis_of[now.cip13] = now.cis
    turn.changes[key] = now
    _changed(turn, memo, now.cis)
    return "product"


def take_setting(turn: Turn, file: SettingsFile) -> str:
    """Another policy, register or calendar: every medicine is looked at again. SettingsError if unusable (the door has checked it)."""
    found = put_in_force(turn.view, file)
    if found is None:
        return "same_setting"
    content, memo = json.loads(found.content), memo_of(turn.view)
    if file.name == "policy":
        read_policy(content)
        turn.changes["watch"] = replace(turn.get("watch") or Watch(), relook=bool(memo.book.medicines))
    elif file.name == "calendar":
        read_calendar(content)
    else:
        renew_register(memo, content)
    memo.known.clear()
    turn.changes[state_key(file.name.value)] = found
    turn.mark_all(len(memo.book.medicines))
    return file.name.value


def _changed(turn: Turn, memo: Memo, cis: str) -> None:
    memo.known.pop(cis, None)
    number = memo.book.medicine(cis)
    if number is not None:
        turn.mark(ints((number,)))
