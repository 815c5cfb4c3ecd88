"""What came first of what a company goes on declaring: an update moves no instant from which something is reckoned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from alertcore.cases.standing import Run, Standing
from alertcore.cases.threads import Link, without
from alertcore.records.shortage import Declaration


def named(run: Run) -> Declaration:
    """The first declaration of the nature that is declared now."""
    first = run[-1]
    for d in reversed(run):
        if d.nature_declared is not first.nature_declared:
            break
        first = d
    return first


def told(run: Run) -> Iterator[tuple[Declaration, datetime]]:
    """What first told of something, and since when the company knew of it: of all of it, and of what is graver only if it came later."""
    first, now = run[0], named(run)
    known = next((d.known_at for d in run if d.known_at is not None), None)
    if known is not None and (known <= first.declared_at or first.known_at is not None):
        yield first, known
    if now is not first and now.known_at is not None and now.known_at > first.declared_at:
        yield now, now.known_at


def complete(run: Run) -> Declaration:
    """The first that says of a stop all that the law asks of it; where none does, the first of the stop."""
    stops = [d for d in run if d.stop is not None]
    return next((d for d in stops if d.stop is not None and d.stop.off_patent and d.stop.reasons.strip()), stops[0])


def let_go(links: Sequence[Link], stands: Callable[[Sequence[Link]], Standing], most: int) -> tuple[Link, ...]:
    """The links without the oldest of those that no longer matter, until there are few enough. stands: what stands by some of them."""
    kept, says = tuple(links), _says(stands(links))
    for link in links[:-1]:
        if len(kept) > most:
            fewer = without(kept, link.id)
            kept = fewer if _says(stands(fewer)) == says else kept
    return kept


def _says(standing: Standing) -> tuple[object, ...]:
    """What stands, and what is reckoned from what came first."""
    firsts = [[_firsts(run) for run in runs] for runs in standing.runs]
    return standing.heads, standing.partly, standing.ended, firsts


def _firsts(run: Run) -> tuple[Declaration, ...]:
    stop = (complete(run),) if any(d.stop is not None for d in run) else ()
    return (run[0], named(run), next((d for d in run if d.known_at is not None), run[0]), *stop)
