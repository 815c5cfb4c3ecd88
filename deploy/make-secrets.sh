#!/bin/sh
# Makes what nobody should choose by hand: passwords and the key of the addresses. What is there already stays.
# Usage: make-secrets.sh SECRETS_FOLDER VAULT_FOLDER
set -eu
umask 077
secrets=$1
vault=$2

random() { # random BYTES: hexadecimal digits
    head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'
}

keep() { # keep FILE TEXT: write the file whole, unless it is there
    if [ ! -s "$1" ]; then
        printf '%s' "$2" >"$1.new"
        mv "$1.new" "$1"
    fi
}

mkdir -p "$secrets" "$vault"
for user in admin broker database; do
    keep "$secrets/$user" "$(random 24)"
done
keep "$secrets/pgpass" "postgres:5432:tocsin:tocsin:$(cat "$secrets/database")
"
keep "$vault/vault.key" "$(random 32)
"
