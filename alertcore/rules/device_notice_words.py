"""What is said of a device's interruption or discontinuation, in French and English."""

from __future__ import annotations

from datetime import date

from alertcore.cases.device_law import Law, from_authority
from alertcore.records.device import DeviceNotice, NoticeBasis, SupplyEvent
from alertcore.records.shared import Text
from alertcore.rules.spoken import countries, day_en, day_fr, days_en, days_fr

DO = Text(
    fr="Faites l'état de vos stocks de ce dispositif et préparez avec votre fournisseur la solution qui le remplacera.",
    en="Take stock of what you hold of this device, and plan with your supplier what will replace it.",
)
DO_OFFICERS = Text(
    fr="Vérifiez la notification, puis décidez de sa diffusion aux professionnels et au public.",
    en="Check the notice, then decide on telling professionals and the public.",
)
DO_FIRM = Text(
    fr="Complétez ou justifiez votre notification auprès de l'agence.",
    en="Complete or justify your notice to the agency.",
)
DO_BACK = Text(fr="Reprenez vos commandes habituelles.", en="Return to your usual orders.")
DO_ASK = Text(
    fr="Vérifiez auprès de votre fournisseur que ce dispositif est de nouveau livré avant de compter sur lui.",
    en="Check with your supplier that this device is delivered again before you count on it.",
)
DO_GONE = Text(
    fr="Utilisez la solution de remplacement : ce dispositif n'est plus fourni.",
    en="Use what replaces it: this device is no longer supplied.",
)
STEPS = {
    1: ("étape 1, le fabricant gère seul", "step 1, the manufacturer manages alone"),
    2: ("étape 2, déclaration à l'agence", "step 2, declared to the agency"),
}
EVENT = {
    SupplyEvent.INTERRUPTION: Text(fr="interruption de fourniture", en="interruption of supply"),
    SupplyEvent.DISCONTINUATION: Text(fr="arrêt définitif de fourniture", en="supply ends for good"),
}


def headline(name: str, event: SupplyEvent) -> Text:
    """The device and what happens to it."""
    what = EVENT.get(event, EVENT[SupplyEvent.INTERRUPTION])
    return Text(fr=f"{name} : {what.fr}", en=f"{name}: {what.en}")


def announced(name: str, firm: str, notice: DeviceNotice, devices: int) -> Text:
    """Who announces what, and from when to when: for everybody."""
    start, end = notice.start.date, notice.end.date if notice.end else None
    named = Text(fr=name, en=name)
    if devices > 1:
        more = devices - 1
        named = Text(
            fr=f"{name} et {more} autre{'s' if more > 1 else ''} dispositif{'s' if more > 1 else ''}", en=f"{name} and {more} more"
        )
    if notice.event is SupplyEvent.DISCONTINUATION:
        return Text(
            fr=f"{named.fr} : {firm} annonce l'arrêt définitif de la fourniture à partir du {day_fr(start)}.",
            en=f"{named.en}: {firm} announces that supply ends for good from {day_en(start)}.",
        )
    fr_end = f" au {day_fr(end)}" if end else ", sans date de fin annoncée"
    en_end = f" to {day_en(end)}" if end else ", with no end announced"
    return Text(
        fr=f"{named.fr} : {firm} annonce une interruption de la fourniture du {day_fr(start)}{fr_end}.",
        en=f"{named.en}: {firm} announces an interruption of supply from {day_en(start)}{en_end}.",
    )


def judged(notice: DeviceNotice, law: Law, told: int, months: int, until: date | None, sent_by: Text) -> Text:
    """What the article makes of it: for officers and the firm. told: authorities that are to be told; months: of the notice period.

    until: day on which what a final report tells of is over. sent_by: the authority it came from.
    """
    parts = [*_final(notice, until), _source(notice, law), *_period(notice, law, months), *_harm(notice, law), *_missing(law)]
    parts += _procedure(notice)
    parts += _relay(notice, law, told, sent_by)
    return Text(fr=" ".join(p.fr for p in parts), en=" ".join(p.en for p in parts))


def _final(notice: DeviceNotice, until: date | None) -> list[Text]:
    if until is None:
        return []
    if notice.event is SupplyEvent.DISCONTINUATION:
        return [
            Text(
                fr=f"Dernier rapport reçu ; le dispositif reste fourni jusqu'au {day_fr(until)}.",
                en=f"The final report has come; the device is supplied until {day_en(until)}.",
            )
        ]
    return [
        Text(
            fr=f"Dernier rapport reçu ; l'interruption est annoncée jusqu'au {day_fr(until)}, l'alerte court jusque-là.",
            en=f"The final report has come; the interruption is announced until {day_en(until)}, and the alert stands until then.",
        )
    ]


def _source(notice: DeviceNotice, law: Law) -> Text:
    on = law.received
    if law.legal:
        return Text(
            fr=f"Notification reçue le {day_fr(on)} au titre de l'article 10 bis (règlement (UE) 2024/1860).",
            en=f"Notice received on {day_en(on)} under Article 10a (Regulation (EU) 2024/1860).",
        )
    if notice.basis is NoticeBasis.ARTICLE_10A:
        return Text(
            fr=f"Notification reçue le {day_fr(on)}, avant le 10/01/2025 : l'article 10 bis ne s'appliquait pas encore.",
            en=f"Notice received on {day_en(on)}, before 2025-01-10: Article 10a did not apply yet.",
        )
    return Text(fr=f"Notification volontaire reçue le {day_fr(on)}.", en=f"Voluntary notice received on {day_en(on)}.")


def _period(notice: DeviceNotice, law: Law, months: int) -> list[Text]:
    ahead = (notice.start.date - law.received).days
    found: list[Text] = []
    if law.exceptional:
        found.append(Text(fr="Des circonstances exceptionnelles sont invoquées.", en="Exceptional circumstances are invoked."))
    elif law.in_time is False:
        if ahead > 0:
            found.append(
                Text(
                    fr=f"Préavis de {days_fr(ahead)} : il en faut {months} mois, sauf circonstances exceptionnelles.",
                    en=f"Notice of {days_en(ahead)}: {months} months are needed, save in exceptional circumstances.",
                )
            )
        else:
            found.append(
                Text(
                    fr=f"Aucun préavis : il en faut {months} mois, sauf circonstances exceptionnelles.",
                    en=f"No notice in advance: {months} months are needed, save in exceptional circumstances.",
                )
            )
    if law.short and law.days is not None:
        found.append(
            Text(
                fr=f"Interruption de {days_fr(law.days)} : le signalement d'une interruption aussi courte est volontaire.",
                en=f"An interruption of {days_en(law.days)}: reporting one as short as this is voluntary.",
            )
        )
    return found


def _harm(notice: DeviceNotice, law: Law) -> list[Text]:
    states = notice.serious_harm.states
    if states:
        where = countries(states)
        return [Text(fr=f"Préjudice grave prévisible : {where.fr}.", en=f"Serious harm is foreseeable: {where.en}.")]
    if law.no_harm:
        return [
            Text(
                fr="La notification ne dit rien d'un préjudice grave : à vérifier, l'obligation en dépend.",
                en="The notice says nothing of serious harm: check, for the duty depends on it.",
            )
        ]
    return []


def _missing(law: Law) -> list[Text]:
    found = []
    if law.unreasoned:
        found.append(Text(fr="Le motif manque.", en="The reason is missing."))
    if law.unnamed_circumstances:
        found.append(
            Text(
                fr="Les circonstances exceptionnelles ne sont pas précisées.",
                en="The exceptional circumstances are not named.",
            )
        )
    return found


def _procedure(notice: DeviceNotice) -> list[Text]:
    """The step of the French procedure from 1 September 2021 to 9 January 2025, as history: nothing follows from it any more."""
    step = notice.procedure_step
    if step is None:
        return []
    fr, en = STEPS.get(step, (f"étape {step}", f"step {step}"))
    return [
        Text(
            fr=f"Procédure française en deux étapes de 2021 (retirée le 10/01/2025) : {fr}.",
            en=f"French two-step procedure of 2021 (withdrawn on 2025-01-10): {en}.",
        )
    ]


def _relay(notice: DeviceNotice, law: Law, told: int, sent_by: Text) -> list[Text]:
    if from_authority(notice):
        fr, en = (f" ({sent_by.fr})", f" ({sent_by.en})") if sent_by.fr else ("", "")
        return [
            Text(
                fr=f"Reçue d'une autre autorité{fr} : elle n'est pas relayée.",
                en=f"It came from another authority{en}: it is not passed on.",
            )
        ]
    if not law.legal:
        return []
    if not law.relay:
        return [
            Text(
                fr="Ni le fabricant ni son mandataire ne sont établis ici : le relais revient à l'autorité de leur pays.",
                en="Neither the manufacturer nor its representative is established here: their own authority passes it on.",
            )
        ]
    if not told:
        return [
            Text(
                fr="À relayer sans délai aux autres États membres et à la Commission : aucun n'est enregistré pour les dispositifs,"
                " prenez une autre voie.",
                en="To be passed on without undue delay to the other member states and the Commission: none is registered for devices,"
                " use another way.",
            )
        ]
    return [
        Text(
            fr="À relayer sans délai aux autres États membres et à la Commission.",
            en="To be passed on without undue delay to the other member states and the Commission.",
        )
    ]


def ended(name: str, notice: DeviceNotice, until: date | None) -> Text:
    """The final report has come, and what it tells of is over. until: since when; None where no report named a day."""
    if notice.event is SupplyEvent.DISCONTINUATION:
        return Text(
            fr=f"{name} : dernier rapport reçu, la fourniture a cessé pour de bon.",
            en=f"{name}: the final report has come, supply has ended for good.",
        )
    if until is None:
        return Text(
            fr=f"{name} : dernier rapport reçu, sans dire si la fourniture a repris.",
            en=f"{name}: the final report has come, and does not say whether supply has resumed.",
        )
    return Text(
        fr=f"{name} : dernier rapport reçu, fin de l'interruption de la fourniture le {day_fr(until)}.",
        en=f"{name}: the final report has come, the interruption of supply ended on {day_en(until)}.",
    )


def others(count: int) -> Text:
    """Further notices on the same device."""
    s = "s" if count > 1 else ""
    return Text(fr=f" {count} autre{s} notification{s} en cours.", en=f" {count} more notice{s} in progress.")


def history(grid: str, score: float | None) -> str:
    """The grid of the French procedure as it was sent. Grid and score say nothing without each other, and nothing is reckoned from them."""
    return grid if score is None else f"{grid}: {score:g}"
