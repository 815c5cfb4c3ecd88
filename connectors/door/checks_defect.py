"""Quality defects of medicines."""

from __future__ import annotations

from datetime import datetime

from alertcore.identifiers import eu_number
from alertcore.records.defect import DefectScope, QualityDefect
from connectors.door.checks import check_cip13, check_cis, check_known, check_org, check_past
from connectors.door.findings import Findings


def check_defect(value: QualityDefect, now: datetime, found: Findings) -> None:
    """What decides who is told must be known: step, class, risk, falsification, species."""
    for where in ("step", "scope", "serious_risk", "falsified"):
        check_known(getattr(value, where), where, found)
    check_known(value.class_, "class", found)
    check_known(value.product.species, "product.species", found)
    for i, action in enumerate(value.actions):
        check_known(action, f"actions[{i}]", found)
    for where in ("received_at", "serious_risk_at", "decided_at", "reached_patients_at"):
        check_past(getattr(value, where), now, where, found)
    if value.product.cis is not None:
        check_cis(value.product.cis, "product.cis", found)
    for i, batch in enumerate(value.batches):
        if batch.cip13 is not None:
            check_cip13(batch.cip13, f"batches[{i}].cip13", found)
    if value.scope is DefectScope.BATCH and not value.batches:
        found.remark("batches", "missing", "the scope is batch, and no batch is named")
    for i, number in enumerate(value.product.ma_numbers):
        if number.startswith("EU/") and eu_number(number) is None:
            found.remark(f"product.ma_numbers[{i}]", "ma_number", "expected EU/1/, the year, and a number of 3 or 4 digits")
    for where in ("ma_holder", "manufacturer", "recalling_firm"):
        check_org(getattr(value, where), where, found)
