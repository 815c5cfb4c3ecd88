"""Duties and their time limits: calendar, clock, the table of duties, and how far a limit has run."""
