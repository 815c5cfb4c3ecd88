#!/usr/bin/env bash
# Starts the broker; at first start formats its storage with the users `admin` and `broker`. All other users are made by
# `tocsin topics|senders|authorities apply`. Passwords: files admin and broker in SECRETS.
set -euo pipefail
umask 077

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${KAFKA_BIN:=/opt/kafka/bin}"
: "${SECRETS:=/etc/tocsin/secrets}"
: "${FOLDER:=/var/lib/kafka/data}"
: "${HOST:=kafka}" "${OUTSIDE_HOST:=localhost}" "${BIND:=0.0.0.0}"
: "${INSIDE_PORT:=9092}" "${OUTSIDE_PORT:=29092}" "${CONTROLLER_PORT:=9093}"

admin=$(<"$SECRETS/admin")
broker=$(<"$SECRETS/broker")
properties=$FOLDER/server.properties

write_properties() { # write_properties DATA_FOLDER
    local text
    text=$(<"$here/server.properties")
    text=${text//@DATA@/$1}
    text=${text//@BROKER_PASSWORD@/$broker}
    for name in HOST OUTSIDE_HOST BIND INSIDE_PORT OUTSIDE_PORT CONTROLLER_PORT; do
        text=${text//@$name@/${!name}}
    done
    printf '%s\n' "$text" >"$properties"
}

if [[ ! -d $FOLDER/data ]]; then
    # Into another folder first: a format that was cut short is done again, never started from.
    rm -rf "$FOLDER/data.new"
    write_properties "$FOLDER/data.new"
    "$KAFKA_BIN/kafka-storage.sh" format --config "$properties" --cluster-id "$("$KAFKA_BIN/kafka-storage.sh" random-uuid)" \
        --add-scram "SCRAM-SHA-512=[name=admin,password=$admin]" \
        --add-scram "SCRAM-SHA-512=[name=broker,password=$broker]"
    mv "$FOLDER/data.new" "$FOLDER/data"
fi

write_properties "$FOLDER/data"
exec "$KAFKA_BIN/kafka-server-start.sh" "$properties"
