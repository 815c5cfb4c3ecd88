"""Who may be a user of Alertmanager's API, and which routing file the console takes for the one in force."""

from __future__ import annotations

from pathlib import Path

import pytest

from plumbing.settings import KafkaAccess
from tocsin.exits import UsageError
from tocsin.roles.watching import Watching, read_routes
from tocsin.settings import Settings, load_settings

ACCESS = KafkaAccess(bootstrap="127.0.0.1:1", security="PLAINTEXT")


def settings(folder: Path, users: str) -> Settings:
    (folder / "senders.yaml").write_text("senders: [{name: lab, kinds: [plans]}]\n", encoding="utf-8")
    (folder / "tocsin.toml").write_text(f'[web]\nalertmanager_users = {users}\n[files]\nsenders = "senders.yaml"\n', encoding="utf-8")
    return load_settings(folder / "tocsin.toml")


def test_a_sender_cannot_be_a_user_for_its_token_would_show_what_is_not_released(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names lab, a sender"):
        Watching(ACCESS, settings(tmp_path, '["amtool", "lab"]'))


def test_others_can_and_amtool_is_one_where_nothing_is_said(tmp_path: Path) -> None:
    Watching(ACCESS, settings(tmp_path, '["prometheus"]'))
    assert load_settings().web.alertmanager_users == ("amtool",)


@pytest.mark.parametrize("text", ["", "[", "route: {receiver: nobody_knows}\n", "receivers: []\n"])
def test_a_routing_file_that_the_door_refuses_is_none(text: str) -> None:
    assert read_routes(text) is None


def test_a_routing_file_that_the_door_takes_is_read() -> None:
    found = read_routes("route: {receiver: all}\nreceivers: [{name: all}]\n")
    assert found is not None
    assert found["route"] == {"receiver": "all"}
