"""What rule `equivalents` says, in French and English."""

from __future__ import annotations

from collections.abc import Sequence

from alertcore.cases.alike import Scarce
from alertcore.records.shared import Text

Named = tuple[int, Sequence[str]]
"""How many there are, and the names of the first of them."""


def note(short: Named, at_risk: Named, able: Named) -> Text:
    """What officers read beside a shortage."""
    total = short[0] + at_risk[0] + able[0]
    risk_fr = f" À risque, ou en arrêt à venir : {_list(at_risk, 'aucun', 'et {} autre{}')}." if at_risk[0] else ""
    risk_en = f" At risk, or to be stopped: {_list(at_risk, 'none', 'and {} more')}." if at_risk[0] else ""
    return Text(
        fr=f"Équivalents commercialisés : {total}. Aussi en rupture : {_list(short, 'aucun', 'et {} autre{}')}.{risk_fr}"
        f" Pourraient remplacer : {_list(able, 'aucun', 'et {} autre{}')}.",
        en=f"Marketed equivalents: {total}. Short too: {_list(short, 'none', 'and {} more')}.{risk_en}"
        f" Able to replace: {_list(able, 'none', 'and {} more')}.",
    )


def back(name: str, short: int, total: int) -> Text:
    """The medicine itself is no longer short, whatever its equivalents are."""
    if not short:
        return Text(fr=f"{name} n'est plus en rupture.", en=f"{name} is no longer short.")
    if total == 1:
        return Text(
            fr=f"{name} n'est plus en rupture ; son seul équivalent commercialisé l'est encore.",
            en=f"{name} is no longer short; its only marketed equivalent still is.",
        )
    return Text(
        fr=f"{name} n'est plus en rupture ; équivalents commercialisés qui le sont encore : {short} sur {total}.",
        en=f"{name} is no longer short; of its marketed equivalents {short} of {total} still {'is' if short == 1 else 'are'}.",
    )


def fewer(name: str, short: int, total: int, how: Scarce = Scarce.SHORT) -> Text:
    """The medicine lacks, and no longer most of its equivalents with it. how: short itself, or only at risk."""
    with_fr, with_en = (" en même temps que lui", " together with it") if how is Scarce.SHORT else ("", "")
    if total == 1:
        return Text(
            fr=f"{name} : son seul équivalent commercialisé n'est plus en rupture{with_fr}.",
            en=f"{name}: its only marketed equivalent is no longer short{with_en}.",
        )
    return Text(
        fr=f"{name} : la plupart des équivalents ne sont plus en rupture{with_fr} ({short} sur {total}).",
        en=f"{name}: most of its equivalents are no longer short{with_en} ({short} of {total}).",
    )


def sentence(name: str, short: int, at_risk: int, total: int, how: Scarce = Scarce.SHORT) -> Text:
    """All or most of the equivalents are short: too, where the medicine itself is. at_risk: further ones that may become so."""
    also, too = ("aussi ", " too") if how is Scarce.SHORT else ("", "")
    if short == total:
        one = total == 1
        fr = "son seul équivalent commercialisé est" if one else f"ses {total} équivalents commercialisés sont tous"
        en = "its only marketed equivalent is" if one else f"all of its {total} marketed equivalents are"
        return Text(fr=f"{name} : {fr} {also}en rupture.", en=f"{name}: {en} short{too}.")
    are_fr, are_en = ("est", "is") if short == 1 else ("sont", "are")
    more_fr, more_en = (f", et {at_risk} à risque", f", and {at_risk} at risk") if at_risk else ("", "")
    return Text(
        fr=f"{name} : {short} de ses {total} équivalents commercialisés {are_fr} {also}en rupture{more_fr}.",
        en=f"{name}: {short} of its {total} marketed equivalents {are_en} short{too}{more_en}.",
    )


def _list(of: Named, none: str, more: str) -> str:
    count, names = of
    if not names:
        return none
    rest = count - len(names)
    return "; ".join(names) + (f" {more.format(rest, 's' if rest > 1 else '')}" if rest > 0 else "")
