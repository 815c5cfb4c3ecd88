"""Apache Kafka itself, embedded: fetched once, started on loopback with passwords and rights on, stopped cleanly."""
