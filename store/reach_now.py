"""Whether filters take one person at an instant, asked of the directory all at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alertcore.records.notice import AudienceFilter
from store.database import Database
from store.metadata import to_micros
from store.reach import why_not
from store.vault import Vault


class Reach:
    """Reads the directory; changes nothing. `ref`: a person's reference in the list of people."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def why_not(self, wanted: Sequence[AudienceFilter], at: datetime, ref: str) -> list[str]:
        """For each filter `matched`, or the first of its fields that does not fit."""
        async with self._database.reading() as connection:
            return await connection.run_sync(lambda c: [why_not(c, self._vault, one, to_micros(at), ref) for one in wanted])
