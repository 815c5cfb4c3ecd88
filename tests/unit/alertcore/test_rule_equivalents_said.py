"""What officers read of the equivalents of a medicine that is short."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertcore.cases.alike import Scarce
from alertcore.records.shortage import DeclaredNature
from alertcore.rules.equivalents_words import Named, back, fewer, note, sentence
from tests.unit.alertcore.cases_world import CIS, INTERVAL, NOW, World, notices, product, signals

DAY = timedelta(days=1)
NONE: Named = (0, [])
SAID = ("note/equivalents_fr", "note/equivalents_en", "note/equivalents_short")


def test_a_note_names_some_and_counts_the_others() -> None:
    said = note((3, ["A", "B"]), NONE, (2, ["C"]))
    assert said.fr == "Équivalents commercialisés : 5. Aussi en rupture : A; B et 1 autre. Pourraient remplacer : C et 1 autre."
    assert said.en == "Marketed equivalents: 5. Short too: A; B and 1 more. Able to replace: C and 1 more."


def test_a_note_says_where_there_is_none_and_counts_nobody_twice() -> None:
    two, four = note((2, ["A", "B"]), NONE, NONE), note(NONE, NONE, (4, ["A"]))
    assert two.fr == "Équivalents commercialisés : 2. Aussi en rupture : A; B. Pourraient remplacer : aucun."
    assert two.en == "Marketed equivalents: 2. Short too: A; B. Able to replace: none."
    assert four.fr == "Équivalents commercialisés : 4. Aussi en rupture : aucun. Pourraient remplacer : A et 3 autres."
    assert four.en == "Marketed equivalents: 4. Short too: none. Able to replace: A and 3 more."


def test_a_note_names_apart_what_is_at_risk() -> None:
    said = note((1, ["A"]), (2, ["B"]), NONE)
    assert said.fr == (
        "Équivalents commercialisés : 3. Aussi en rupture : A. À risque, ou en arrêt à venir : B et 1 autre. Pourraient remplacer : aucun."
    )
    assert said.en == "Marketed equivalents: 3. Short too: A. At risk, or to be stopped: B and 1 more. Able to replace: none."


@pytest.mark.parametrize(
    ("counts", "fr", "en"),
    [
        ((1, 0, 2), "1 de ses 2 équivalents commercialisés est aussi en rupture.", "1 of its 2 marketed equivalents is short too."),
        (
            (2, 1, 3),
            "2 de ses 3 équivalents commercialisés sont aussi en rupture, et 1 à risque.",
            "2 of its 3 marketed equivalents are short too, and 1 at risk.",
        ),
    ],
)
def test_a_sentence_counts_what_is_at_risk_beside_what_is_short(counts: tuple[int, int, int], fr: str, en: str) -> None:
    said = sentence("X", *counts)
    assert (said.fr, said.en) == (f"X : {fr}", f"X: {en}")


@pytest.mark.parametrize(
    ("counts", "fr", "en"),
    [
        ((1, 0, 1), "son seul équivalent commercialisé est en rupture.", "its only marketed equivalent is short."),
        ((2, 0, 2), "ses 2 équivalents commercialisés sont tous en rupture.", "all of its 2 marketed equivalents are short."),
        (
            (2, 1, 3),
            "2 de ses 3 équivalents commercialisés sont en rupture, et 1 à risque.",
            "2 of its 3 marketed equivalents are short, and 1 at risk.",
        ),
    ],
)
def test_of_a_medicine_that_is_only_at_risk_no_equivalent_is_short_too(counts: tuple[int, int, int], fr: str, en: str) -> None:
    said = sentence("X", *counts, Scarce.RISK)
    assert (said.fr, said.en) == (f"X : {fr}", f"X: {en}")


@pytest.mark.parametrize(
    ("counts", "how", "fr", "en"),
    [
        (
            (0, 1),
            Scarce.SHORT,
            "son seul équivalent commercialisé n'est plus en rupture en même temps que lui.",
            "its only marketed equivalent is no longer short together with it.",
        ),
        (
            (0, 1),
            Scarce.RISK,
            "son seul équivalent commercialisé n'est plus en rupture.",
            "its only marketed equivalent is no longer short.",
        ),
        (
            (1, 3),
            Scarce.SHORT,
            "la plupart des équivalents ne sont plus en rupture en même temps que lui (1 sur 3).",
            "most of its equivalents are no longer short together with it (1 of 3).",
        ),
        (
            (1, 3),
            Scarce.RISK,
            "la plupart des équivalents ne sont plus en rupture (1 sur 3).",
            "most of its equivalents are no longer short (1 of 3).",
        ),
    ],
)
def test_one_equivalent_is_not_told_as_most_of_them(counts: tuple[int, int], how: Scarce, fr: str, en: str) -> None:
    said = fewer("X", *counts, how)
    assert (said.fr, said.en) == (f"X : {fr}", f"X: {en}")


@pytest.mark.parametrize(("nature", "end"), [(DeclaredNature.RISQUE, "is short."), (DeclaredNature.RUPTURE, "is short too.")])
def test_what_is_told_of_equivalents_goes_by_how_the_medicine_itself_lacks(nature: DeclaredNature, end: str) -> None:
    of, other = World(), "60000101"
    of.feed("reference.products", product(other, name="AUTRE", cip13="3400960000101"))
    of.declare("e1", cis=other)
    found = [s for s in signals(of.declare(nature_declared=nature)) if s.rule == "equivalents" and s.subject.id == CIS]
    assert [s.sentence.en for s in found] == [f"AMOXIDEMO 500 mg, gélule: its only marketed equivalent {end}"]


@pytest.mark.parametrize(
    ("counts", "fr", "en"),
    [
        ((0, 2), "X n'est plus en rupture.", "X is no longer short."),
        (
            (1, 1),
            "X n'est plus en rupture ; son seul équivalent commercialisé l'est encore.",
            "X is no longer short; its only marketed equivalent still is.",
        ),
        (
            (1, 2),
            "X n'est plus en rupture ; équivalents commercialisés qui le sont encore : 1 sur 2.",
            "X is no longer short; of its marketed equivalents 1 of 2 still is.",
        ),
        (
            (2, 2),
            "X n'est plus en rupture ; équivalents commercialisés qui le sont encore : 2 sur 2.",
            "X is no longer short; of its marketed equivalents 2 of 2 still are.",
        ),
    ],
)
def test_a_medicine_that_is_back_is_not_told_as_if_its_equivalents_were(counts: tuple[int, int], fr: str, en: str) -> None:
    said = back("X", *counts)
    assert (said.fr, said.en) == (fr, en)


@pytest.mark.parametrize("named", [1, 2])
def test_as_many_are_named_as_the_policy_says(named: int) -> None:
    others = [f"6000010{n}" for n in range(6)]
    of = World(policy={"equivalents": {"named": named}})
    for n, cis in enumerate(others):
        of.feed("reference.products", product(cis, name=f"AUTRE {n}", cip13=f"34009600001{n:02}"))
    for n, cis in enumerate(others[:3]):
        of.declare(f"e{n}", cis=cis)
    of.declare()
    facts = next(f.alert.facts for f in of.files() if f.alert.subject.id == CIS and f.alert.kind == "shortage")
    assert facts["note/equivalents_short"] == "; ".join(f"{c} AUTRE {n}" for n, c in enumerate(others[:named]))
    assert facts["note/equivalents_able"] == "; ".join(f"{c} AUTRE {n}" for n, c in enumerate(others[3 : 3 + named], 3))
    assert f"Short too: {'; '.join(f'AUTRE {n}' for n in range(named))} and {3 - named} more." in facts["note/equivalents_en"]


def test_officers_are_told_when_most_equivalents_become_short_and_not_again_with_each_that_follows() -> None:
    others = [f"6000010{n}" for n in range(4)]
    of = World(policy={"equivalents": {"most_pct": 50}})
    for n, cis in enumerate(others):
        of.feed("reference.products", product(cis, name=f"AUTRE {n}", cip13=f"34009600001{n:02}"))
    of.declare()
    own = of.alert().alert_id
    told = []
    for n, cis in enumerate(others):
        of.now += INTERVAL
        outs = of.declare(f"e{n}", cis=cis, declared_at=of.now)
        told.append([n.group_key for n in notices(outs, "officers") if n.alerts[0].alert_id == own])
    assert [len(groups) for groups in told] == [0, 0, 1, 0]


def test_the_signal_counts_those_that_are_short_and_able_and_their_share_to_the_tenth() -> None:
    others = [f"6000010{n}" for n in range(3)]
    of = World()
    for n, cis in enumerate(others):
        of.feed("reference.products", product(cis, name=f"AUTRE {n}", cip13=f"34009600001{n:02}"))
    for n, cis in enumerate(others[:2]):
        of.declare(f"e{n}", cis=cis)
    (told,) = [s for s in signals(of.declare()) if s.rule == "equivalents" and s.subject.id == CIS]
    assert told.numbers == {"short_count": 2.0, "able_count": 1.0, "short_pct": 66.7}


def test_notes_of_the_equivalents_leave_other_notes_beside_the_shortage_as_they_are() -> None:
    of = World()
    of.feed("reference.products", product("60000100", name="AUTRE", cip13="3400960000100"))
    of.declare(known_at=NOW - 2 * DAY)
    before = next(f.alert.facts for f in of.files() if (f.alert.subject.id, f.alert.kind) == (CIS, "shortage"))
    of.declare("e1", cis="60000100", nature_declared=DeclaredNature.ARRET)
    after = next(f.alert.facts for f in of.files() if (f.alert.subject.id, f.alert.kind) == (CIS, "shortage"))
    assert (before["note/equivalents_able"], after["note/equivalents_short"]) == ("60000100 AUTRE", "60000100 AUTRE")
    assert "note/equivalents_able" not in after
    assert (after["note/delay_fr"], after["note/delay_en"]) == (before["note/delay_fr"], before["note/delay_en"])
    assert {k for k in after if k.startswith("note/")} == {"note/delay_fr", "note/delay_en", *SAID}
