"""How the demonstration's sample is derived from the publishers' files. Deterministic: same input, same bytes."""
