"""What rule `equivalents` says, in French and English."""

from __future__ import annotations

from alertcore.records.shared import Text


def note(short: int, able: int, names_short: list[str], names_able: list[str]) -> Text:
    """What officers read beside a shortage."""
    return Text(
        fr=f"Équivalents commercialisés : {short + able}. Aussi en rupture : {_list(names_short, short, 'aucun', 'et {} autre{}')}."
        f" Pourraient remplacer : {_list(names_able, able, 'aucun', 'et {} autre{}')}.",
        en=f"Marketed equivalents: {short + able}. Short too: {_list(names_short, short, 'none', 'and {} more')}."
        f" Able to replace: {_list(names_able, able, 'none', 'and {} more')}.",
    )


def sentence(name: str, short: int, able: int, *, over: bool) -> Text:
    """All or most of the equivalents are short too, or no longer are."""
    total = short + able
    if over:
        return Text(
            fr=f"{name} : la plupart des équivalents ne sont plus en rupture en même temps que lui ({short} sur {total}).",
            en=f"{name}: most of its equivalents are no longer short together with it ({short} of {total}).",
        )
    if not able:
        one = total == 1
        fr = "son seul équivalent commercialisé est" if one else f"ses {total} équivalents commercialisés sont tous"
        en = "its only marketed equivalent is" if one else f"all of its {total} marketed equivalents are"
        return Text(fr=f"{name} : {fr} aussi en rupture.", en=f"{name}: {en} short too.")
    return Text(
        fr=f"{name} : {short} de ses {total} équivalents commercialisés sont aussi en rupture.",
        en=f"{name}: {short} of its {total} marketed equivalents are short too.",
    )


def _list(names: list[str], count: int, none: str, more: str) -> str:
    if not names:
        return none
    rest = count - len(names)
    return "; ".join(names) + (f" {more.format(rest, 's' if rest > 1 else '')}" if rest > 0 else "")
