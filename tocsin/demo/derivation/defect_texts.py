"""The stories of the demonstration's quality defects: which real recall the reason comes from, and what the record says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.source_text import JsonObject


@dataclass(frozen=True, slots=True)
class Story:
    """One record. `source` is an FDA recall number; `substance` and `form` select the French medicine.

    `defect` is the id of the defect: a story with `step` update follows the one before it with the same id.
    """

    defect: str
    source: str
    substance: str
    form: str
    received_at: str
    defect_type: str
    details_fr: str
    extra: Mapping[str, object]
    lots: int = 2
    step: str = "initial"
    scope: str = "batch"
    distribution: JsonObject = field(default_factory=lambda: {"known": False, "countries": [], "text": ""})


def _known(*countries: str) -> JsonObject:
    return {"known": True, "countries": list(countries), "text": "Hôpitaux et grossistes / hospitals and wholesalers"}


STORIES = (
    Story(
        *("demo-defect-01", "D-0235-2024", "ATROPINE", "collyre", "2026-01-23T08:10:00Z", "particulate_matter"),
        "présence de particules identifiées comme du verre",
        {"class": "i", "serious_risk": "confirmed", "serious_risk_at": "2026-01-23T08:30:00Z", "actions": ["recall", "quarantine"]}
        | {"level": "patient", "reached_patients": "yes", "reached_patients_at": "2026-01-23T08:35:00Z", "source": "company"}
        | {"decided_at": "2026-01-23T08:40:00Z"},
    ),
    Story(
        *("demo-defect-02", "D-0763-2022", "ADRÉNALINE", "injectable", "2026-01-23T10:05:00Z", "delivery_device"),
        "obstruction possible de l'aiguille empêchant l'administration",
        {"class": "unassigned", "serious_risk": "suspected", "serious_risk_at": "2026-01-23T10:05:00Z", "actions": ["quarantine"]}
        | {"level": "retail_hospital", "reached_patients": "unknown", "source": "hospital"},
    ),
    Story(
        *("demo-defect-02", "D-0763-2022", "ADRÉNALINE", "injectable", "2026-01-23T15:30:00Z", "delivery_device"),
        "obstruction de l'aiguille confirmée par l'enquête ; des patients ont été servis",
        {"class": "i", "serious_risk": "confirmed", "serious_risk_at": "2026-01-23T10:05:00Z", "actions": ["recall", "user_alert"]}
        | {"level": "patient", "reached_patients": "yes", "reached_patients_at": "2026-01-23T15:00:00Z", "source": "hospital"}
        | {"decided_at": "2026-01-23T15:40:00Z"},
        step="update",
    ),
    Story(
        *("demo-defect-03", "D-0754-2022", "QUINAPRIL", "comprimé", "2026-01-23T13:45:00Z", "impurity"),
        "impureté N-nitroso-quinapril au-dessus de la limite journalière acceptable",
        {"class": "ii", "serious_risk": "excluded", "actions": ["recall"], "level": "retail_hospital", "reached_patients": "yes"}
        | {"reached_patients_at": "2026-01-23T14:00:00Z", "source": "company", "decided_at": "2026-01-23T14:30:00Z"},
        lots=5,
        distribution=_known("FR", "BE", "ES"),
    ),
    Story(
        *("demo-defect-04", "D-0227-2021", "METFORMINE", "comprimé", "2026-01-24T09:20:00Z", "impurity"),
        "impureté N-nitrosodiméthylamine (NDMA) au-dessus de la limite acceptable",
        {"class": "ii", "serious_risk": "excluded", "actions": ["recall"], "level": "retail_hospital", "reached_patients": "unknown"}
        | {"source": "company", "decided_at": "2026-01-24T10:00:00Z"},
        lots=3,
    ),
    Story(
        *("demo-defect-05", "D-0097-2023", "HÉPARINE", "injectable", "2026-01-24T11:15:00Z", "sterility_assurance"),
        "défaut d'assurance de stérilité : fuites possibles du conditionnement",
        {"class": "ii", "serious_risk": "excluded", "actions": ["recall", "quarantine"], "level": "retail_hospital", "source": "authority"}
        | {"reached_patients": "no", "decided_at": "2026-01-24T12:00:00Z"},
        distribution=_known("FR", "US"),
    ),
    Story(
        *("demo-defect-06", "D-0439-2021", "AMOXICILLINE", "comprimé", "2026-01-25T08:50:00Z", "temperature_excursion"),
        "exposition intermittente à des températures hors des conditions de conservation",
        {"class": "ii", "serious_risk": "excluded", "actions": ["recall"], "level": "wholesale", "reached_patients": "no"}
        | {"source": "company", "decided_at": "2026-01-25T09:30:00Z"},
        distribution=_known("FR"),
    ),
    Story(
        *("demo-defect-07", "D-0088-2024", "LÉVOTHYROXINE", "capsule", "2026-01-25T14:20:00Z", "labelling"),
        "code-barres erroné sur une partie des plaquettes",
        {"class": "iii", "serious_risk": "excluded", "actions": ["caution_in_use"], "level": "wholesale", "reached_patients": "unknown"}
        | {"source": "pharmacist", "decided_at": "2026-01-25T15:00:00Z"},
        lots=1,
    ),
    Story(
        *("demo-defect-08", "D-0752-2022", "MÉTHYLPREDNISOLONE", "injectable", "2026-01-26T07:55:00Z", "assay"),
        "teneur en substance active inférieure à la spécification",
        {"class": "iii", "serious_risk": "excluded", "actions": ["withdrawal"], "level": "wholesale", "reached_patients": "no"}
        | {"source": "company", "decided_at": "2026-01-26T08:30:00Z"},
        lots=1,
    ),
    Story(
        *("demo-defect-09", "D-0611-2021", "INSULINE", "injectable", "2026-01-26T09:40:00Z", "temperature_excursion"),
        "conservation au-dessous de 0 °C : perte d'efficacité et dommages au dispositif possibles",
        {"class": "unassigned", "serious_risk": "suspected", "serious_risk_at": "2026-01-26T09:40:00Z", "actions": ["quarantine"]}
        | {"level": "retail_hospital", "reached_patients": "unknown", "source": "patient_via_professional"},
    ),
    Story(
        *("demo-defect-10", "D-0310-2021", "TADALAFIL", "comprimé", "2026-01-26T11:25:00Z", "falsification"),
        "boîtes suspectées falsifiées : composition différente de celle déclarée",
        {"class": "unassigned", "serious_risk": "suspected", "serious_risk_at": "2026-01-26T11:25:00Z", "actions": ["quarantine"]}
        | {"level": "retail_hospital", "reached_patients": "unknown", "source": "pharmacist", "falsified": "suspected"}
        | {"falsification_note": "Suspected falsified: contents not as labelled"},
        lots=1,
    ),
)
