# Sourced by the scripts that let programs of other makes check ours.
#
# environment FOLDER VENV UNCHECKED makes the Python environment VENV with FOLDER/requirements.txt, once for each of its texts.
# Where Python or PyPI is not there, it says that UNCHECKED and ends the script: nothing is checked.
environment() {
    local folder=$1 venv=$2 unchecked=$3
    skip() {
        echo "skipped: $1, so $unchecked"
        exit 0
    }
    command -v python3 >/dev/null || skip "there is no python3"
    if ! cmp -s "$folder/requirements.txt" "$venv/requirements.txt"; then
        python3 -m venv "$venv" || skip "python3 has no venv"
        local pip=("$venv/bin/python" -m pip --quiet --disable-pip-version-check)
        "${pip[@]}" index versions pip >/dev/null 2>&1 || skip "PyPI does not answer"
        "${pip[@]}" install -r "$folder/requirements.txt"
        cp "$folder/requirements.txt" "$venv/requirements.txt"
    fi
}
