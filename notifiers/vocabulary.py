"""Codes in words, French and English; an unknown code is shown as it is, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

DEFECT_CLASSES: Words = {
    "i": ("classe I – risque potentiellement vital ou grave", "class I – potentially life-threatening or serious risk"),
    "ii": ("classe II – risque de maladie ou de traitement inadapté", "class II – may cause illness or mistreatment"),
    "iii": ("classe III – pas de risque notable", "class III – no significant hazard"),
    "unassigned": ("classe non encore attribuée", "class not yet assigned"),
}
SHORT_CLASSES: Words = {
    "i": ("classe I", "class I"),
    "ii": ("classe II", "class II"),
    "iii": ("classe III", "class III"),
    "unassigned": ("classe à déterminer", "class not yet assigned"),
}
FALSIFIED: Words = {
    "suspected": ("falsification suspectée", "falsification suspected"),
    "confirmed": ("falsification confirmée", "falsification confirmed"),
}
SERIOUS_RISK: Words = {
    "unassessed": ("non encore évalué", "not yet assessed"),
    "suspected": ("suspecté", "suspected"),
    "confirmed": ("confirmé", "confirmed"),
    "excluded": ("écarté", "excluded"),
}
ACTIONS: Words = {
    "recall": ("rappel", "recall"),
    "withdrawal": ("retrait", "withdrawal"),
    "quarantine": ("mise en quarantaine", "quarantine"),
    "caution_in_use": ("précautions d’emploi", "caution in use"),
    "user_alert": ("information des utilisateurs", "alert to users"),
}
LEVELS: Words = {
    "wholesale": ("grossistes et dépositaires", "wholesalers and depositaries"),
    "retail_hospital": ("pharmacies et établissements de santé", "pharmacies and hospitals"),
    "patient": ("jusqu’aux patients", "down to patients"),
}
NATURES: Words = {
    "rupture": ("rupture de stock", "stock-out"),
    "risque": ("risque de rupture de stock", "risk of a stock-out"),
    "arret": ("arrêt de commercialisation", "marketing stop"),
}
STATUSES: Words = {
    "1": ("rupture de stock", "out of stock"),
    "2": ("tension d’approvisionnement", "supply tension"),
    "3": ("arrêt de commercialisation", "marketing stop"),
    "4": ("remise à disposition", "back in supply"),
}
CIRCUITS: Words = {
    "ville": ("pharmacies de ville", "community pharmacies"),
    "hopital": ("hôpital", "hospitals"),
    "both": ("ville et hôpital", "community and hospital"),
}
SEVERITIES: Words = {
    "info": ("information", "information"),
    "minor": ("mineure", "minor"),
    "moderate": ("modérée", "moderate"),
    "severe": ("grave", "severe"),
    "critical": ("critique", "critical"),
}
MEASURE_STATES: Words = {
    "proposed": ("proposée", "proposed"),
    "agreed": ("acceptée", "agreed"),
    "refused": ("refusée", "refused"),
    "in_force": ("en vigueur", "in force"),
    "ended": ("terminée", "ended"),
}
MEASURES: Words = {
    "rationing_quantity": ("contingentement quantitatif", "limited quantities"),
    "rationing_reserved": ("contingentement qualitatif", "reserved for patients without an alternative"),
    "channel_restriction": ("restriction du circuit de distribution", "restricted distribution channel"),
    "top_up_stock": ("mise en place d’un stock de dépannage", "emergency top-up stock"),
    "import": ("importation", "import"),
    "regulatory_flexibility": ("flexibilité réglementaire", "regulatory flexibility"),
    "made_available": ("mise à disposition", "made available"),
    "police_restrict_exploitation": ("exploitation restreinte par décision de police", "marketing restricted by police decision"),
    "police_suspend_exploitation": ("exploitation suspendue par décision de police", "marketing suspended by police decision"),
    "police_restrict_export": ("exportation restreinte par décision de police", "export restricted by police decision"),
    "police_suspend_export": ("exportation suspendue par décision de police", "export suspended by police decision"),
    "police_restrict_wholesale": ("distribution en gros restreinte par décision de police", "wholesale restricted by police decision"),
    "police_suspend_wholesale": ("distribution en gros suspendue par décision de police", "wholesale suspended by police decision"),
    "police_import": ("importation d’alternatives imposée", "import of alternatives ordered"),
    "recommendations": ("recommandations de prise en charge", "recommendations for care"),
    "preparations": ("préparations magistrales ou hospitalières", "magistral or hospital preparations"),
    "none": ("pas de mesure", "no measure"),
}
CAUSES: Words = {
    "manufacturing": ("problème de fabrication", "manufacturing problem"),
    "capacity": ("capacité de production insuffisante", "insufficient production capacity"),
    "raw_material": ("défaut d’approvisionnement en matière première", "raw-material supply"),
    "packaging_article": ("défaut d’approvisionnement en article de conditionnement", "packaging supply"),
    "gmp_noncompliance": ("non-conformité BPF", "GMP non-compliance"),
    "sales_increase": ("augmentation du volume de vente", "rise in sales"),
    "regulatory": ("problème réglementaire", "regulatory problem"),
    "transport": ("problème de transport ou de logistique", "transport or logistics problem"),
    "site_transfer": ("transfert de site", "transfer of site"),
    "marketing_stop": ("arrêt de commercialisation", "marketing stop"),
    "other": ("autre", "other"),
}


def word(words: Words, code: str, language: str) -> str:
    """The words for a code; French for `fr`, English for everything else."""
    pair = words.get(code)
    return code.replace("_", " ") if pair is None else pair[0 if language == "fr" else 1]
