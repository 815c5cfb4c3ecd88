"""Invented notices, one full and one bare for each template: for previews, checks and tests. Nothing in them exists."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from alertcore.records.notice import AlertRef, Audience, AudienceFilter, Channel, Lane, Notice, NoticeReason, Purpose
from alertcore.records.shared import Nature

AUDIENCES = {
    "declared": ("professional", "company", "patient", "officer"),
    "published": ("professional", "patient"),
    "safety_stock": ("company", "officer"),
    "defect": ("professional", "company", "patient", "officer"),
    "hub": ("officer",),
    "finding": ("officer", "company", "professional"),
    "device": ("officer", "company", "professional"),
    "digest": ("professional", "company", "patient", "officer"),
    "silence_ending": ("officer",),
}
"""Templates and the audiences that have one of their own; the others fall back as `notifiers/rendering.py` says."""

_NAME = "EXEMPLOMYCINE 500 mg, gélule"
_AT = "2026-11-22T06:30:00Z"
_COMMON = {"alert_id": "alr_example", "name": _NAME, "cis": "60000001", "since": "2026-11-12", "at": _AT, "severity": "severe"}


def _both(name: str, fr: str, en: str) -> dict[str, str]:
    return {f"{name}_fr": fr, f"{name}_en": en}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_SHORTAGE = {
    **_COMMON,
    **_both("headline", f"{_NAME} : rupture de stock déclarée", f"{_NAME}: stock-out declared"),
    **_both(
        "sentence",
        f"{_NAME} : rupture de stock déclarée par Laboratoire Exemple le 12/11/2026 ; retour prévu le 15/01/2027.",
        f"{_NAME}: stock-out declared by Laboratoire Exemple on 2026-11-12; return expected on 2027-01-15.",
    ),
    **_both("instruction", "Vérifiez votre stock et dispensez avec mesure.", "Check your stock and dispense sparingly."),
    **_both(
        "patient_instruction",
        "N'arrêtez pas votre traitement de vous-même. Demandez conseil à votre pharmacien.",
        "Do not stop your treatment on your own. Ask your pharmacist.",
    ),
    "kind": "shortage",
    "cip13s": "3400930000014,3400930000021",
    "url": "https://agency.example/medicines/60000001",
    "company_name": "Laboratoire Exemple",
    "companies": "Laboratoire Exemple, Autre Laboratoire",
    "nature": "rupture",
    "status_code": "2",
    "start": "2026-11-10",
    "expected_return": "2027-01-15",
    "causes": "manufacturing,sales_increase",
    "alternatives": "EXEMPLOMYCINE 250 mg/5 ml",
    "context": "Arrêt d’une ligne / line stopped",
    "risk": "Enfants / children",
    "circuits": _json(
        [
            {
                "circuit": "ville",
                "start": {"date": "2026-11-10"},
                "expected_return": {"date": "2027-01-15"},
                "stock": 12500,
                "monthly_sales": 48000,
            },
            {"circuit": "hopital", "start": {"date": "2026-11-20"}, "expected_return": None, "stock": 0, "monthly_sales": 3200},
        ]
    ),
    "measures": _json([{"code": "rationing_quantity", "detail": "2", "status": "in_force"}]),
}
_DEFECT = {
    **_COMMON,
    **_both("headline", f"{_NAME} : défaut de qualité de classe I", f"{_NAME}: class I quality defect"),
    **_both("sentence", f"{_NAME} : défaut de qualité de classe I (2 lots).", f"{_NAME}: class I quality defect (2 batches)."),
    **_both("reach", "Portée : officines : 40 % (8 sur 20).", "Reach: community pharmacies: 40 % (8 of 20)."),
    **_both("instruction", "Cessez la délivrance et isolez les lots concernés.", "Stop dispensing and set the batches concerned aside."),
    **_both(
        "patient_instruction",
        "N'arrêtez pas votre traitement de vous-même. Vérifiez le numéro de lot.",
        "Do not stop your treatment on your own. Check the batch number.",
    ),
    "kind": "defect",
    "company_name": "Laboratoire Exemple",
    "class": "i",
    "serious_risk": "suspected",
    "falsified": "suspected",
    "defect_type": "wrong_strength",
    "details": "20 mg/ml / 10 mg/ml",
    "actions": "recall,quarantine",
    "level": "retail_hospital",
    "decided_at": "2026-11-22T05:10:00Z",
    "recall_number": "R-2026-118",
    "foreign_authority": "BE-FAMHP",
    "foreign_reference": "BE/I/12/01",
    "batches": _json(
        [
            {"lot": "AB1234", "expiry": {"text": "2027-03", "date": "2027-03-31"}, "cip13": "3400930000038"},
            {"lot": "ab1235/X", "expiry": None, "cip13": None},
        ]
    ),
}
_STOCK = {
    **_COMMON,
    **_both("headline", f"{_NAME} : stock de sécurité insuffisant", f"{_NAME}: safety stock below its floor"),
    **_both("sentence", "Le stock déclaré couvre 1,2 mois ; 2 mois sont exigés.", "The stock covers 1.2 months; 2 months are required."),
    "kind": "safety_stock",
    "stock_packs": "57600",
    "floor_packs": "96000",
    "missing_packs": "38400",
    "floor_months": "2",
    "coverage_months": "1.2",
}
_HUB = {**_COMMON, **_both("headline", "Un émetteur se tait", "A sender is silent"), "kind": "hub", "name": "wholesaler-07"}

_FINDING = {
    **_COMMON,
    **_both("headline", f"{_NAME} : moins de dix jours de stock", f"{_NAME}: less than ten days of stock"),
    **_both(
        "sentence",
        f"{_NAME} : le stock disponible couvre 8,5 jours au niveau national depuis le 12/11/2026 ; le seuil est de 10 jours.",
        f"{_NAME}: the saleable stock covers 8.5 days nationally since 2026-11-12; the threshold is 10 days.",
    ),
    **_both("instruction", "Demandez au laboratoire son calendrier de livraison.", "Ask the company for its delivery schedule."),
    **_both(
        "decision",
        "Décision du 22/11/2026 : non transmis. Motif : stock suffisant",
        "Decision of 2026-11-22: not reported. Reason: stock suffisant",
    ),
    "kind": "coverage",
    "url": "https://agency.example/medicines/60000001",
    "figures": _json(
        {"daily_use_packs": 6776, "market_share_pct": 62.5, "national_days": 8.5, "regions_count": 3, "saleable_packs": 57600}
    ),
    "deadlines": _json(
        [
            {
                "duty": "undeclared",
                "what_fr": "déclaration attendue",
                "what_en": "declaration awaited",
                "due": "2026-11-24T23:00:00Z",
                "basis": "internal",
                "article": "CSP L.5121-32",
                "met_at": None,
            },
            {
                "duty": "public_announcement",
                "what_fr": "annonce publique",
                "what_en": "public announcement",
                "due": "2026-11-21T09:30:00Z",
                "basis": "law",
                "article": "CSP R.5312-1",
                "met_at": None,
            },
            {
                "duty": "plan",
                "what_fr": "plan de gestion des pénuries de l’année",
                "what_en": "this year’s shortage management plan",
                "due": "2026-12-31T23:00:00Z",
                "basis": "law",
                "article": "CSP L.5121-31",
                "met_at": "2026-11-20T10:00:00Z",
            },
        ]
    ),
}

_DEVICE = {
    **{k: v for k, v in _FINDING.items() if k != "cis"},
    **_both("headline", "Cathéter Exemple : interruption de fourniture", "Cathéter Exemple: interruption of supply"),
    **_both(
        "sentence",
        "Cathéter Exemple : Fabricant Exemple annonce une interruption de la fourniture du 01/08/2027 au 30/11/2027.",
        "Cathéter Exemple: Fabricant Exemple announces an interruption of supply from 2027-08-01 to 2027-11-30.",
    ),
    **_both("instruction", "Faites l’état de vos stocks.", "Take stock of what you hold."),
    "kind": "device",
    "name": "Cathéter Exemple",
    "company_name": "Fabricant Exemple",
    "alternatives": "Cathéter Autre",
    "context": "component: resin",
    "risk": "no equivalent",
    "figures": _json({"devices_count": 2, "interruption_days": 121, "notice_days": 252}),
    "devices": _json(
        [
            {
                "name": "Cathéter Exemple",
                "udi_di": "00844588018923",
                "model": "M1",
                "emdn": "C010101",
                "risk_class": "IIa",
                "status": "fsca",
            },
            {"name": "Cathéter Exemple", "udi_di": "04006381333931", "status": "on_market"},
        ]
    ),
    "measures": _json([{"code": "import", "detail": "", "status": "agreed"}]),
}

_DIGEST = {
    "name": _NAME,
    "at": _AT,
    "severity": "severe",
    "merged": "3",
    "items": _json(
        [
            _DEFECT | {"alert_id": "alr_example"},
            _SHORTAGE | {"alert_id": "alr_other", "name": "AUTREMYCINE 250 mg, comprimé", "purpose": "update", "version": "4"},
            _SHORTAGE | {"alert_id": "alr_third", "name": "TIERSMYCINE 1 g, poudre", "purpose": "all_clear", "version": "2"},
        ]
    ),
    "standing": _json(
        [
            {"alert_id": "alr_4", **_both("headline", "QUARTOMYCINE : tension", "QUARTOMYCINE: supply tension")},
            {"alert_id": "alr_5", **_both("sentence", "QUINTOMYCINE : rupture.", "QUINTOMYCINE: stock-out.")},
        ]
    ),
    "standing_more": "7",
}

_SILENCE = {
    "name": "sil_example",
    "at": _AT,
    "silence_id": "sil_example",
    "reason": "Arrêt annuel de l’usine / yearly shutdown",
    "ends": "2026-11-22T21:00:00Z",
    "matchers": '{kind="shortage",severity=~"minor|info"}',
}

_FULL = {
    "finding": _FINDING,
    "device": _DEVICE,
    "declared": _SHORTAGE,
    "published": _SHORTAGE,
    "safety_stock": _STOCK,
    "defect": _DEFECT,
    "hub": _HUB,
    "digest": _DIGEST,
    "silence_ending": _SILENCE,
}


def sample(template: str, purpose: Purpose = Purpose.ALERT, *, bare: bool = False, nature: Nature = Nature.ACTUAL) -> Notice:
    """A notice of this template with every parameter, or with none but the name (which every alert has). KeyError if unknown."""
    full = _FULL[template]
    return Notice(
        nature=nature,
        notice_id=f"ntc_example_{template}",
        group_key="alr_example",
        alerts=(AlertRef(alert_id="alr_example", version=2),),
        purpose=purpose,
        lane=Lane.URGENT if template == "defect" else Lane.NORMAL,
        audience=Audience(filter=AudienceFilter()),
        channels=(Channel.EMAIL,),
        template=template,
        params={"name": full["name"]} if bare else full,
        not_before=datetime(2026, 11, 22, 6, 30, tzinfo=UTC),
        reason=NoticeReason(rule="example"),
    )
