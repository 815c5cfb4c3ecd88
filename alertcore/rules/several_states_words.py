"""What is said of a substance that is short in several states, in French and English."""

from __future__ import annotations

from alertcore.cases.scarce import Spread
from alertcore.country_names import name
from alertcore.records.shared import Text
from alertcore.rules.spoken import countries, listed

DO = Text(
    fr="Vérifiez les listes citées, puis décidez s'il faut saisir le réseau européen (SPOC) et l'EMA : oui ou non, et pourquoi.",
    en="Check the lists named, then decide whether to report it to the European shortages network (SPOC) and EMA: yes or no, and why.",
)
INFORM = Text(
    fr="Pour information : notre pays n'est pas touché à ce jour. Vérifiez le stock des médicaments de cette substance.",
    en="For information: our country is not concerned so far. Check the stock of medicines with this substance.",
)


def headline(substance: Text, count: int) -> Text:
    """A few words."""
    return Text(
        fr=f"{substance.fr} : pénurie dans {count} États de l'UE ou de l'EEE", en=f"{substance.en}: short in {count} EU or EEA states"
    )


def sentence(substance: Text, found: Spread, count: int, least: int, known_here: int, country: str) -> Text:
    """Where it is short, and from how many states on this is told; what follows for the count, one sentence each."""
    where = _where(found)
    fr = [f"{substance.fr} est en pénurie dans {count} États de l'UE ou de l'EEE ({where.fr}) ; le seuil est de {least}."]
    en = [f"{substance.en} is short in {count} EU or EEA states ({where.en}); the threshold is {least}."]
    if found.here:
        n, of = len(found.here), max(known_here, len(found.here))
        here = name(country)
        fr.append(f"{here.fr} : {n} médicament{'s' if n > 1 else ''} sur {of} avec cette substance.")
        en.append(f"{here.en}: {n} of {of} medicine{'s' if of > 1 else ''} with this substance.")
    if found.others:
        others = countries(found.others)
        fr.append(f"Pour information, sans compter : {others.fr}.")
        en.append(f"For information, not counted: {others.en}.")
    if found.gone:
        gone = countries(found.gone)
        fr.append(f"Plus sur la liste, sans retour annoncé, à vérifier : {gone.fr}.")
        en.append(f"No longer on the list, without an announced return, to be checked: {gone.en}.")
    return Text(fr=" ".join(fr), en=" ".join(en))


def over(substance: Text, least: int) -> Text:
    """The end of it."""
    return Text(
        fr=f"{substance.fr} n'est plus en pénurie dans {least} États de l'UE ou de l'EEE, d'après les retours publiés ou déclarés.",
        en=f"{substance.en} is no longer short in {least} EU or EEA states, by the returns published or declared.",
    )


def looks_like(written: str, country: str, others: tuple[Text, ...]) -> Text:
    """A name that nobody knows and that may be a known one."""
    where = name(country)
    quoted_fr, quoted_en = [f"« {o.fr} »" for o in others], [f"“{o.en}”" for o in others]
    return Text(
        fr=f"« {written} » ({where.fr}) n'est pas une substance connue ; ce nom ressemble à {listed(quoted_fr, 'et')}. Rien n'est compté : "
        "si c'est la même substance, ajoutez le synonyme à la politique (states.synonyms).",
        en=f"“{written}” ({where.en}) is no known substance; the name looks like {listed(quoted_en, 'and')}. Nothing is counted: "
        "if it is the same substance, add the synonym to the policy (states.synonyms).",
    )


def _where(found: Spread) -> Text:
    named = countries(found.states) if found.states else None
    union = name("EU") if found.union else None
    parts = [t for t in (named, union) if t is not None]
    return Text(fr=" ; ".join(t.fr for t in parts), en="; ".join(t.en for t in parts))
