"""The queue's statements for both databases: a batch is one statement each way, whatever its size."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueueSql:
    """Driver SQL; parameters stand in the order in which `store/queue.py` gives them."""

    claim: str
    states: str
    give_back: str
    take_back: str
    addresses: str
    mark: str = ""  # SQLite only: claim reads, mark writes
    events: str = ""  # SQLite only: PostgreSQL does it within `states`


# Ours while claimed by us; an acceptance is a fact, also where the claim was taken away meanwhile.
_OURS = """((d.state = 'claimed' and d.worker = {worker}) or (j.state = 'accepted' and d.state in ('claimed', 'intended', 'deferred')))"""

_RESULTS_LITE = """(select value ->> 0 as id, value ->> 1 as state, value ->> 2 as code, value ->> 3 as reason, value ->> 4 as detail,
 value ->> 5 as due, key as n from json_each({document})) j"""

SQLITE = QueueSql(
    claim="""select id, delivery_id, notice, attempt, person, link, audience, language, merged_into from deliveries
where lane = ? and due <= ? and channel = ? order by due, id limit ?""",
    mark="""update deliveries set state = 'claimed', due = null, worker = ?1, claimed_at = ?2, changed_at = ?2, attempt = attempt + 1
where id in (select value from json_each(?3))""",
    events=f"""insert into delivery_events (delivery, kind, at, code, detail, leaf)
select d.id, j.state, ?1, j.code, j.detail, substr(?2, j.n * 32 + 1, 32)
from {_RESULTS_LITE.format(document="?3")} join deliveries d on d.id = j.id where {_OURS.format(worker="?4")}""",  # noqa: S608 - texts of this file
    states=f"""update deliveries as d set state = j.state, reason = j.reason, due = j.due, worker = null, claimed_at = null, changed_at = ?1
from {_RESULTS_LITE.format(document="?2")} where d.id = j.id and {_OURS.format(worker="?3")}""",  # noqa: S608 - texts of this file
    give_back="""update deliveries set state = 'intended', due = ?1, worker = null, claimed_at = null, attempt = attempt - 1
where state = 'claimed' and worker = ?2 and id in (select value from json_each(?3))""",
    take_back="""update deliveries set state = 'intended', due = ?1, worker = null, claimed_at = null
where claimed_at is not null and claimed_at < ?2""",
    addresses="""select c.person_id, c.sealed, p.sealed_key from contact_points c join persons p on p.id = c.person_id
where c.channel = ?1 and c.valid_to is null and c.verified_at is not null and c.person_id in (select value from json_each(?2))""",
)

POSTGRES = QueueSql(
    claim="""with c as (select id from deliveries where lane = $1 and due <= $2 and channel = $5
 order by due, id limit $3 for update skip locked)
update deliveries d set state = 'claimed', due = null, worker = $4, claimed_at = $2, changed_at = $2, attempt = d.attempt + 1
from c where d.id = c.id
returning d.id, d.delivery_id, d.notice, d.attempt - 1, d.person, d.link, d.audience, d.language, d.merged_into""",
    states=f"""with j as (select * from unnest($1::bigint[], $2::text[], $3::int[], $4::text[], $5::text[], $6::bigint[], $7::bytea[])
 as t(id, state, code, reason, detail, due, leaf)),
u as (update deliveries d set state = j.state, reason = j.reason, due = j.due, worker = null, claimed_at = null, changed_at = $8
 from j where d.id = j.id and {_OURS.format(worker="$9")} returning d.id)
insert into delivery_events (delivery, kind, at, code, detail, leaf)
select j.id, j.state, $8, j.code, j.detail, j.leaf from j join u on u.id = j.id""",  # noqa: S608 - texts of this file
    give_back="""update deliveries set state = 'intended', due = $1, worker = null, claimed_at = null, attempt = attempt - 1
where state = 'claimed' and worker = $2 and id = any($3::bigint[])""",
    take_back="""update deliveries set state = 'intended', due = $1, worker = null, claimed_at = null
where claimed_at is not null and claimed_at < $2""",
    addresses="""select c.person_id, c.sealed, p.sealed_key from contact_points c join persons p on p.id = c.person_id
where c.channel = $1 and c.valid_to is null and c.verified_at is not null and c.person_id = any($2::bigint[])""",
)
