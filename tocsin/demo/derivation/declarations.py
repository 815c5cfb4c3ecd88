"""Declarations made from the published availability statuses: real medicines, natures and dates; drawn causes and measures."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from connectors.source_text import JsonObject
from tocsin.demo.derivation import vocabulary as words

SEED = "tocsin declarations 2026-01-26"
LISTED = date(2026, 1, 26)
LATE, OVERDUE, SHORT_NOTICE = 0.08, 0.04, 0.2
"""Shares of declarations that come late, of returns that have passed without news, and of stops with too short a notice."""
WANTED = {1: 80, 2: 140, 3: 40, 4: 36}
"""Medicines of each status that make declarations; a return makes two (the initial one and the return)."""
NATURES = {1: "rupture", 2: "risque", 3: "arret"}


def declarations(statuses: tuple[JsonObject, ...], products: list[JsonObject], companies: list[JsonObject]) -> list[JsonObject]:
    """Declaration records (JSON form) in the order in which they were declared."""
    known = {str(product["cis"]): product for product in reversed(products)}
    orgs = {str(row["id"]): _org(row) for row in companies}
    chance = Random(SEED)  # noqa: S311 - a repeatable draw is wanted
    records: list[JsonObject] = []
    for number, status in enumerate(_chosen(statuses, known), start=1):
        product = known[str(status["cis"])]
        records += _case(number, status, product, orgs[str(product["company"])], known, chance)
    return sorted(records, key=lambda record: (str(record["declared_at"]), str(record["declaration_id"])))


def _org(company: JsonObject) -> JsonObject:
    return {"id": company["id"], "scheme": "agency", "name": company["name"], "country": company["country"]}


def _chosen(statuses: tuple[JsonObject, ...], known: dict[str, JsonObject]) -> list[JsonObject]:
    """The newest row of each medicine of the sample, then the most recently updated of each status."""
    newest: dict[str, JsonObject] = {}
    for row in statuses:
        cis = str(row["cis"])
        if cis in known and ("start" in row and "updated" in row) and str(row["updated"]) >= str(newest.get(cis, row)["updated"]):
            newest[cis] = row
    ordered = sorted(newest.values(), key=lambda row: (str(row["updated"]), str(row["cis"])), reverse=True)
    return [row for code, count in WANTED.items() for row in [row for row in ordered if row["code"] == code][:count]]


def _case(
    number: int, status: JsonObject, product: JsonObject, company: JsonObject, known: dict[str, JsonObject], chance: Random
) -> list[JsonObject]:
    """One declaration, or two for a medicine that came back."""
    nature = NATURES.get(_code(status)) or chance.choice(("rupture", "risque"))
    start, updated = _day(status, "start"), _day(status, "updated")
    declared = min(start, updated)
    first = _initial(number, nature, status, product, company, declared, chance)
    if nature == "arret":
        _add_stop(first, product, known, declared, max(start, updated), chance)
    if _code(status) != 4 or "returned" not in status:
        return [first]
    return [first, _return(first, status, updated, chance)]


def _code(status: JsonObject) -> int:
    code = status["code"]
    return code if isinstance(code, int) else 0


def _day(status: JsonObject, name: str) -> date:
    return date.fromisoformat(str(status[name]))


def _moment(day: date, chance: Random) -> str:
    """Some minute of the working day, as RFC 3339 in UTC."""
    at = datetime.combine(day, time(7), UTC) + timedelta(minutes=chance.randrange(0, 600))
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _initial(
    number: int, nature: str, status: JsonObject, product: JsonObject, company: JsonObject, declared: date, chance: Random
) -> JsonObject:
    days = chance.randrange(20, 240, 5)
    record: JsonObject = {
        "declaration_id": f"demo-declaration-{number:04d}-01",
        "case_ref": f"{declared.year}-RS-{number:03d}",
        "step": "initial",
        "nature_declared": nature,
        "cis": status["cis"],
        "cip13s": [] if status["cip13"] == "*" else [status["cip13"]],
        "company": company,
        "ma_holder": company,
        "known_at": _moment(declared - timedelta(days=chance.randrange(2, 12) if chance.random() < LATE else 0), chance),
        "declared_at": _moment(declared, chance),
        "circuits": [_circuit(name, status, days, nature, chance) for name in _circuits(product, chance)],
        "causes": [_cause(nature, chance)],
        "context": f"Statut publié : {status['raw_label']}",
        "alternatives": [],
        "risk": "",
        "measures": _measures(number, declared, chance),
        "exports": [_export(chance)] if chance.random() < 0.2 else [],
        "files": [],
        "raw": {"url": str(status["url"]), "code": str(status["code"])},
    }
    record["known_at"] = min(str(record["known_at"]), str(record["declared_at"]))
    return {**record, "atc": product["atc"]} if "atc" in product else record


def _circuits(product: JsonObject, chance: Random) -> list[str]:
    """Mostly the circuit that the form suggests; one in four concerns both."""
    if chance.random() < 0.25:
        return ["ville", "hopital"]
    return ["hopital" if any(word in str(product["form"]) for word in words.HOSPITAL_FORMS) else "ville"]


def _circuit(name: str, status: JsonObject, days: int, nature: str, chance: Random) -> JsonObject:
    """What a company keeps up to date: the return it expects lies ahead, of the list's day or of the day it was back; seldom not."""
    start = _day(status, "start")
    circuit: JsonObject = {
        "circuit": name,
        "start": {"date": start.isoformat(), "certainty": "actual" if nature != "risque" else "estimated"},
    }
    if nature == "arret" or chance.random() < 0.15:
        return circuit
    kept = _day(status, "returned") if "returned" in status else LISTED
    back = start + timedelta(days=days)
    if back < kept and chance.random() >= OVERDUE:
        back = kept + timedelta(days=chance.randrange(5, 120))
    return {**circuit, "expected_return": {"date": back.isoformat(), "certainty": "estimated"}, "duration_days": (back - start).days}


def _cause(nature: str, chance: Random) -> JsonObject:
    if nature == "arret":
        return {"code": words.STOP_CAUSE[0], "raw": words.STOP_CAUSE[1]}
    code, label, _ = chance.choices(words.CAUSES, weights=[row[2] for row in words.CAUSES])[0]
    return {"code": code, "raw": label}


def _measures(number: int, declared: date, chance: Random) -> list[JsonObject]:
    code, label, _ = chance.choices(words.MEASURES, weights=[row[2] for row in words.MEASURES])[0]
    if code == "none":
        return []
    measure: JsonObject = {"measure_id": f"demo-measure-{number:04d}", "code": code, "detail": label, "status": "proposed"}
    if chance.random() < 0.5:
        return [measure]
    agreed = _moment(declared + timedelta(days=1), chance)
    return [{**measure, "status": "agreed", "agreed_at": agreed, "from": (declared + timedelta(days=2)).isoformat()}]


def _export(chance: Random) -> JsonObject:
    return {"country": chance.choice(words.EXPORT_COUNTRIES), "text": "Livraisons réduites"}


def _add_stop(record: JsonObject, product: JsonObject, known: dict[str, JsonObject], declared: date, effect: date, chance: Random) -> None:
    needed = 366 if product["mitm"] else 62
    notice = 0 if chance.random() < SHORT_NOTICE else chance.randrange(needed, 2 * needed)
    record["stop"] = {
        "kind": "stop",
        "notified_on": (min(declared, effect) - timedelta(days=notice)).isoformat(),
        "effect_on": effect.isoformat(),
        "emergency": False,
        "off_patent": bool(product["groups"]),
        "reasons": "Arrêt de commercialisation déclaré par l'entreprise",
    }
    others = sorted(cis for cis, other in known.items() if cis != product["cis"] and _replaces(other, product))
    if others and chance.random() < 0.7:
        record["alternatives"] = [{"subject": {"kind": "cis", "id": others[0]}, "text": str(known[others[0]]["name"])}]


def _replaces(other: JsonObject, product: JsonObject) -> bool:
    """Marketed, same active substances and same kind of form; the strength may differ."""
    same_form = str(other["form"]).split()[:1] == str(product["form"]).split()[:1]
    return bool(other["marketed"]) and same_form and _codes(other) == _codes(product) != set()


def _codes(product: JsonObject) -> set[str]:
    substances = product["substances"]
    return {str(row["code"]) for row in substances} if isinstance(substances, list) else set()


def _return(first: JsonObject, status: JsonObject, updated: date, chance: Random) -> JsonObject:
    circuits = first["circuits"]
    names = [str(circuit["circuit"]) for circuit in circuits] if isinstance(circuits, list) else []
    back = {"date": status["returned"], "certainty": "actual"}
    declared_at = max(_moment(updated, chance), str(first["declared_at"]))
    return {
        **first,
        "declaration_id": str(first["declaration_id"])[:-2] + "02",
        "step": "return",
        "previous_id": first["declaration_id"],
        "declared_at": declared_at,
        "known_at": declared_at,
        "circuits": [{"circuit": name, "expected_return": back} for name in names],
        "measures": [],
        "exports": [],
    }
