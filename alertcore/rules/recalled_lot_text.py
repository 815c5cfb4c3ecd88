"""What rule `recalled_lot_in_stock` says to an officer, a company and the holder, and its card, in French and English."""

from __future__ import annotations

from alertcore.records.alert import AlertKind
from alertcore.records.holding import EVERY_LOT, Holding
from alertcore.records.shared import Mark, SubjectKind, Text
from alertcore.records.stock import Reporter
from alertcore.rules.card import RuleCard
from alertcore.rules.spoken import day_en, day_fr, packs_en, packs_fr

CARD = RuleCard(
    name="recalled_lot_in_stock",
    stage="supply",
    subjects=(SubjectKind.REPORTER,),
    alert=AlertKind.RECALLED_LOT,
    title=Text(fr="Lot rappelé encore en stock", en="Recalled lot still in stock"),
    fires=Text(
        fr="Un relevé de stock, observé à la décision ou après elle (plus le délai accordé), montre encore en vente un lot rappelé, retiré"
        " ou mis en quarantaine, ou une boîte d'un médicament dont tous les lots le sont, à un niveau que la mesure atteint."
        " Seuil : 0 boîte. Les boîtes mises à part ne comptent pas.",
        en="A stock report, observed at the decision or after it (plus the grace given), still shows for sale a lot that is recalled,"
        " withdrawn or quarantined, or a pack of a medicine all lots of which are, on a level the measure goes to."
        " Threshold: 0 packs. Packs set aside do not count.",
    ),
    ends=Text(
        fr="Un relevé ultérieur n'en montre plus en vente, ou le lot n'est plus concerné. L'absence de relevé ne ferme rien.",
        en="A later report shows none for sale, or the lot is no longer concerned. The absence of a report closes nothing.",
    ),
    source="CSP R.5312-1, L.5124-6",
    mark=Mark.C,
    thresholds=("defect.recall_grace_hours",),
)

TIERS = {
    "manufacturer": ("exploitant", "company"),
    "depositary": ("dépositaire", "depositary"),
    "wholesaler": ("grossiste-répartiteur", "wholesaler"),
    "community_pharmacy": ("officine", "community pharmacy"),
    "hospital_pharmacy": ("pharmacie à usage intérieur", "hospital pharmacy"),
}
DO = Text(
    fr="Cessez la délivrance, isolez les lots ci-dessous et retournez-les selon les instructions du laboratoire.",
    en="Stop dispensing, set the batches below aside and return them as the company instructs.",
)
DO_WHOLE = Text(
    fr="Cessez la délivrance, isolez toutes les boîtes ci-dessus et retournez-les selon les instructions du laboratoire.",
    en="Stop dispensing, set all boxes named above aside and return them as the company instructs.",
)
DO_END = Text(
    fr="Rien de plus à faire pour ces lots. Ce qui a été rappelé ne doit pas revenir en rayon.",
    en="Nothing more to do for these batches. What was recalled must not come back on the shelf.",
)
_SHOWN = 5


def who(reporter: Reporter) -> Text:
    """A reporter as people call it."""
    name = reporter.name or reporter.id
    fr, en = TIERS.get(reporter.tier, ("déclarant", "reporter"))
    return Text(fr=f"{name} ({fr})", en=f"{name} ({en})")


def sentence(reporter: Reporter, found: tuple[Holding, ...], known: tuple[Holding, ...], names: dict[str, str]) -> Text:
    """Who still has how much of which lots, by the report of which day, and since when none should be left."""
    name = who(reporter)
    if not found:
        return _ended(name, known)
    packs, since = sum(h.saleable for h in found), min(h.decided_at for h in found if h.decided_at is not None)
    seen = max(h.observed_at for h in found)
    fr = f"{name.fr} a encore en vente {packs_fr(packs)} {_lots_fr(found)} : {_list(found, names, 'fr')}."
    fr += f" Relevé du {day_fr(seen)} ; il ne devrait plus y en avoir depuis la décision du {day_fr(since)}."
    en = f"{name.en} still has {packs_en(packs)} of {_lots_en(found)} for sale: {_list(found, names, 'en')}."
    en += f" Report of {day_en(seen)}; none should be left since the decision of {day_en(since)}."
    return Text(fr=fr, en=en)


def _ended(name: Text, known: tuple[Holding, ...]) -> Text:
    if not known:
        fr, en = "les lots en cause ne sont plus rappelés", "the lots in question are no longer recalled"
        return Text(fr=f"{name.fr} : {fr}.", en=f"{name.en}: {en}.")
    seen = max(h.observed_at for h in known)
    return Text(
        fr=f"{name.fr} n'a plus de lot rappelé en vente, d'après son relevé du {day_fr(seen)}.",
        en=f"{name.en} has no recalled lot for sale any more, by its report of {day_en(seen)}.",
    )


def _list(found: tuple[Holding, ...], names: dict[str, str], language: str) -> str:
    fr = language == "fr"
    boxes = packs_fr if fr else packs_en
    every = "tous lots" if fr else "all lots"
    shown = [
        f"{names.get(h.cis, 'CIP ' + h.cip13)}, {every if h.lot == EVERY_LOT else 'lot ' + h.lot} ({boxes(h.saleable)})"
        for h in found[:_SHOWN]
    ]
    more = len(found) - _SHOWN
    if more > 0:
        shown.append(f"et {more} autre{'s' if more > 1 else ''}" if fr else f"and {more} more")
    return " ; ".join(shown) if fr else "; ".join(shown)


def _whole(found: tuple[Holding, ...]) -> int:
    """Medicines, where all lots of every one found are recalled and none is named; else 0."""
    return len({h.cis for h in found}) if all(h.lot == EVERY_LOT for h in found) else 0


def _lots_fr(found: tuple[Holding, ...]) -> str:
    if whole := _whole(found):
        return "d'un médicament rappelé" if whole == 1 else f"de {whole} médicaments rappelés"
    lots = len(found)
    return f"de {lots} lot{'s' if lots > 1 else ''} rappelé{'s' if lots > 1 else ''}"


def _lots_en(found: tuple[Holding, ...]) -> str:
    if whole := _whole(found):
        return "a recalled medicine" if whole == 1 else f"{whole} recalled medicines"
    lots = len(found)
    return f"{lots} recalled lot{'' if lots == 1 else 's'}"
