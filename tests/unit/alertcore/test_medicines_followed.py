"""By what else a medicine is followed: remembered by its packs and code, and the same however many ways it was asked."""

from __future__ import annotations

from alertcore.cases.medicines import followed_by
from alertcore.cases.state import Medicine

MEDICINE = Medicine(cis="60001234", name="Amoxal 500 mg", packs=("3400930000014", "3400930000021"))


def test_the_same_question_has_the_very_same_answer() -> None:
    assert followed_by(MEDICINE, "J01CA04") is followed_by(MEDICINE, "J01CA04")


def test_a_medicine_asked_about_in_many_ways_is_followed_as_before() -> None:
    first = followed_by(MEDICINE, "J01CA04", ("3400930000014",))
    others = [followed_by(MEDICINE, "J01CA04", (f"34009300000{n}",)) for n in range(20, 40)]
    assert len(set(others)) == 20
    assert followed_by(MEDICINE, "J01CA04", ("3400930000014",)) == first
    assert [s.id for s in first] == ["3400930000014", "J", "J01", "J01C", "J01CA", "J01CA04"]
