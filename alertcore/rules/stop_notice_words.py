"""What rule `stop_notice` says, in French and English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alertcore.cases.shortages import Supply
from alertcore.records.shared import Text
from alertcore.records.shortage import Stop, StopKind

ASK = Text(
    fr="Demandez à l'entreprise de repousser l'arrêt ou de le compléter, et évaluez la couverture des besoins.",
    en="Ask the company to put the stop off or to complete it, and assess how the need is covered.",
)
_DO_NOTICE = Text(
    fr="Repoussez la date d'effet pour respecter le préavis, ou justifiez l'urgence auprès de l'agence.",
    en="Put off the day of effect so that the notice is kept, or justify the emergency to the agency.",
)
_DO_WHOLE = Text(
    fr="Indiquez à l'agence le jour où l'arrêt prend effet, celui de son annonce, ses motifs et les alternatives.",
    en="Tell the agency the day on which the stop takes effect, the day of its notice, its reasons and the alternatives.",
)
_DO_LATE = Text(
    fr="Expliquez à l'agence pourquoi l'arrêt en urgence ne lui a pas été annoncé aussitôt.",
    en="Explain to the agency why it was not told at once of the emergency stop.",
)
_DO_FIND_OUT = Text(
    fr="Vérifiez s'il s'agit d'un MITM et complétez les données de référence ; si c'en est un, le préavis est trop court.",
    en="Find out whether this is a MITM and complete the reference data; if it is one, the notice is too short.",
)
_DO_REASONS = Text(fr="Transmettez à l'agence les motifs de l'arrêt.", en="Send the agency the reasons for the stop.")
_DO_COVER_AT_ONCE = Text(
    fr="Indiquez à l'agence, sans attendre, les alternatives qui couvrent les besoins.",
    en="Name to the agency without delay the alternatives that cover the need.",
)
_DO_COVER = Text(
    fr="Indiquez à l'agence les alternatives qui couvrent les besoins ; l'arrêt ne peut pas prendre effet avant.",
    en="Name to the agency the alternatives that cover the need; the stop may not take effect before.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a sentence is made of. months: of notice that the law asks for."""

    name: str
    company: str
    stop: Stop
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One finding in words. what: a few, after the name. do: what the company does."""

    what: Text
    sentence: Text
    do: Text


def name_of(supply: Supply) -> str:
    """The medicine's name, or its code."""
    return supply.medicine.name if supply.medicine else f"CIS {supply.cis}"


def too_short(f: Facts, missing: int) -> Said:
    """The notice does not run to the day of effect."""
    fr, en = _stop(f.stop)
    return Said(
        what=Text(fr="préavis d'arrêt trop court", en="notice of a stop too short"),
        sentence=Text(
            fr=f"{f.name} : {f.company} a annoncé le {_fr(f.stop.notified_on)} {fr} au {_fr(f.stop.effect_on)} ; il manque"
            f" {_days_fr(missing)} au préavis {_months_fr(f.months)} (CSP L.5124-6).",
            en=f"{f.name}: {f.company} gave notice on {f.stop.notified_on} of {en} on {f.stop.effect_on}; {_days_en(missing)} short of the"
            f" notice of {_months_en(f.months)} asked for (CSP L.5124-6).",
        ),
        do=_DO_NOTICE,
    )


def told_late(f: Facts, after: int) -> Said:
    """An emergency is told at once, and this one was not."""
    fr, en = _stop(f.stop)
    return Said(
        what=Text(fr="arrêt en urgence annoncé trop tard", en="emergency stop told too late"),
        sentence=Text(
            fr=f"{f.name} : {f.company} a annoncé le {_fr(f.stop.notified_on)} {fr} en urgence au {_fr(f.stop.effect_on)},"
            f" soit {_days_fr(after)} après sa prise d'effet ; une urgence s'annonce aussitôt (CSP L.5124-6).",
            en=f"{f.name}: {f.company} gave notice on {f.stop.notified_on} of {en} on {f.stop.effect_on} as an emergency,"
            f" {_days_en(after)} after it took effect; an emergency is told at once (CSP L.5124-6).",
        ),
        do=_DO_LATE,
    )


def incomplete(name: str, company: str) -> Said:
    """A stop of which nothing is said that the law asks for."""
    return Said(
        what=Text(fr="arrêt annoncé sans date d'effet", en="stop without its day of effect"),
        sentence=Text(
            fr=f"{name} : {company} déclare un arrêt de commercialisation sans dire quand il prend effet, quand il a été annoncé ni"
            " pourquoi ; le préavis ne peut pas être vérifié (CSP L.5124-6).",
            en=f"{name}: {company} declares a marketing stop without saying when it takes effect, when notice was given or why; the notice"
            " cannot be checked (CSP L.5124-6).",
        ),
        do=_DO_WHOLE,
    )


def perhaps_mitm(f: Facts, missing: int) -> Said:
    """Nobody knows whether it is a MITM."""
    fr, en = _stop(f.stop)
    return Said(
        what=Text(fr="préavis d'arrêt à vérifier", en="notice of a stop to be checked"),
        sentence=Text(
            fr=f"{f.name} : les données de référence ne connaissent pas ce médicament ; s'il s'agit d'un MITM, il manque"
            f" {_days_fr(missing)} au préavis {_months_fr(f.months)} pour {fr} par {f.company} au {_fr(f.stop.effect_on)} (CSP L.5124-6).",
            en=f"{f.name}: the reference data do not know this medicine; if it is a MITM, {en} by {f.company} on {f.stop.effect_on} is"
            f" {_days_en(missing)} short of the notice of {_months_en(f.months)} (CSP L.5124-6).",
        ),
        do=_DO_FIND_OUT,
    )


def without_reasons(f: Facts) -> Said:
    """No reasons were given; in an emergency they are its justification."""
    fr, en = _stop(f.stop)
    urgent = f.stop.emergency
    return Said(
        what=Text(fr="arrêt annoncé sans motif", en="stop without reasons"),
        sentence=Text(
            fr=f"{f.name} : {f.company} annonce {fr} au {_fr(f.stop.effect_on)} "
            f"{'en urgence sans la justifier' if urgent else 'sans en donner les motifs'} (CSP L.5124-6).",
            en=f"{f.name}: {f.company} gives notice of {en} on {f.stop.effect_on} "
            f"{'as an emergency without justifying it' if urgent else 'without reasons'} (CSP L.5124-6).",
        ),
        do=_DO_REASONS,
    )


def uncovered(f: Facts, *, by_officer: bool, now: bool) -> Said:
    """No alternatives cover the need. now: the day of effect has come."""
    fr, en = _stop(f.stop)
    said_fr = "l'agence juge que les alternatives ne couvrent pas les besoins" if by_officer else "aucune alternative n'est indiquée"
    said_en = "the agency finds that the alternatives do not cover the need" if by_officer else "no alternative is named"
    verb_fr, verb_en = ("a pris effet", "took effect") if now else ("doit prendre effet", "is to take effect")
    return Said(
        what=Text(fr="arrêt d'un MITM sans alternative", en="stop of a MITM without alternatives"),
        sentence=Text(
            fr=f"{f.name} : {fr} par {f.company} {verb_fr} le {_fr(f.stop.effect_on)} et {said_fr} (CSP L.5124-6).",
            en=f"{f.name}: {en} by {f.company} {verb_en} on {f.stop.effect_on} and {said_en} (CSP L.5124-6).",
        ),
        do=_DO_COVER_AT_ONCE if f.stop.emergency else _DO_COVER,
    )


def _stop(stop: Stop) -> tuple[str, str]:
    return ("la suspension", "the suspension") if stop.kind is StopKind.SUSPENSION else ("l'arrêt", "the stop")


def _days_fr(days: int) -> str:
    return f"{days} jours" if days > 1 else "1 jour"


def _days_en(days: int) -> str:
    return f"{days} days" if days > 1 else "1 day"


def _months_fr(months: int) -> str:
    return "d'un an" if months == 12 else f"de {months} mois"


def _months_en(months: int) -> str:
    return "one year" if months == 12 else f"{months} months"


def _fr(day: date) -> str:
    return f"{day:%d/%m/%Y}"
