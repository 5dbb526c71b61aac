#!/usr/bin/env bash
# Drives the server with the platform's own Python client: the current release, and the last one that uploads by
# resumable sessions.
#
#   run.sh [SERVER_BINARY] [PYTEST_ARGUMENT…]
#
# The binary may also stand in DATASETFS_SERVER. The clients are installed once, into .venv-edison and
# .venv-edison-older at the top of the clone (or under VENVS).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
venvs=${VENVS:-$top}
if [[ $# -gt 0 && -x $1 && ! -d $1 ]]; then
    DATASETFS_SERVER=$(realpath "$1")
    shift
fi
export DATASETFS_SERVER=${DATASETFS_SERVER:-$top/.build/debug/datasetfs-server}
export LITELLM_LOCAL_MODEL_COST_MAP=True PYTHONDONTWRITEBYTECODE=1
[[ -x $DATASETFS_SERVER ]] || { echo "no server at $DATASETFS_SERVER: build it, or name it" >&2; exit 2; }

# environment NAME REQUIREMENTS: a virtual environment that holds just these, made when they change.
environment() {
    local folder=$venvs/$1 wanted=$here/$2
    if ! cmp -s "$wanted" "$folder/requirements.txt"; then
        rm -rf "$folder"
        python3 -m venv "$folder"
        "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$wanted"
        cp "$wanted" "$folder/requirements.txt"
    fi
}

# suite NAME FOLDER: runs one folder of tests and prints how it ended.
suite() {
    local status=0 log
    log=$(mktemp)
    (cd "$here/$2" && "$venvs/$1/bin/python" -m pytest -c "$here/pytest.ini" --rootdir "$here" "${@:3}") \
        >"$log" 2>&1 || status=$?
    if [[ $status -eq 0 ]]; then tail -n 1 "$log" | sed "s/^/$2: /"; else cat "$log"; fi
    rm -f "$log"
    return "$status"
}

environment .venv-edison requirements.txt
environment .venv-edison-older requirements-older.txt
suite .venv-edison current "$@"
suite .venv-edison-older older "$@"
