"""What is said of a shortage that may become a major event, in French and English, and the card of the rule."""

from __future__ import annotations

from collections.abc import Sequence

from alertcore.records.alert import AlertKind
from alertcore.records.shared import Mark, SubjectKind, Text
from alertcore.rules.card import RuleCard
from alertcore.rules.spoken import en, fr, listed

CARD = RuleCard(
    name="major_event",
    stage="cases",
    subjects=(SubjectKind.CIS, SubjectKind.ATC),
    alert=AlertKind.SEVERAL_STATES,
    title=Text(fr="Événement majeur possible", en="Possible major event"),
    fires=Text(
        fr="Un MITM est en rupture de stock et tous ses équivalents sont aussi en rupture ou à risque, ou il n'en a pas de connu et sa part"
        " de marché atteint le seuil, ou sa substance est en pénurie dans plusieurs États ; ou une classe ATC connaît un afflux de"
        " déclarations et de nombreuses ruptures de MITM. C'est une question à l'agent : saisir le SPOC et l'EMA ?",
        en="A MITM is out of stock and all its equivalents are short or at risk too, or none is known and its market share reaches the"
        " threshold, or its substance is short in several states; or an ATC class has a surge of declarations and many stock-outs of MITM."
        " It is a question to the officer: report it to SPOC and EMA?",
    ),
    ends=Text(
        fr="La rupture prend fin, ou aucune de ces raisons ne vaut plus.",
        en="The stock-out ends, or none of these reasons holds any more.",
    ),
    source="Reg. (EU) 2022/123 Art. 4(2)",
    mark=Mark.C,
    thresholds=("major_event.market_share_pct", "major_event.class_ruptures", "states.least"),
)
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


def equivalents_short(short: int, at_risk: int) -> Text:
    """All that could replace it is short too, or at risk of it."""
    count = short + at_risk
    if count == 1:
        fr, en = ("à risque de rupture", "at risk") if at_risk else ("aussi en rupture", "short too")
        return Text(fr=f"son seul équivalent est {fr}", en=f"its only equivalent is {en}")
    if not at_risk:
        return Text(fr=f"ses {count} équivalents sont aussi en rupture", en=f"its {count} equivalents are short too")
    if not short:
        return Text(fr=f"ses {count} équivalents sont à risque de rupture", en=f"its {count} equivalents are at risk")
    return Text(
        fr=f"ses {count} équivalents sont aussi en rupture ({short}) ou à risque ({at_risk})",
        en=f"its {count} equivalents are short too ({short}) or at risk ({at_risk})",
    )


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
