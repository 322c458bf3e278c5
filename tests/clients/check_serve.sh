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
skip() {
    echo "skipped: $1, so no client of another make has asked the endpoint"
    exit 0
}

command -v python3 >/dev/null || skip "there is no python3"
venv="${CLIENTS_VENV:-$root/target/clients}"
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
    python3 -m venv "$venv" || skip "python3 has no venv"
    pip=("$venv/bin/python" -m pip --quiet --disable-pip-version-check)
    "${pip[@]}" index versions pip >/dev/null 2>&1 || skip "PyPI does not answer"
    "${pip[@]}" install -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi

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
