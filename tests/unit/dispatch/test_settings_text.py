"""A routing file as it stands in a log, with the lines of the file it came from."""

from __future__ import annotations

import json

import pytest

from alertcore.dispatch.settings_text import joined, split, without_lines


def test_a_file_and_its_lines_come_apart_as_they_were_joined() -> None:
    plain, lines = {"route": {"receiver": "a"}}, {"route.receiver": 2}
    assert split(json.dumps(joined(plain, lines))) == (plain, lines)
    assert split(json.dumps(plain)) == (plain, {})


@pytest.mark.parametrize("value", [None, [], "route", {"lines": []}, {"lines": {"route": "2"}}, {"lines": {"route": True}}])
def test_what_is_no_routing_file_with_lines_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="map"):
        without_lines(value)
