"""Matchers: both syntaxes, absent labels, whole patterns, and errors that say what is wrong and where."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.dispatch.matcher_index import MatcherIndex
from alertcore.dispatch.matcher_text import MatcherError, read_matcher, read_matchers
from alertcore.dispatch.matchers import How, Matcher, Matchers, all_hold, text_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a="b"', [("a", "=", "b")]),
        ("a=b", [("a", "=", "b")]),
        (' a != "b c" ', [("a", "!=", "b c")]),
        ("a=b c", [("a", "=", "b c")]),
        ("a=", [("a", "=", "")]),
        ('{a="b", c!="d"}', [("a", "=", "b"), ("c", "!=", "d")]),
        ('{a="b",}', [("a", "=", "b")]),
        ("{}", []),
        ("", []),
        ('a=~"x.*|y"', [("a", "=~", "x.*|y")]),
        ('a!~"[0-9]+"', [("a", "!~", "[0-9]+")]),
        (r'a=~"\d+"', [("a", "=~", r"\d+")]),
        (r'a="say \"hi\", you"', [("a", "=", 'say "hi", you')]),
        (r'a="\t"', [("a", "=", r"\t")]),
        (r'a="back\\slash\n"', [("a", "=", "back\\slash\n")]),
        ('"my name"!~"x"', [("my name", "!~", "x")]),
        ('{"pièce jointe"="oui", b=c}', [("pièce jointe", "=", "oui"), ("b", "=", "c")]),
        ("été=chaud", [("été", "=", "chaud")]),
        (r'"tab\there"="\u00e9\x41\101"', [("tab\there", "=", "éAA")]),
    ],
)
def test_matchers_are_read(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert read_matchers(text) == tuple(Matcher(n, How(h), v) for n, h, v in expected)


@pytest.mark.parametrize(
    ("text", "what", "place"),
    [
        ('{a="b"', "closing brace is missing", 7),
        ('a="b"}', "closing brace without", 6),
        ("a", "one of =, !=, =~ and !~ is wanted here, but the text ends", 2),
        ('"a b"', "one of =, !=, =~ and !~", 6),
        ('="b"', "a label name is wanted here, not '='", 1),
        ('{"a"="b" "c"="d"}', "a comma is wanted here, not", 10),
        ('"a"=', "a value is wanted here, but the text ends", 5),
        ('"a b"="x', "a quote is not closed", 7),
        (r'"a b"="\q"', "there is no escape", 8),
        ('""="x"', "a label name is empty", 1),
        ('a=b"c', "a quote is not closed", 4),
        ("a=b}c", "'}'", 4),
        ("a b=c", "one of =, !=, =~ and !~", 3),
        ('a=~"("', "the pattern '(' is not valid", 5),
        ('a=~"(?=x)"', "invalid perl operator: (?=", 5),
        ('a=~"x[[:foo:]]"', "invalid character class range: [:foo:]", 7),
        (r'a=~"x\C"', "is one byte", 6),
        (r'"a b"="\ud800"', "stands for no character", 8),
        (r'"a b"="xx\U00110000"', "stands for no character", 10),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, what: str, place: int) -> None:
    with pytest.raises(MatcherError) as caught:
        read_matchers(text)
    assert what in str(caught.value)
    assert f"at character {place} of" in str(caught.value)


def test_one_matcher_is_one() -> None:
    assert read_matcher("a=b") == Matcher("a", How.EQUAL, "b")
    with pytest.raises(MatcherError, match="one matcher is wanted here, not 2"):
        read_matcher("a=b,c=d")


@pytest.mark.parametrize(
    ("text", "labels", "holds"),
    [
        ('a="b"', {"a": "b"}, True),
        ('a="b"', {"a": "bb"}, False),
        ('a=""', {}, True),
        ('a=""', {"a": "x"}, False),
        ('a!=""', {}, False),
        ('a!="b"', {}, True),
        ('a=~"b"', {"a": "abc"}, False),
        ('a=~"b|c"', {"a": "c"}, True),
        ('a=~"b|c"', {"a": "b|c"}, False),
        ('a=~"(b|c)"', {"a": "c"}, True),
        ('a=~".*"', {}, True),
        ('a=~".+"', {}, False),
        ('a!~".+"', {}, True),
        ('a=~"x.z"', {"a": "x\nz"}, False),
        ('a=~"(?s)x.z"', {"a": "x\nz"}, True),
        ('a=~"(?i)BOX"', {"a": "box"}, True),
        (r'a=~"\d"', {"a": "٣"}, False),
        (r'a=~"[[:alpha:]]+"', {"a": "abc"}, True),
        (r'a=~"\Qa.b\E"', {"a": "a.b"}, True),
        (r'a=~"\Qa.b\E"', {"a": "axb"}, False),
        (r'a=~"ab\z"', {"a": "ab"}, True),
        ('a=~"[[]&&]"', {"a": "[&&]"}, True),
        ('a=~"(ab)+c?"', {"a": "abab"}, True),
        (r'a=~"\pL+"', {"a": "été"}, True),
        (r'a=~"\pL+"', {"a": "l'été"}, False),
        (r'a=~"[[:^alpha:]]+"', {"a": "12"}, True),
        ('a=~"(?i)ÉTÉ"', {"a": "été"}, True),
        ('a=~"(a*)*"', {"a": "aa"}, True),
        ('a=~"a{,5}"', {"a": "a{,5}"}, True),
        ('a=~"b$"', {"a": "b\n"}, False),
        (r'a=~"\Q\C\E"', {"a": "\\C"}, True),
    ],
)
def test_a_matcher_holds_or_not(text: str, labels: dict[str, str], holds: bool) -> None:
    assert all_hold(read_matchers(text), labels) is holds


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a)\1",
        "(?<=a)b",
        "(?P=x)",
        "a++",
        "(?>a)",
        "(?(1)a)",
        "(?#a)",
        "(?x)a b",
        r"a\Z",
        r"\pX",
        r"\u0041",
        r"\N{DIGIT ONE}",
        r"\C",
        "a**",
        "a{1001}",
        "(a{100}){100}",
        "[[:word",
        "[[:x:]]",
        "\ud800",
    ],
)
def test_what_means_something_else_in_go_is_refused(pattern: str) -> None:
    with pytest.raises(MatcherError):
        read_matchers(f"a=~{pattern}")


@pytest.mark.parametrize("pattern", ["(a|a)*b", "(a?){40}b", "([a-z0-9_]{1,9})*!", "(a{0,9}){9}b", "(a*)*b", "(.*)(.*)(.*)(.*)b"])
def test_no_pattern_takes_longer_than_its_text(pattern: str) -> None:
    """With Python's own expressions the shortest of these texts would outlast the test."""
    matcher = read_matcher(f'a=~"{pattern}"')
    began = time.process_time()
    for length in (30, 60, 5_000):
        assert not matcher.holds({"a": "a" * length})
    assert time.process_time() - began < 5


def test_equal_lists_have_one_text() -> None:
    first, second = read_matchers('b="1",a=~"x"'), read_matchers('{a=~"x", b=1}')
    assert text_of(first) == text_of(second) == '{a=~"x",b="1"}'
    assert read_matchers(text_of(read_matchers('"a b"="c\\"d"'))) == read_matchers('"a b"="c\\"d"')


names = st.sampled_from(["a", "b", "c"])
values = st.sampled_from(["", "1", "2", "3"])
lists = st.lists(
    st.builds(Matcher, names, st.sampled_from(list(How)), st.sampled_from(["", "1", "2", "1|2", "[12]", ".*", ".+"])), max_size=3
).map(tuple)


@settings(max_examples=150, deadline=None)
@given(st.lists(lists, max_size=8), st.lists(st.dictionaries(names, values), min_size=1, max_size=4), st.integers(0, 7))
def test_the_index_finds_what_trying_each_would(rules: list[tuple[Matcher, ...]], sets: list[dict[str, str]], gone: int) -> None:
    index = MatcherIndex()
    for n, rule in enumerate(rules):
        index.add(str(n), rule)
    index.remove(str(gone))
    for labels in sets:
        assert index.found(labels) == [str(n) for n, rule in enumerate(rules) if n != gone and all_hold(rule, labels)]


def test_two_hundred_patterns_are_not_all_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those filed under the values of a label set are: here two of two hundred."""
    tried: list[str] = []
    index = MatcherIndex()
    for n in range(200):
        index.add(f"{n:03}", read_matchers(f'area="{n % 100}",kind=~"k{n}.*"'))

    def counted(matchers: Matchers, labels: Mapping[str, str]) -> bool:
        tried.append(text_of(matchers))
        return all_hold(matchers, labels)

    monkeypatch.setattr("alertcore.dispatch.matcher_index.all_hold", counted)
    assert index.found({"area": "7", "kind": "k107x"}) == ["107"]
    assert len(tried) == 2
