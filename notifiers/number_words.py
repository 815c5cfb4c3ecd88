"""Names and units of the numbers that findings carry, French and English; the unit is the last part of a number's name."""

from __future__ import annotations

from collections.abc import Mapping

from notifiers.vocabulary import Words

UNITS: Mapping[str, tuple[int, tuple[str, str], tuple[str, str]]] = {
    "working_days": (0, ("jour ouvré", "jours ouvrés"), ("working day", "working days")),
    "packs": (0, ("boîte", "boîtes"), ("pack", "packs")),
    "days": (1, ("jour", "jours"), ("day", "days")),
    "hours": (1, ("heure", "heures"), ("hour", "hours")),
    "months": (1, ("mois", "mois"), ("month", "months")),
    "pct": (1, ("%", "%"), ("%", "%")),
    "units": (0, ("unité", "unités"), ("unit", "units")),
    "weekly_count": (1, ("", ""), ("", "")),
    "cusum_count": (1, ("", ""), ("", "")),
    "count": (0, ("", ""), ("", "")),
}
"""By the end of the name: digits after the decimal sign, then one and many in French and in English."""

INTERNAL = ("_flag", "_unix_s", "_version")
"""Ends of names that are for programs and not for readers."""

FIGURES: Words = {
    "able_count": ("équivalents disponibles", "equivalents available"),
    "alerts_count": ("alertes", "alerts"),
    "at_risk_count": ("équivalents à risque", "equivalents at risk"),
    "changes_count": ("variations observées", "changes observed"),
    "circuits_count": ("circuits", "circuits"),
    "class_ruptures_count": ("médicaments de la classe en rupture", "medicines of the class out of stock"),
    "coverage_months": ("couverture", "coverage"),
    "daily_net_least_packs": ("variation quotidienne, au moins", "daily change, at least"),
    "daily_net_most_packs": ("variation quotidienne, au plus", "daily change, at most"),
    "daily_net_packs": ("variation quotidienne médiane", "median daily change"),
    "daily_use_packs": ("consommation quotidienne", "daily use"),
    "declaration_delay_hours": ("délai de déclaration", "delay of the declaration"),
    "declarations_count": ("déclarations de la semaine", "declarations of the week"),
    "devices_count": ("dispositifs concernés", "devices concerned"),
    "equivalents_at_risk_count": ("équivalents à risque", "equivalents at risk"),
    "equivalents_short_count": ("équivalents aussi en pénurie", "equivalents short too"),
    "excess_cusum_count": ("cumul des écarts (CUSUM)", "cumulated excess (CUSUM)"),
    "floor_days": ("délai jusqu’au plancher légal", "time to the legal floor"),
    "floor_months": ("stock de sécurité exigé", "required safety stock"),
    "floor_packs": ("stock de sécurité exigé", "required safety stock"),
    "grace_hours": ("délai laissé", "time given"),
    "hopital_coverage_months": ("couverture à l’hôpital", "coverage in hospitals"),
    "interruption_days": ("durée de l’interruption", "length of the interruption"),
    "interval_days": ("intervalle habituel", "usual interval"),
    "known_here_count": ("médicaments connus avec cette substance", "medicines known with this substance"),
    "limit_working_days": ("délai admis", "time allowed"),
    "lots_count": ("lots", "batches"),
    "manufacturer_days": ("stock des industriels", "stock of manufacturers"),
    "market_share_pct": ("part de marché", "market share"),
    "matters_count": ("points à traiter", "matters to deal with"),
    "mean_month_packs": ("ventes d’un mois moyen", "sales of a mean month"),
    "measures_count": ("mesures", "measures"),
    "missing_packs": ("manque", "missing"),
    "monthly_sales_packs": ("ventes mensuelles", "monthly sales"),
    "national_days": ("stock national", "national stock"),
    "notice_days": ("préavis", "notice given"),
    "notice_missing_days": ("préavis manquant", "notice missing"),
    "other_countries_count": ("autres pays, pour information", "other countries, for information"),
    "pharmacies_count": ("pharmacies non servies à temps, au moins", "pharmacies not supplied in time, at least"),
    "pharmacy_days": ("stock des pharmacies", "stock of pharmacies"),
    "reach_pct": ("rappel exécuté", "recall carried out"),
    "regions_count": ("régions concernées", "regions concerned"),
    "reserve_packs": ("réserve", "reserve"),
    "saleable_packs": ("stock disponible", "saleable stock"),
    "set_aside_packs": ("boîtes mises de côté", "packs set aside"),
    "short_count": ("équivalents en pénurie", "equivalents short"),
    "short_here_count": ("médicaments en pénurie en France", "medicines short in France"),
    "short_pct": ("part des équivalents en pénurie", "share of equivalents short"),
    "states_count": ("États de l’UE ou de l’EEE concernés", "EU or EEA states concerned"),
    "stock_packs": ("stock déclaré", "declared stock"),
    "usual_weekly_count": ("déclarations d’une semaine habituelle", "declarations of a usual week"),
    "ville_coverage_months": ("couverture en ville", "coverage in the community"),
    "weeks_count": ("semaines de référence", "weeks of reference"),
    "wholesaler_days": ("stock des grossistes-répartiteurs", "stock of wholesalers"),
    "zero_days": ("délai jusqu’à l’épuisement", "time until stock is gone"),
}
"""A number that stands not here is shown under its own name, without underscores."""
