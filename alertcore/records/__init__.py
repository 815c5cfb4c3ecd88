"""Values that travel: frozen dataclasses of the same names and fields as the Avro records, apart from the wire."""
