"""Stage stock: what partials carry, how large they are, and the nightly full."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

import alertcore.stock.partials as partials_module
import alertcore.stock.stage as stage_module
from alertcore.heard import reporter_hash, unpacked
from alertcore.sharding import shard
from schemas.codec import encode
from streams.local import tick
from tests.unit.alertcore.stock_alone import SECOND, flushed, later, shell
from tests.unit.alertcore.stock_world import CIP, CIS, NOON, cip, cis, entry, line, newest, partials, sheet


def test_every_shard_gets_its_medicines_and_hears_of_every_reporter() -> None:
    stock = shell(3)
    flushed(stock, sheet("p1", [line(cip(n), cis(n), n) for n in range(1, 30)]))
    for out in stock.outs:
        assert {shard(key.split("|")[1], 3) for key in out.value.keys} <= {out.partition}
        assert unpacked(out.value.heard, out.value.heard_at) == [(reporter_hash("p1"), int(NOON.timestamp()) * 10**6)]
    assert [out.partition for out in stock.outs] == [0, 1, 2]
    assert len(newest(stock.outs)) == 29


def test_a_reporter_whose_numbers_did_not_change_is_heard_all_the_same() -> None:
    stock = shell()
    flushed(stock, sheet("p1", [line(CIP, CIS, 3)]))
    stock.outs.clear()
    flushed(stock, sheet("p1", [line(CIP, CIS, 3)], **later(1)))
    (partial,) = partials(stock.outs)
    assert partial.keys == ()
    assert unpacked(partial.heard, partial.heard_at) == [(reporter_hash("p1"), int(later(1)["at"].timestamp()) * 10**6)]


def test_oldest_is_the_oldest_observation_of_those_that_carry_a_cell() -> None:
    stock = shell()
    old = sheet("p1", [line(CIP, CIS, 3), line(cip(1), CIS, 3)], at=NOON - timedelta(days=3))
    sums = flushed(stock, old, sheet("p2", [line(CIP, CIS, 3), line(cip(2), CIS, 3)]))
    assert {key[:13]: datetime.fromtimestamp(value[4] / 1e6, NOON.tzinfo) for key, value in sums.items()} == {
        CIP: NOON - timedelta(days=3),
        cip(1): NOON - timedelta(days=3),
        cip(2): NOON,
    }


def test_no_partial_is_too_large_for_the_journal_and_the_parts_complete_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partials_module, "_HEARD_MOST", 3)
    stock = shell()
    lines = [line(cip(n), cis(n), n) for n in range(1, 9001)]
    flushed(stock, sheet("p1", lines), *(sheet(f"p{n}", lines[:1]) for n in range(2, 9)))
    assert len(stock.outs) > 2
    assert all(len(encode(p)) < 500_000 for p in partials(stock.outs))
    assert len({p.version for p in partials(stock.outs)}) == 1
    assert {key[:13]: value[0] for key, value in newest(stock.outs).items()} == {cip(n): n * (8 if n == 1 else 1) for n in range(1, 9001)}
    heard = [hash_ for p in partials(stock.outs) for hash_, _ in unpacked(p.heard, p.heard_at)]
    assert sorted(heard) == sorted(reporter_hash(f"p{n}") for n in range(1, 9))


def test_once_a_night_everything_leaves_a_slice_a_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage_module, "NIGHT_SLICE", 2)
    stock = shell()
    flushed(stock, sheet("p1", [line(cip(n), cis(n), n) for n in range(1, 6)]))
    stock.outs.clear()
    night = datetime(2026, 3, 11, 1, tzinfo=NOON.tzinfo)
    assert stock.head().due == night
    stock.feed(0, tick(night - timedelta(microseconds=1), 0, 9))
    assert stock.outs == []
    counts = []
    for n in range(3):
        stock.feed(0, tick(night + n * SECOND, 0, 10 + n))
        counts.append(len(newest(stock.outs)))
    assert counts == [2, 4, 5]
    assert [bool(p.heard) for p in partials(stock.outs)] == [True, False, False]
    assert stock.head().due == night + timedelta(days=1)


def test_a_nightly_full_with_nothing_in_it_says_nothing() -> None:
    stock = shell()
    stock.feed(0, entry(sheet("p1", [])))
    stock.idle()
    stock.outs.clear()
    stock.advance(NOON + timedelta(days=1))
    assert [p.keys for p in partials(stock.outs)] == [()]
