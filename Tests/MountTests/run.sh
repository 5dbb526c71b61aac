#!/usr/bin/env bash
# Mounts the real programs on real directories and reads them with real programs.
#
#   run.sh [DIRECTORY_OF_BINARIES] [PYTEST_ARGUMENT…]
#
# The directory may also stand in DATASETFS_BIN. Python packages go into .venv-mount at the top of the clone, or under VENVS.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
venv=${VENVS:-$top}/.venv-mount
if [[ $# -gt 0 && -d $1 && -x $1/datasetfs ]]; then
    DATASETFS_BIN=$(realpath "$1")
    shift
fi
export DATASETFS_BIN=${DATASETFS_BIN:-$top/.build/debug} PYTHONDONTWRITEBYTECODE=1
for program in datasetfs datasetfs-server; do
    [[ -x $DATASETFS_BIN/$program ]] || { echo "no $program in $DATASETFS_BIN: build it, or name the directory" >&2; exit 2; }
done

if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi
cd "$here"
exec "$venv/bin/python" -m pytest -c "$here/pytest.ini" --rootdir "$here" "$@"
