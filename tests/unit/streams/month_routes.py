"""Routing files of the month: grouped by kind, with nights, calls, limits and reminders; one that does it otherwise; a wrong one."""

from __future__ import annotations

import json
from typing import Any

import yaml

FIRST = """
route:
  receiver: officers
  group_by: [kind]
  group_wait: 1m
  group_interval: 10m
  repeat_interval: 4d
  routes:
    - {matchers: ['kind="hub"'], receiver: watch, continue: true}
    - matchers: ['kind=~"defect|falsified"']
      receiver: supply_chain
      group_by: [alert]
      repeat_interval: 9d
      group_wait: 0s
      group_interval: 0s
      continue: true
    - {receiver: companies, group_by: [alert], group_wait: 0s, repeat_interval: 9d, continue: true}
    - {matchers: ['kind=~"shortage|stop|device"'], receiver: followers, mute_time_intervals: [nights, weekend], continue: true}
    - {matchers: ['kind=~"shortage|stop"'], receiver: patients, active_time_intervals: [day], group_interval: 1h, continue: true}
    - {receiver: officers}
receivers:
  - name: officers
    audience: {kinds: [officer], mandatory: true}
    channels: [email, sms]
    escalation:
      - {wait: 15m, audience: {kinds: [officer], facilities: [o-17]}, channels: [sms], until: any}
      - {wait: 30m, audience: {kinds: [officer]}, until: n_of_m, n: 2}
  - {name: watch, audience: {kinds: [officer], facilities: [o-17], mandatory: true}, send_resolved: false, lane: bulk}
  - {name: supply_chain, audience: {kinds: [community_pharmacy, hospital_pharmacy, wholesaler], mandatory: true}}
  - {name: companies, audience: {kinds: [company], concerned: true}}
  - name: followers
    audience: {kinds: [physician, community_pharmacy, hospital_pharmacy]}
    duties: false
    limits: [{channel: email, n: 20, per: 1h}]
  - {name: patients, audience: {kinds: [patient]}, duties: false}
inhibit_rules:
  - {source_matchers: ['severity="critical"'], target_matchers: ['severity=~"minor|moderate|info"'], equal: [subject]}
time_intervals:
  - name: nights
    time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}, {start_time: '00:00', end_time: '06:00'}], location: Europe/Paris}]
  - name: weekend
    time_intervals: [{weekdays: [saturday, sunday], location: Europe/Paris}]
  - name: day
    time_intervals: [{times: [{start_time: '07:00', end_time: '21:00'}], location: Europe/Paris}]
"""
SECOND = (
    FIRST.replace("group_by: [kind]", "group_by: [kind, subject]")
    .replace("repeat_interval: 4d", "repeat_interval: 2d")
    .replace("    - {matchers: ['kind=\"hub\"'], receiver: watch, continue: true}\n", "")
    .replace("  - {name: watch, audience: {kinds: [officer], facilities: [o-17], mandatory: true}, send_resolved: false, lane: bulk}\n", "")
    .replace("wait: 15m", "wait: 5m")
    .replace("until: any", "until: each")
)
WRONG = {"route": {"receiver": "nobody there"}, "receivers": []}


def settings_text(text: str) -> str:
    """A routing file as the door hands it on: canonical JSON with the line of each path."""
    plain: dict[str, Any] = yaml.safe_load(text)
    lines = {f"route.routes[{n}]": n + 8 for n in range(len(plain["route"]["routes"]))}
    return json.dumps(plain | {"lines": lines}, ensure_ascii=False, separators=(",", ":"))
