"""The program: settings, wiring, command line, embedded Kafka, demo."""

__version__ = "0.1.0"
