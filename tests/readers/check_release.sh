#!/usr/bin/env bash
# Lets readers of other makes read a folder of a release: check_release.sh FOLDER...
#
# Needs Python 3 with venv, and PyPI or a mirror that pip knows. The environment is made once, in READERS_VENV or
# target/readers. Where one of them is not there, nothing is checked, and that is said.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

if [ $# -eq 0 ]; then
    echo "usage: check_release.sh FOLDER..." >&2
    exit 2
fi
skip() {
    echo "skipped: $1, so no reader of another make has read the release"
    exit 0
}

command -v python3 >/dev/null || skip "there is no python3"
venv="${READERS_VENV:-$root/target/readers}"
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
    python3 -m venv "$venv" || skip "python3 has no venv"
    pip=("$venv/bin/python" -m pip --quiet --disable-pip-version-check)
    "${pip[@]}" index versions pip >/dev/null 2>&1 || skip "PyPI does not answer"
    "${pip[@]}" install -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi

for folder in "$@"; do
    "$venv/bin/python" "$here/check_release.py" "$folder"
done
"$venv/bin/python" "$here/check_contracts.py" "$root/schemas"
