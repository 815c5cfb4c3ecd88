"""Words of the declarations: causes and measures with the exact labels of the agency's open data, and how often each is drawn."""

# (code, label, weight)
CAUSES = (
    ("manufacturing", "Incident de production", 14),
    ("manufacturing", "Problème qualité : Analyse non conforme", 5),
    ("manufacturing", "Défaut qualité produit fini", 4),
    ("capacity", "Capacité de production insuffisante", 22),
    ("raw_material", "Défaut d'approvisionnement en Matière Première", 13),
    ("packaging_article", "Défaut d'approvisionnement en Article de Conditionnement", 6),
    ("gmp_noncompliance", "Non-conformité BPF", 3),
    ("sales_increase", "Augmentation du volume de vente", 17),
    ("regulatory", "Problème réglementaire", 4),
    ("transport", "Problème de transport/logistique", 6),
    ("site_transfer", "Transfert de site", 4),
    ("other", "Autre", 2),
)
STOP_CAUSE = ("marketing_stop", "Arrêt de commercialisation")
# (code, label, weight); most declarations lead to no measure.
MEASURES = (
    ("none", "Pas de mesure", 60),
    ("rationing_quantity", "Contingentement quantitatif", 18),
    ("rationing_reserved", "Contingentement qualitatif", 6),
    ("channel_restriction", "Restriction du circuit de distribution", 3),
    ("top_up_stock", "Mise en place d'un stock de dépannage", 5),
    ("import", "Importation", 6),
    ("regulatory_flexibility", "Flexibilité réglementaire", 2),
)
EXPORT_COUNTRIES = ("BE", "DE", "ES", "IT", "PT", "MA", "TN")
HOSPITAL_FORMS = ("injectable", "perfusion", "gaz", "dialyse")
