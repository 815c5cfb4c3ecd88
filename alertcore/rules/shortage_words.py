"""What is said of a shortage or a stop, in French and English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from alertcore.cases.scopes import OTHERS, Part
from alertcore.records.stock import Circuit

WHAT = {
    "rupture": ("rupture de stock déclarée", "stock-out declared"),
    "risque": ("risque de rupture de stock déclaré", "risk of stock-out declared"),
    "arret": ("arrêt de commercialisation déclaré", "marketing stop declared"),
    "suspension": ("suspension de commercialisation déclarée", "suspension of marketing declared"),
}
STATUS = {
    1: ("rupture de stock", "out of stock"),
    2: ("tension d'approvisionnement", "supply tension"),
    3: ("arrêt de commercialisation", "marketing stop"),
    4: ("remise à disposition", "back in supply"),
}

DO_SHORTAGE = (
    "Vérifiez votre stock et ne constituez pas de réserve. Dispensez avec mesure et orientez le patient vers son prescripteur si besoin.",
    "Check your stock and do not build up reserves. Dispense sparingly and refer the patient to the prescriber where needed.",
)
DO_STOP = (
    "N'initiez plus de traitement et préparez avec le prescripteur le passage à une autre prise en charge.",
    "Start no new treatment and plan the change to another treatment with the prescriber.",
)
DO_END = ("Reprenez la dispensation habituelle.", "Return to usual dispensing.")
PATIENT = (
    "N'arrêtez pas votre traitement de vous-même. Demandez conseil à votre pharmacien ou à votre médecin.",
    "Do not stop your treatment on your own. Ask your pharmacist or your doctor.",
)
PATIENT_END = (
    "N'arrêtez pas votre traitement de vous-même. Votre médicament est de nouveau disponible en pharmacie.",
    "Do not stop your treatment on your own. Your medicine is available at pharmacies again.",
)


@lru_cache(maxsize=4096)
def day(d: date) -> tuple[str, str]:
    """A day in both languages."""
    return f"{d.day:02}/{d.month:02}/{d.year}", d.isoformat()


def declared(name: str, nature: str, company: str, since: date, back: date | None, others: int) -> tuple[str, str]:
    """One sentence on what companies declare."""
    what, on = WHAT[nature], day(since)
    fr = f"{name} : {what[0]} par {company} le {on[0]}"
    en = f"{name}: {what[1]} by {company} on {on[1]}"
    if others:
        fr, en = fr + f" (et {others} autre{'s' if others > 1 else ''})", en + f" (and {others} more)"
    if back is not None:
        then = day(back)
        fr, en = f"{fr} ; retour prévu le {then[0]}", f"{en}; return expected on {then[1]}"
    return fr + ".", en + "."


def together(*sentences: tuple[str, str]) -> tuple[str, str]:
    """Sentences after one another."""
    if len(sentences) == 1:
        return sentences[0]
    return " ".join([fr for fr, _ in sentences]), " ".join([en for _, en in sentences])


def besides(nature: str, packs: Sequence[str]) -> tuple[str, str]:
    """What the same company declares of other presentations."""
    what, where = WHAT[nature], _part(Part(packs=tuple(packs)))
    return f"De la même entreprise, {what[0]} pour {where[0]}.", f"From the same company, {what[1]} for {where[1]}."


def partly(company: str, back: Sequence[Part], left: Sequence[Part]) -> tuple[str, str]:
    """What is back, and what is not. company: who says so, where it is told apart from others. None back: it did not say where."""
    if not back:
        fr = f"{f'{company} : u' if company else 'U'}ne remise à disposition est déclarée sans dire en ville ou à l'hôpital : à préciser."
        en = f"{f'{company}: a' if company else 'A'} return is declared without saying in which circuit: to be made clear."
        return f"{fr} {_not_yet(left)[0]}", f"{en} {_not_yet(left)[1]}"
    fr = f"{f'{company} : d' if company else 'D'}e nouveau à disposition : {' ; '.join([_part(p)[0] for p in back])}."
    en = f"{f'{company}: b' if company else 'B'}ack in supply: {'; '.join([_part(p)[1] for p in back])}."
    return f"{fr} {_not_yet(left)[0]}", f"{en} {_not_yet(left)[1]}"


def _not_yet(left: Sequence[Part]) -> tuple[str, str]:
    fr, en = [" ; ".join([_part(p)[0] for p in left]), "; ".join([_part(p)[1] for p in left])]
    return f"Pas encore de retour : {fr}.", f"Not back yet: {en}."


def _part(p: Part) -> tuple[str, str]:
    """Presentations and where: in words that need no list of codes for all of them."""
    where = _IN[p.circuits]
    if not p.packs:
        return where if p.circuits else ("toutes les présentations", "all presentations")
    named, rest = [x for x in p.packs if x != OTHERS], OTHERS in p.packs
    fr = [*([f"{'présentations' if len(named) > 1 else 'présentation'} {', '.join(named)}"] if named else [])]
    en = [*([f"{'presentations' if len(named) > 1 else 'presentation'} {', '.join(named)}"] if named else [])]
    said = (
        " et ".join([*fr, *(["les autres présentations"] if rest else [])]),
        " and ".join([*en, *(["the other presentations"] if rest else [])]),
    )
    return (f"{said[0]} {where[0]}", f"{said[1]} {where[1]}") if p.circuits else said


_IN: dict[tuple[Circuit, ...], tuple[str, str]] = {
    (): ("", ""),
    (Circuit.VILLE,): ("en ville", "in community pharmacies"),
    (Circuit.HOPITAL,): ("à l'hôpital", "in hospitals"),
    (Circuit.VILLE, Circuit.HOPITAL): ("en ville et à l'hôpital", "in community pharmacies and hospitals"),
}


def published(name: str, code: int, start: date | None) -> tuple[str, str]:
    """One sentence on what the public list says."""
    what = STATUS[code]
    fr, en = f"{name} : {what[0]} sur la liste publique", f"{name}: {what[1]} on the public list"
    if start is not None:
        fr, en = fr + f", depuis le {day(start)[0]}", en + f", since {day(start)[1]}"
    return fr + ".", en + "."


def gone(name: str) -> tuple[str, str]:
    """The question that a row gone from the list puts."""
    return (
        f"{name} ne figure plus sur la liste publique depuis deux publications, sans remise à disposition annoncée : à vérifier.",
        f"{name} has been absent from two publications of the public list without an announced return: to be checked.",
    )


def not_over(name: str) -> tuple[str, str]:
    """An officer's word that absence is no return."""
    return (
        f"{name} ne figure plus sur la liste publique ; un agent a constaté que la pénurie continue.",
        f"{name} is absent from the public list; an officer found that the shortage goes on.",
    )


def not_understood(name: str, code: int) -> tuple[str, str]:
    """The question that an unknown code puts."""
    return (
        f"{name} : la liste publique porte le statut {code}, que le dispositif ne connaît pas : à vérifier ; rien n'est modifié.",
        f"{name}: the public list has status {code}, which the hub does not know: to be checked; nothing was changed.",
    )


def promised(name: str, back: date) -> tuple[str, str]:
    """A return that is announced for later."""
    return (
        f"{name} : remise à disposition annoncée pour le {day(back)[0]} sur la liste publique ; l'alerte reste ouverte jusque-là.",
        f"{name}: return to supply announced for {day(back)[1]} on the public list; the alert stays open until then.",
    )


def ended(name: str, *, withdrawn: bool) -> tuple[str, str]:
    """The end of it."""
    if withdrawn:
        return f"{name} : la déclaration a été retirée.", f"{name}: the declaration was withdrawn."
    return f"{name} : de nouveau à disposition.", f"{name}: back in supply."


def headline(name: str, nature: str) -> tuple[str, str]:
    """A few words."""
    return f"{name} : {WHAT[nature][0]}", f"{name}: {WHAT[nature][1]}"
