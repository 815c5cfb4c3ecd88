"""Changes of the database's tables, in order; each release brings its own."""
