"""Tests reach this machine only, and start with a clean environment."""

import asyncio
import os
import socket

import pytest


def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as client, pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        client.connect(("192.0.2.1", 80))


async def test_no_asynchronous_test_reaches_another_machine() -> None:
    with pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        await asyncio.open_connection("192.0.2.1", 80)


def test_no_setting_of_the_developer_is_seen() -> None:
    assert [name for name in os.environ if name.startswith("TOCSIN_")] == []
