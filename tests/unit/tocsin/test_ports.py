"""Ports that are kept over restarts: free, and never one that an outgoing connection may get."""

from __future__ import annotations

import socket

from tocsin.ports import RANGE, free_port, is_free


def test_a_port_is_free_and_outside_what_outgoing_connections_get() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as outgoing:
        assert outgoing.getsockname()[1] not in RANGE
    port = free_port()
    assert port in RANGE
    assert is_free(port)


def test_a_port_somebody_listens_on_or_is_connected_from_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as outgoing:
        assert not is_free(server.getsockname()[1])
        assert not is_free(outgoing.getsockname()[1])


def test_a_lone_client_never_finds_itself_behind_such_a_port() -> None:
    """In the range of outgoing connections a client that tries long enough is connected to itself, and holds the server's port."""
    port = free_port()
    for _ in range(300):
        with socket.socket() as client:
            assert client.connect_ex(("127.0.0.1", port)) != 0
