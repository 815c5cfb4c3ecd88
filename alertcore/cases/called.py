"""What a company is called: by the name in its own declarations and plans on a medicine; else by its number, which is said to be one."""

from __future__ import annotations

from collections.abc import Iterable

from alertcore.cases.shortages import Supply
from alertcore.records.shared import Text
from alertcore.records.shortage import Plan


def called(company: str, supply: Supply | None, plans: Iterable[Plan] = ()) -> Text:
    """The name of a company."""
    orgs = [d.company for d in supply.heads] if supply is not None else []
    name = next((org.name for org in (*orgs, *[p.company for p in plans]) if org.id == company and org.name), None)
    return Text(fr=name, en=name) if name else Text(fr=f"l'entreprise {company}", en=f"company {company}")
