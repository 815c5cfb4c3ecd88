"""`tocsin up`: the hub on this machine, staying up."""

from __future__ import annotations

from tocsin.commands.options import HomeOption, SettingsOption
from tocsin.commands.output import say
from tocsin.commands.running import run
from tocsin.home import Home, default_home
from tocsin.settings import load_settings


def up(home: HomeOption = None, settings: SettingsOption = None) -> None:
    """The hub on this machine: Kafka, database, all roles; what dies is started again. Stop with Ctrl-C."""
    from tocsin.up import run_up

    place = Home(home or default_home())
    loaded = load_settings(settings)
    run(run_up(place, loaded, settings, lambda text: say(f"{text} ..."), lambda text: print(text, flush=True)))
