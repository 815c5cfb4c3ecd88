"""Files as events: JSON lines, whole JSON documents, CSV of flat kinds, public lists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.inbound import from_json
from tocsin.exits import UsageError
from tocsin.feeding import Feed, read_feed


def fed(tmp_path: Path, data: str | bytes, kind: str = "plans", name: str = "in.jsonl", form: str | None = None) -> Feed:
    """The file's events."""
    file = tmp_path / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_feed(kind, file, form)


def values(feed: Feed) -> list[Any]:
    """The events as JSON."""
    return [json.loads(item.value) for item in feed.items]


def test_each_line_is_an_event_with_its_line_number_and_its_own_bytes(tmp_path: Path) -> None:
    feed = fed(tmp_path, '{"a": 1}\n\n  \r\n{"a" : 2}\r\nnot json\n')
    assert [(i.number, i.value) for i in feed.items] == [(1, b'{"a": 1}'), (4, b'{"a" : 2}'), (5, b"not json")]


def test_one_object_on_one_line_keeps_its_bytes(tmp_path: Path) -> None:
    assert [i.value for i in fed(tmp_path, '{"a":  1}').items] == [b'{"a":  1}']


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_a_list_is_each_of_its_elements(tmp_path: Path, indent: int | None) -> None:
    feed = fed(tmp_path, json.dumps([{"a": 1}, {"a": "é"}, 3], indent=indent))
    assert values(feed) == [{"a": 1}, {"a": "é"}, 3]
    assert [i.number for i in feed.items] == [1, 2, 3]


@pytest.mark.parametrize("text", ['{\n "a": 1,\n "b": {}\n}', '{"a": 1,\n "b": {}}', '\ufeff{"a": 1,\n "b": {}}\n'])
def test_an_object_over_several_lines_is_one_event(tmp_path: Path, text: str) -> None:
    assert values(fed(tmp_path, text)) == [{"a": 1, "b": {}}]


@pytest.mark.parametrize("text", ["", "\n \n", "[]"])
def test_a_file_without_events_has_none(tmp_path: Path, text: str) -> None:
    assert fed(tmp_path, text).items == ()


def test_a_byte_order_mark_is_no_part_of_the_first_event(tmp_path: Path) -> None:
    assert [i.value for i in fed(tmp_path, "\ufeff{}\n{}\n").items] == [b"{}", b"{}"]


@pytest.mark.parametrize("text", ['[{"a": 1},\n', "[" * 100_000, '{\n"a": }', "\ufeff"])
def test_what_is_no_document_goes_line_by_line_to_the_door(tmp_path: Path, text: str) -> None:
    assert [i.value.decode() for i in fed(tmp_path, text).items] == [x for x in text.removeprefix("\ufeff").splitlines() if x]


def test_half_a_surrogate_pair_reaches_the_door_which_names_the_field(tmp_path: Path) -> None:
    (value,) = values(fed(tmp_path, '[{"cis": "\\ud800"}]'))
    assert ("cis", "bad_text") in [(p.field, p.code) for p in from_json("Plan", value).faults]


def test_bytes_that_are_no_text_reach_the_door(tmp_path: Path) -> None:
    assert [i.value for i in fed(tmp_path, b"\xff\xfe\n{}").items] == [b"\xff\xfe", b"{}"]


@pytest.mark.parametrize(
    ("kind", "name", "form", "text"),
    [
        ("shortage.declarations", "x.csv", None, "shortage.declarations has nested values and cannot be written as CSV"),
        ("quality.defects", "x.txt", "csv", "quality.defects has nested values"),
        ("plans", "x.txt", "xml", "--format takes one of jsonl, csv, bdpm, ema, fda, tfda, not 'xml'"),
        ("stock.reports", "x.txt", "bdpm", "publish it as shortage.statuses, not as stock.reports"),
    ],
)
def test_a_wrong_use_says_what_to_do(tmp_path: Path, kind: str, name: str, form: str | None, text: str) -> None:
    with pytest.raises(UsageError) as told:
        fed(tmp_path, "{}", kind, name, form)
    assert text in told.value.text


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*nothing\.jsonl: No such file"):
        read_feed("plans", tmp_path / "nothing.jsonl", None)
    with pytest.raises(UsageError, match="Is a directory"):
        read_feed("plans", tmp_path, None)


def test_csv_that_is_no_utf_8_is_named_with_the_place(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"not UTF-8 text \(byte 3\)"):
        fed(tmp_path, b"cip\xe9", "stock.reports", "x.csv")


@pytest.mark.parametrize(
    ("form", "file"), [("ema", "ema_shortages.csv"), ("fda", "fda_shortages.csv"), ("tfda", "tfda_supply_status.json")]
)
def test_a_public_list_is_one_snapshot_that_ends_with_its_marker(excerpts: Path, form: str, file: str) -> None:
    feed = read_feed("shortage.statuses", excerpts / file, form)
    *rows, end = values(feed)
    assert feed.refusal is None
    assert rows
    assert end["rows"] == len(rows)
    assert {row["snapshot_id"] for row in rows} == {end["snapshot_id"]}
    for value in (*rows, end):
        checked = from_json("PublishedStatus", value)
        assert (checked.faults, checked.remarks) == ((), ())


def test_the_real_public_list_is_read_whole(shared: Path) -> None:
    feed = read_feed("shortage.statuses", shared / "bdpm" / "disponibilites" / "2026-01-26" / "CIS_CIP_Dispo_Spec.txt", "bdpm")
    assert feed.refusal is None
    assert values(feed)[-1]["rows"] == len(feed.items) - 1 > 700
    assert all(from_json("PublishedStatus", value).value is not None for value in values(feed))


def test_a_list_refused_whole_is_told_to_the_door_as_an_empty_snapshot(broken: Path) -> None:
    for name in ("bdpm_fichier_vide.txt", "bdpm_controles_c1_utf8.txt"):
        feed = read_feed("shortage.statuses", broken / name, "bdpm")
        assert feed.refusal
        assert values(feed) == [{"snapshot_id": "bdpm-unreadable", "rows": 0}]
