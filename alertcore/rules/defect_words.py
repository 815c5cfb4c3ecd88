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
DO_WHOLESALE = {
    "recall": (
        "Grossistes et dépositaires : cessez la distribution, isolez les lots concernés et retournez-les selon les instructions du"
        " laboratoire.",
        "Wholesalers and depositaries: stop distributing, set the batches concerned aside and return them as the company instructs.",
    ),
    "withdrawal": (
        "Grossistes et dépositaires : cessez la distribution, retirez les lots concernés et retournez-les selon les instructions du"
        " laboratoire.",
        "Wholesalers and depositaries: stop distributing, take the batches concerned out and return them as the company instructs.",
    ),
    "quarantine": (
        "Grossistes et dépositaires : cessez la distribution et isolez les lots concernés jusqu'à nouvel avis.",
        "Wholesalers and depositaries: stop distributing and set the batches concerned aside until further notice.",
    ),
}
NOT_FURTHER = (
    "La mesure ne va pas jusqu'aux pharmacies et établissements de santé.",
    "The measure does not go to pharmacies and hospitals.",
)
CAUTION_BESIDE = ("Lisez aussi les précautions ci-dessous.", "Read the cautions below as well.")
"""Beside what stops dispensing: there is no dispensing before which to read them."""
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
PATIENT_NOT_CALLED = (
    "N'arrêtez pas votre traitement de vous-même. La mesure ne va pas jusqu'aux patients : vous n'avez pas de boîte à rapporter. "
    "Si vous avez un doute, demandez conseil à votre pharmacien.",
    "Do not stop your treatment on your own. The measure does not go to patients: you have no box to take back. "
    "If you are in doubt, ask your pharmacist.",
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


ABOVE_PATIENTS = ("wholesale", "retail_hospital")
"""Depths of a recall that stop before patients."""
RISKS = {
    "suspected": (", risque grave suspecté", ", serious risk suspected"),
    "confirmed": (", risque grave confirmé", ", serious risk confirmed"),
}


def at_end(*, recalled: bool) -> tuple[tuple[str, str], tuple[str, str]]:
    """What a professional and a patient do when a matter ends. recalled: something of it stays off the shelf."""
    return (DO_END_RECALLED, PATIENT_END_RECALLED) if recalled else (DO_END, PATIENT_END)


def kind(class_: str, falsified: str) -> tuple[str, str]:
    """What it is."""
    return FALSIFIED.get(falsified) or CLASSES.get(class_, CLASSES["unassigned"])


def sentence(
    name: str, class_: str, falsified: str, actions: tuple[str, ...], lots: int | None, *, risk: str, level: str = ""
) -> tuple[str, str]:
    """One sentence. lots: how many, None for all. risk: serious risk as the agency has it. The depth stands beside what goes that deep."""
    what = kind(class_, falsified)
    said = RISKS.get(risk, ("", ""))
    fr, en = f"{name} : {what[0]}{said[0]}", f"{name}: {what[1]}{said[1]}"
    stops = [a for a in actions if a in STOPS]
    depth = LEVELS.get(level) if stops else None
    done = [[ACTIONS.get(a, (a, a))[n] for a in stops] for n in (0, 1)]
    rest = [[ACTIONS.get(a, (a, a))[n] for a in actions if a not in STOPS] for n in (0, 1)]
    if depth:
        done = [[*all_but_last, f"{last} {depth[n]}"] for n, (*all_but_last, last) in enumerate(done)]
    if actions:
        fr, en = f"{fr} ; {', '.join(done[0] + rest[0])}", f"{en}; {', '.join(done[1] + rest[1])}"
    if lots is None:
        fr, en = fr + " (tous les lots)", en + " (all batches)"
    elif lots:
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


def kept_off(lots: tuple[str, ...]) -> tuple[str, str]:
    """What was recalled for good by a defect that is closed: it is off the list, and not back on the shelf."""
    if not lots:
        return (
            " Un autre signalement est clos : ce qu'il a fait rappeler reste retiré.",
            " Another matter is closed: what it recalled stays withdrawn.",
        )
    listed = ", ".join(lots)
    fr = (
        f" Signalement clos, lots qui restent retirés : {listed}."
        if len(lots) > 1
        else f" Signalement clos, lot qui reste retiré : {listed}."
    )
    return fr, f" Matter closed, batch{'es' if len(lots) > 1 else ''} still withdrawn: {listed}."


def instruction(actions: tuple[str, ...], *, stop: bool, level: str = "") -> tuple[str, str]:
    """What a professional does now: take it off the shelf as the strongest action says, heed cautions, tell users.

    stop: class I, a serious risk or a fake, which is dispensed by nobody, whatever was decided and how deep it goes.
    """
    strongest = next((a for a in STOPS if a in actions), "quarantine" if stop else None)
    shallow = level == "wholesale" and not stop
    parts = [(DO_WHOLESALE if shallow else DO)[strongest]] if strongest else []
    parts += [NOT_FURTHER] if strongest and shallow else []
    beside = DO | {"caution_in_use": CAUTION_BESIDE} if strongest else DO
    parts += [beside[a] for a in ("caution_in_use", "user_alert") if a in actions]
    parts = parts or [DO["caution_in_use"]]
    return " ".join(p[0] for p in parts), " ".join(p[1] for p in parts)


def patient(actions: tuple[str, ...], lots: int | None, *, stop: bool, level: str = "", reached: str = "") -> tuple[str, str]:
    """What a patient does now. What must not be dispensed comes back wherever it may have reached patients (unknown is never fine)."""
    if not stop and not any(a in STOPS for a in actions):
        return PATIENT_CAUTION
    if level in ABOVE_PATIENTS and (not stop or reached == "no"):
        return PATIENT_NOT_CALLED
    return PATIENT if lots else PATIENT_ALL


REACH_UNKNOWN = {
    "reached_patients_fr": "On ne sait pas si des patients ont reçu ce produit : demandez-le à l'exploitant. Dès qu'on le sait, le délai"
    " de l'annonce publique court (CSP R.5312-1).",
    "reached_patients_en": "Nobody knows whether patients were given this product: ask the company. As soon as that is known, the time"
    " limit of the public announcement runs (CSP R.5312-1).",
}
"""Note for officers where a serious risk is known, and not whether it has reached patients: no clock runs, so somebody must ask."""


def ended(name: str, *, excluded: bool) -> tuple[str, str]:
    """The end of it."""
    if excluded:
        return f"{name} : le risque a été écarté.", f"{name}: the risk has been excluded."
    return f"{name} : le signalement de défaut de qualité est clos.", f"{name}: the quality defect is closed."
