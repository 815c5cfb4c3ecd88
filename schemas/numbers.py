"""Whole numbers as Avro has them."""


def number(value: int) -> bytes:
    """A whole number of at most 64 bits as Avro has it: zigzag, seven bits a byte, the lowest first. OverflowError above."""
    if not -(1 << 63) <= value < 1 << 63:
        raise OverflowError(f"{value} has more than 64 bits")
    left, out = (value << 1) ^ (value >> 63), bytearray()
    while left > 0x7F:
        out.append(left & 0x7F | 0x80)
        left >>= 7
    out.append(left)
    return bytes(out)
