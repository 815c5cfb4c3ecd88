"""Quality defects: the reason of real recalls, real lot numbers of another list, put on medicines of the sample.

The product of each record is chosen for the exercise: nothing is known against it.
"""

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

from connectors.source_text import JsonObject
from tocsin.demo.derivation.defect_texts import STORIES, Story
from tocsin.demo.derivation.reading import UnusableSourceError, file_bytes

SEED = "tocsin defects 2026-01-26"
# A lot number as printed, alone in its field: no list, no range, no remark.
_LOT = re.compile(r"(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{3,11}")
NOTICE_FR = "Exemple de démonstration, sans rapport avec un défaut réel de ce médicament : "
NOTICE_EN = "Demonstration example, unrelated to any real defect of this medicine: "


def defects(shared: Path, products: list[JsonObject], companies: list[JsonObject]) -> list[JsonObject]:
    """QualityDefect records (JSON form) in the order in which they were received. Raises UnusableSourceError."""
    reasons = _reasons(shared)
    owners = {str(row["id"]): {"id": row["id"], "scheme": "agency", "name": row["name"], "country": row["country"]} for row in companies}
    chance = Random(SEED)  # noqa: S311 - a repeatable draw is wanted
    lots = sorted(set(_lots(shared)))
    batches: dict[str, list[JsonObject]] = {}
    records: list[JsonObject] = []
    for story in STORIES:
        packs = _medicine(story, products)
        if story.defect not in batches:
            batches[story.defect] = [_batch(str(packs[0]["cip13"]), lot, chance) for lot in chance.sample(lots, story.lots)]
        records.append(_record(story, packs, owners[str(packs[0]["company"])], batches[story.defect], reasons[story.source]))
    return records


def _reasons(shared: Path) -> dict[str, str]:
    text = file_bytes(shared / "fda-rappels/drug_enforcement_2021-2023.csv").decode("utf-8")
    reasons = {row["recall_number"]: " ".join(row["reason_for_recall"].split()) for row in csv.DictReader(text.splitlines())}
    missing = {story.source for story in STORIES} - reasons.keys()
    if missing:
        raise UnusableSourceError(f"recalls missing in the FDA file: {', '.join(sorted(missing))}")
    return reasons


def _lots(shared: Path) -> Iterator[str]:
    rows = json.loads(file_bytes(shared / "tfda-rappels/recalls_2008-2021.json"))
    return (row["批號"] for row in rows if _LOT.fullmatch(row["批號"] or ""))


def _medicine(story: Story, products: list[JsonObject]) -> list[JsonObject]:
    """The packs of the first medicine of the sample with that substance and form, a marketed one if there is one."""
    fitting = [row for row in products if story.form in str(row["form"]) and story.substance in _first_substance(row)]
    if not fitting:
        raise UnusableSourceError(f"no medicine of the sample has {story.substance} as {story.form}")
    cis = min(fitting, key=lambda row: (not row["marketed"], str(row["cis"])))["cis"]
    return [row for row in fitting if row["cis"] == cis]


def _first_substance(product: JsonObject) -> str:
    substances = product["substances"]
    return str(substances[0]["name"]) if isinstance(substances, list) and substances else ""


def _batch(cip13: str, lot: str, chance: Random) -> JsonObject:
    year, month = chance.choice((2026, 2027, 2028)), chance.randrange(3, 13)
    last = date(year + month // 12, month % 12 + 1, 1).toordinal() - 1
    day = date.fromordinal(last).isoformat()
    return {"cip13": cip13, "lot": lot, "expiry": {"text": f"{month:02d}/{year}", "date": day, "precision": "month"}}


def _record(story: Story, packs: list[JsonObject], owner: JsonObject, batches: list[JsonObject], reason: str) -> JsonObject:
    ids: JsonObject = {"defect_id": f"{story.defect}-{'01' if story.step == 'initial' else '02'}", "step": story.step}
    if story.step != "initial":
        ids["previous_id"] = f"{story.defect}-01"
    return {
        **ids,
        "received_at": story.received_at,
        "scope": story.scope,
        "product": _product(packs[0]),
        "batches": batches,
        "defect_type": story.defect_type,
        "details": f"{NOTICE_FR}{story.details_fr}.\n{NOTICE_EN}{reason.rstrip('.')}.",
        "falsified": "no",
        "distribution": story.distribution,
        "ma_holder": owner,
        "recalling_firm": owner,
        "files": [],
        **story.extra,
    }


def _product(pack: JsonObject) -> JsonObject:
    substances = pack["substances"]
    rows = substances if isinstance(substances, list) else []
    return {
        "name": pack["name"],
        "cis": pack["cis"],
        "ma_numbers": [],
        "inn": ", ".join(str(row["name"]) for row in rows),
        "form": pack["form"],
        "strength": ", ".join(str(row["strength"]) for row in rows if "strength" in row),
        "pack": f"CIP {pack['cip13']}",
        "species": "human",
    }
