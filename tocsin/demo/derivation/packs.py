"""How many units a pack holds, read from its label where the label leaves no doubt."""

import re

_COUNTED = r"(?:comprimé|gélule|capsule|suppositoire|sachet|pastille|ovule|granule|film|lyophilisat)s?(?:\(s\))?"
_INNER = r"(?:plaquette|flacon|pilulier|tube|boîte|film|étui)"
_VESSEL = r"(?:flacon|ampoule|seringue|stylo|poche|cartouche|récipient|dispositif|implant|patch|bouteille)"
# "plaquette(s) PVC de 30 comprimé(s)", "4 plaquette(s) de 14 comprimé(s)": no other digit, no second component.
_UNITS = re.compile(rf"(?:(\d+) )?{_INNER}[^\d]* de (\d+) {_COUNTED}(?!-)(?: [^\d]*)?", re.IGNORECASE)
# "10 ampoule(s) en verre de 10 ml", "6 seringue(s) préremplie(s)": the vessel is the unit.
_VESSELS = re.compile(rf"(\d+) {_VESSEL}[^\d]*(?: de \d+(?:[.,]\d+)? ?(?:ml|g|mg|l|µl)\b[^\d]*)?", re.IGNORECASE)
# "30 comprimé(s) sous film"
_BARE = re.compile(rf"(\d+) {_COUNTED}(?!-)(?: [^\d]*)?", re.IGNORECASE)


def units_per_pack(label: str) -> float | None:
    """Units of one box, or None where the label is not certain (several components, unknown wording)."""
    text = " ".join(label.split())
    if " - " in text or " + " in text or "multiple" in text.lower():
        return None
    if found := _UNITS.fullmatch(text):
        return float(int(found[1] or 1) * int(found[2]))
    found = _VESSELS.fullmatch(text) or _BARE.fullmatch(text)
    return float(found[1]) if found and int(found[1]) else None
