"""The directory's tables: people and bodies, their addresses (sealed), and what they follow, each with its time of validity."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from store.metadata import AutoId, metadata


class PersonKind(StrEnum):
    """Kind of person or body; the filter of a notice speaks these words."""

    PATIENT = "patient"
    PHYSICIAN = "physician"
    COMMUNITY_PHARMACY = "community_pharmacy"
    HOSPITAL_PHARMACY = "hospital_pharmacy"
    HOSPITAL = "hospital"
    WHOLESALER = "wholesaler"
    DEPOSITARY = "depositary"
    COMPANY = "company"
    OFFICER = "officer"
    AUTHORITY = "authority"


class TemplateAudience(StrEnum):
    """Whom a template speaks to."""

    PATIENT = "patient"
    COMPANY = "company"
    OFFICER = "officer"
    PROFESSIONAL = "professional"


def template_audience(kind: str) -> TemplateAudience:
    """Patients, companies and officers have templates of their own; everybody else is a professional."""
    return TemplateAudience(kind) if kind in set(TemplateAudience) else TemplateAudience.PROFESSIONAL


# A person is a row number, the caller's own reference, and a key that opens everything personal; erasure empties the key.
persons = Table(
    "persons",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("ref", String(64), nullable=False),  # keyed hash of the caller's reference, hexadecimal: a reference may be a licence number
    Column("sealed_key", LargeBinary),
    Column("created_at", BigInteger, nullable=False),  # microseconds since 1970 UTC, as all times here
    Column("erased_at", BigInteger),
)
Index("persons_ref", persons.c.ref, unique=True)

person_versions = Table(
    "person_versions",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("person_id", ForeignKey(persons.c.id), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("org_scheme", String(16), nullable=False),
    Column("org_id", String(40), nullable=False),
    Column("country", String(2), nullable=False),
    Column("region", String(3), nullable=False),
    Column("departement", String(3), nullable=False),
    Column("language", String(8), nullable=False),
    Column("valid_from", BigInteger, nullable=False),
    Column("valid_to", BigInteger),
)
Index("person_versions_person", person_versions.c.person_id, person_versions.c.valid_from)
Index("person_versions_org", person_versions.c.org_id, person_versions.c.person_id)
Index("person_versions_kind", person_versions.c.kind, person_versions.c.person_id)

contact_points = Table(
    "contact_points",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("person_id", ForeignKey(persons.c.id), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("sealed", LargeBinary),  # with the person's key
    Column("fingerprint", LargeBinary, nullable=False),  # keyed hash, to see that an import changes nothing
    Column("verified_at", BigInteger),
    Column("stopped_at", BigInteger),  # unsubscribed from what may be left
    Column("valid_from", BigInteger, nullable=False),
    Column("valid_to", BigInteger),
)
Index("contact_points_person", contact_points.c.person_id, contact_points.c.channel)

# A patient's row has no subject but a bucket (many subjects share one) and a salted keyed hash that decides.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("person_id", ForeignKey(persons.c.id), nullable=False),
    Column("subject", String(80)),
    Column("bucket", Integer),
    Column("salt", LargeBinary),
    Column("digest", LargeBinary),
    Column("valid_from", BigInteger, nullable=False),
    Column("valid_to", BigInteger),
)
Index("subscriptions_subject", subscriptions.c.subject, subscriptions.c.person_id)
Index("subscriptions_bucket", subscriptions.c.bucket, subscriptions.c.person_id)
Index("subscriptions_person", subscriptions.c.person_id)
