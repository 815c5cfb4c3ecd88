"""The door: what comes in is checked, stamped, split and appended to the logs, and every event is answered."""
