"""Where `no_floor` is decided: each shard for its own medicines, at the end of each local day, by what was known in it.

State: `no_floor/<company>` what was told of it.
"""

from __future__ import annotations

from collections import defaultdict

from alertcore.rules.no_floor import Look, NoFloorState, Without, look
from alertcore.rules.safety_stock_floor import Floor
from alertcore.sharding import CASES_LOG
from alertcore.stage import Emit
from alertcore.supply.memo import memo_of, policy_of
from alertcore.supply.turn import Turn

PREFIX = "no_floor/"


def at_midnight(turn: Turn, agency: str) -> None:
    """Every company with a medicine of major therapeutic interest without a floor, and those that had one."""
    found, names = _found(turn)
    told: dict[str, NoFloorState] = {key.removeprefix(PREFIX): state for key, state in turn.view.items(PREFIX)}
    for company in sorted({*found, *(c for c, state in told.items() if state.medicines)}):
        now = Look(
            company=company,
            name=names.get(company) or turn.get(f"company/{company}") or company,
            shard=turn.message.partition,
            medicines=tuple(sorted(found.get(company, ()), key=lambda m: m.cis)),
            at=turn.message.at,
            policy_version=policy_of(turn.view)[0],
            because=(turn.message.event_id,),
        )
        after, signal = look(told.get(company) or NoFloorState(), now)
        if signal is not None:
            turn.changes[PREFIX + company] = after
            turn.emits.append(Emit(CASES_LOG, agency, signal, "signal", 0))


def _found(turn: Turn) -> tuple[dict[str, list[Without]], dict[str, str]]:
    """Medicines without a floor by company, and what the companies are called. What is not marketed has no sales, and is to have none."""
    memo, policy = memo_of(turn.view), policy_of(turn.view)[1]
    found, names = defaultdict[str, list[Without]](list), dict[str, str]()
    for number in range(len(memo.book.medicines)):
        medicine = memo.medicine(turn.view, number, policy, turn.message.at)
        if not (medicine.mitm and medicine.marketed):
            continue
        for floor in [held.floor for held in medicine.held if held.floor.packs is None]:
            found[floor.company].append(Without(cis=medicine.cis, name=medicine.name, untold=_untold(floor)))
            names[floor.company] = medicine.names.get(floor.company, "")
    return found, names


def _untold(floor: Floor) -> bool:
    return not (floor.kept or floor.exceptional)
