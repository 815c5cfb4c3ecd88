"""Access to Kafka: secrets stay out of sight, and both libraries get what they need."""

import pytest

from plumbing.settings import KafkaAccess, Secret, aiokafka_options, librdkafka_options


def test_a_secret_shows_in_no_text() -> None:
    access = KafkaAccess("h:1", user="ann", password=Secret("hush"))
    assert "hush" not in f"{access} {access!r} {access.password} {access.password!r} {[access.password]}"
    assert access.password.reveal() == "hush"


def test_equal_secrets_make_equal_accesses() -> None:
    assert KafkaAccess("h:1", user="a", password=Secret("x")) == KafkaAccess("h:1", user="a", password=Secret("x"))
    assert KafkaAccess("h:1", user="a", password=Secret("x")) != KafkaAccess("h:1", user="a", password=Secret("y"))
    assert len({Secret("x"), Secret("x"), Secret("y")}) == 2


def test_both_libraries_get_the_credentials() -> None:
    access = KafkaAccess("h:1", user="ann", password=Secret("hush"))
    assert aiokafka_options(access) == {
        "bootstrap_servers": "h:1",
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "ann",
        "sasl_plain_password": "hush",
    }
    assert librdkafka_options(access) == {
        "bootstrap.servers": "h:1",
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanisms": "SCRAM-SHA-512",
        "sasl.username": "ann",
        "sasl.password": "hush",
    }


def test_plaintext_carries_no_credentials() -> None:
    access = KafkaAccess("h:1", security="PLAINTEXT")
    assert aiokafka_options(access) == {"bootstrap_servers": "h:1", "security_protocol": "PLAINTEXT"}
    assert librdkafka_options(access) == {"bootstrap.servers": "h:1", "security.protocol": "PLAINTEXT"}


def test_tls_trusts_the_named_authority_only_if_it_can_be_read() -> None:
    assert "ssl_context" in aiokafka_options(KafkaAccess("h:1", security="SASL_SSL"))
    assert librdkafka_options(KafkaAccess("h:1", security="SASL_SSL", ca_file="/ca.pem"))["ssl.ca.location"] == "/ca.pem"
    with pytest.raises(FileNotFoundError):
        aiokafka_options(KafkaAccess("h:1", security="SASL_SSL", ca_file="/nowhere/ca.pem"))
