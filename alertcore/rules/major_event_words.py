"""What is said of a shortage that may become a major event, in French and English."""

from __future__ import annotations

from collections.abc import Sequence

from alertcore.records.shared import Text
from alertcore.rules.spoken import en, fr, listed

DO = Text(
    fr="Décidez s'il faut saisir le réseau européen des pénuries (SPOC) et l'EMA : oui ou non, avec votre motif.",
    en="Decide whether to report it to the European shortages network (SPOC) and EMA: yes or no, with your reason.",
)
ASKED = ("événement majeur possible ?", "a possible major event?")


def headline(name: str) -> Text:
    """A few words, as a question."""
    return Text(fr=f"{name} : {ASKED[0]}", en=f"{name}: {ASKED[1]}")


def sentence(name: str, reasons: Sequence[Text]) -> Text:
    """What is the case, and why it is asked."""
    return Text(
        fr=f"{name}, médicament d'intérêt thérapeutique majeur, {listed(['est en rupture de stock', *(r.fr for r in reasons)], 'et')}.",
        en=f"{name}, a medicine of major therapeutic interest, {listed(['is out of stock', *(r.en for r in reasons)], 'and')}.",
    )


def class_sentence(atc: str, ruptures: int, least: int) -> Text:
    """The same for a class of medicines."""
    return Text(
        fr=f"Classe ATC {atc} : {ruptures} médicaments d'intérêt thérapeutique majeur sont en rupture de stock (seuil {least}) alors que "
        "les déclarations de cette classe dépassent nettement leur rythme habituel.",
        en=f"ATC class {atc}: {ruptures} medicines of major therapeutic interest are out of stock (threshold {least}) while declarations "
        "of this class are well above their usual rate.",
    )


def equivalents_short(count: int) -> Text:
    """All that could replace it is short too."""
    if count == 1:
        return Text(fr="son seul équivalent est aussi en pénurie", en="its only equivalent is short too")
    return Text(fr=f"ses {count} équivalents sont aussi en pénurie", en=f"its {count} equivalents are short too")


def alone(pct: float, least: float) -> Text:
    """Nothing known replaces it, and it is a large part of the market."""
    return Text(
        fr=f"n'a pas d'équivalent connu pour {fr(pct, _digits(pct))} % du marché (seuil {fr(least, _digits(least))} %)",
        en=f"has no known equivalent for {en(pct, _digits(pct))} % of the market (threshold {en(least, _digits(least))} %)",
    )


def states(count: int) -> Text:
    """Short elsewhere too."""
    return Text(
        fr=f"sa substance est en pénurie dans {count} États de l'UE ou de l'EEE", en=f"its substance is short in {count} EU or EEA states"
    )


def over(name: str) -> Text:
    """The question has gone."""
    return Text(
        fr=f"{name} : les raisons d'y voir un événement majeur possible ont cessé.",
        en=f"{name}: the reasons to see a possible major event in it have ended.",
    )


def _digits(number: float) -> int:
    return 0 if round(number, 1) == round(number) else 1
