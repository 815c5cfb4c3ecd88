"""What a follow-up of a recall says of its lots."""

from __future__ import annotations

import pytest

from alertcore.rules.defect_words import lots_changed


@pytest.mark.parametrize(
    ("added", "removed", "fr", "en"),
    [
        ((), (), "", ""),
        (("A",), (), " Lot ajouté : A.", " Batch added: A."),
        (("A", "B"), (), " Lots ajoutés : A, B.", " Batches added: A, B."),
        ((), ("C",), " Lot retiré de la liste, désormais hors de cause : C.", " No longer concerned: batch C."),
        ((), ("C", "D"), " Lots retirés de la liste, désormais hors de cause : C, D.", " No longer concerned: batches C, D."),
        (
            ("A",),
            ("C",),
            " Lot ajouté : A. Lot retiré de la liste, désormais hors de cause : C.",
            " Batch added: A. No longer concerned: batch C.",
        ),
    ],
)
def test_lots_that_came_and_lots_that_went_are_named_each_in_its_number(
    added: tuple[str, ...], removed: tuple[str, ...], fr: str, en: str
) -> None:
    assert lots_changed(added, removed) == (fr, en)
