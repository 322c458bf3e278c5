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
venv="${READERS_VENV:-$root/target/readers}"
source "$root/tests/environment.sh"
environment "$here" "$venv" "no reader of another make has read the release"

for folder in "$@"; do
    "$venv/bin/python" "$here/check_release.py" "$folder"
done
"$venv/bin/python" "$here/check_contracts.py" "$root/schemas"
