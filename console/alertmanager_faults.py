"""What is answered where a request of Alertmanager's API cannot be served."""

from __future__ import annotations


class Fault(Exception):
    """status: of HTTP. text: what is wrong and what to do, answered as a JSON text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
