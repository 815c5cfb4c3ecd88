"""What is said of a defect, in French and English."""

from __future__ import annotations

CLASSES = {
    "i": ("défaut de qualité de classe I", "class I quality defect"),
    "ii": ("défaut de qualité de classe II", "class II quality defect"),
    "iii": ("défaut de qualité de classe III", "class III quality defect"),
    "unassigned": ("défaut de qualité, classe non encore attribuée", "quality defect, class not yet assigned"),
}
FALSIFIED = {
    "suspected": ("suspicion de falsification", "suspected falsified"),
    "confirmed": ("falsification confirmée", "confirmed falsified"),
}
ACTIONS = {
    "recall": ("rappel de lots", "batch recall"),
    "withdrawal": ("retrait", "withdrawal"),
    "quarantine": ("mise en quarantaine", "quarantine"),
    "caution_in_use": ("précautions d'emploi", "caution in use"),
    "user_alert": ("information des utilisateurs", "alert to users"),
}
VETERINARY = ("médicament vétérinaire", "veterinary medicine")
DO = {
    "recall": (
        "Cessez la délivrance, isolez les lots concernés et retournez-les selon les instructions du laboratoire.",
        "Stop dispensing, set the batches concerned aside and return them as the company instructs.",
    ),
    "withdrawal": (
        "Cessez la délivrance, retirez les lots concernés de vos rayons et retournez-les selon les instructions du laboratoire.",
        "Stop dispensing, take the batches concerned off your shelves and return them as the company instructs.",
    ),
    "quarantine": (
        "Cessez la délivrance et isolez les lots concernés jusqu'à nouvel avis.",
        "Stop dispensing and set the batches concerned aside until further notice.",
    ),
    "caution_in_use": (
        "Lisez les précautions ci-dessous avant toute dispensation ou administration.",
        "Read the cautions below before dispensing or administering.",
    ),
    "user_alert": (
        "Informez les personnes à qui le produit a été remis, comme l'indique le message ci-dessous.",
        "Tell those to whom the product was given what the message below says.",
    ),
}
STOPS = ("recall", "withdrawal", "quarantine")
"""Actions that take a product off the shelf, the strongest first: what is to be done is that of the strongest."""
LEVELS = {
    "wholesale": ("jusqu'aux grossistes et dépositaires", "to wholesale level"),
    "retail_hospital": ("jusqu'aux pharmacies et établissements de santé", "to pharmacies and hospitals"),
    "patient": ("jusqu'aux patients", "to patient level"),
}
DO_END = ("Ce signalement est clos ; les consignes antérieures sont levées.", "This matter is closed; earlier instructions are lifted.")
DO_END_RECALLED = (
    "Ce signalement est clos. Ce qui a été rappelé reste retiré : ne le délivrez pas.",
    "This matter is closed. What was recalled stays withdrawn: do not dispense it.",
)
PATIENT = (
    "N'arrêtez pas votre traitement de vous-même. "
    "Vérifiez le numéro de lot sur la boîte et, s'il est concerné, rapportez-la à votre pharmacien.",
    "Do not stop your treatment on your own. Check the batch number on the box and, if it is listed, take it back to your pharmacist.",
)
PATIENT_ALL = (
    "N'arrêtez pas votre traitement de vous-même. Rapportez vos boîtes de ce médicament à votre pharmacien, qui vous conseillera.",
    "Do not stop your treatment on your own. Take your boxes of this medicine back to your pharmacist, who will advise you.",
)
PATIENT_CAUTION = (
    "N'arrêtez pas votre traitement de vous-même. Lisez les précautions ci-dessous et parlez-en à votre pharmacien ou à votre médecin.",
    "Do not stop your treatment on your own. Read the cautions below and speak to your pharmacist or your doctor.",
)
PATIENT_END = (
    "N'arrêtez pas votre traitement de vous-même. Vous n'avez plus rien à vérifier.",
    "Do not stop your treatment on your own. There is nothing left to check.",
)
PATIENT_END_RECALLED = (
    "N'arrêtez pas votre traitement de vous-même. "
    "Si vous avez encore une boîte d'un lot rappelé, ne l'utilisez pas et rapportez-la à votre pharmacien.",
    "Do not stop your treatment on your own. "
    "If you still have a box of a recalled batch, do not use it and take it back to your pharmacist.",
)
LASTING = ("recall", "withdrawal")
"""Actions that the end of a matter does not undo: what was recalled never comes back on the shelf."""


def at_end(actions: tuple[str, ...], *, excluded: bool) -> tuple[tuple[str, str], tuple[str, str]]:
    """What a professional and a patient do when a matter ends."""
    if not excluded and any(a in LASTING for a in actions):
        return DO_END_RECALLED, PATIENT_END_RECALLED
    return DO_END, PATIENT_END


def kind(class_: str, falsified: str) -> tuple[str, str]:
    """What it is."""
    return FALSIFIED.get(falsified) or CLASSES.get(class_, CLASSES["unassigned"])


def sentence(
    name: str, class_: str, falsified: str, actions: tuple[str, ...], lots: int, *, serious: bool, level: str = ""
) -> tuple[str, str]:
    """One sentence."""
    what = kind(class_, falsified)
    fr, en = f"{name} : {what[0]}", f"{name}: {what[1]}"
    if serious:
        fr, en = fr + ", risque grave suspecté", en + ", serious risk suspected"
    if actions:
        done = [ACTIONS.get(a, (a, a)) for a in actions]
        fr, en = fr + f" ; {', '.join(d[0] for d in done)}", en + f"; {', '.join(d[1] for d in done)}"
    if level in LEVELS and any(a in STOPS for a in actions):
        fr, en = f"{fr} {LEVELS[level][0]}", f"{en} {LEVELS[level][1]}"
    if lots:
        fr, en = fr + f" ({lots} lot{'s' if lots > 1 else ''})", en + f" ({lots} batch{'es' if lots > 1 else ''})"
    return fr + ".", en + "."


def lots_changed(added: tuple[str, ...], removed: tuple[str, ...]) -> tuple[str, str]:
    """What a follow-up changes in the list of lots, for who has the earlier one."""
    fr, en = "", ""
    if added:
        many = len(added) > 1
        fr = f" Lot{'s' if many else ''} ajouté{'s' if many else ''} : {', '.join(added)}."
        en = f" Batch{'es' if many else ''} added: {', '.join(added)}."
    if removed:
        fr += f" {'Lots retirés' if len(removed) > 1 else 'Lot retiré'} de la liste, désormais hors de cause : {', '.join(removed)}."
        en += f" No longer concerned: batch{'es' if len(removed) > 1 else ''} {', '.join(removed)}."
    return fr, en


def instruction(actions: tuple[str, ...], *, serious: bool) -> tuple[str, str]:
    """What a professional does now: take it off the shelf as the strongest action says, heed cautions, tell users."""
    stop = next((a for a in STOPS if a in actions), "quarantine" if serious else None)
    parts = [DO[a] for a in (stop, *(a for a in ("caution_in_use", "user_alert") if a in actions)) if a is not None]
    parts = parts or [DO["caution_in_use"]]
    return " ".join(p[0] for p in parts), " ".join(p[1] for p in parts)


def patient(actions: tuple[str, ...], lots: int, *, serious: bool) -> tuple[str, str]:
    """What a patient does now."""
    if serious or any(a in STOPS for a in actions):
        return PATIENT if lots else PATIENT_ALL
    return PATIENT_CAUTION


def ended(name: str, *, excluded: bool) -> tuple[str, str]:
    """The end of it."""
    if excluded:
        return f"{name} : le risque a été écarté.", f"{name}: the risk has been excluded."
    return f"{name} : le signalement de défaut de qualité est clos.", f"{name}: the quality defect is closed."
