#!/usr/bin/env bash
# Lets clients of other makes ask `yilian serve`: check_serve.sh YILIAN HUB
#
# YILIAN is the program and HUB a hub that has published a run and a release; it is copied first. Needs Python 3 with
# venv, and PyPI or a mirror that pip knows; psql is asked where it is there. The environment is made once, in
# CLIENTS_VENV or target/clients. Where Python or PyPI is not there, nothing is checked, and that is said.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

if [ $# -ne 2 ]; then
    echo "usage: check_serve.sh YILIAN HUB" >&2
    exit 2
fi
venv="${CLIENTS_VENV:-$root/target/clients}"
source "$root/tests/environment.sh"
environment "$here" "$venv" "no client of another make has asked the endpoint"

yilian=$1
folder=$(mktemp -d)
endpoint=
ended() {
    [ -z "$endpoint" ] || kill "$endpoint" 2>/dev/null || true
    rm -rf "$folder"
}
trap ended EXIT
cp -a "$2" "$folder/hub"
password=$(head -c 18 /dev/urandom | base64)
for role in statistician operator; do
    printf '%s\n' "$password" | "$yilian" users add "$role" --role "$role" --password-file - --site "$folder/hub" >/dev/null
done

# A port that is free is chosen by the system and told in the first line.
"$yilian" serve --listen 127.0.0.1:0 --metrics 127.0.0.1:0 --user-queries 64 --json --schemas "$root/schemas" --site "$folder/hub" \
    >"$folder/told" &
endpoint=$!
for _ in $(seq 100); do
    [ -s "$folder/told" ] && break
    sleep 0.1
done
address=$(sed -n 's/.*"address":"\([^"]*\)".*/\1/p' "$folder/told")
export PGHOST=${address%:*} PGPORT=${address##*:} PGPASSWORD=$password PGSSLMODE=verify-full
export PGSSLROOTCERT=$folder/hub/vault/endpoint.crt PGDATABASE=yilian PGUSER=statistician PGCONNECT_TIMEOUT=20

if command -v psql >/dev/null; then
    "$here/check_psql.sh" "$folder"
else
    echo "psql is not there and is not asked"
fi
"$venv/bin/python" "$here/check_serve.py" "$here"
"$venv/bin/python" "$here/soak.py" "$endpoint" "${SOAK_SECONDS:-30}"

kill -TERM "$endpoint"
wait "$endpoint" || { echo "the endpoint did not leave cleanly" >&2; exit 1; }
endpoint=
