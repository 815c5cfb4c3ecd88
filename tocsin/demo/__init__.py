"""The demonstration: a sample of real public data, the registers that go with it, and a national day made from both."""
