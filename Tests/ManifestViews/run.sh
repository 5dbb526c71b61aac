#!/usr/bin/env bash
# Has the generated views of directories read by the validators of those who define them: RO-Crate, Croissant, Data Package,
# and sha256sum.
#
#   run.sh [DIRECTORY_OF_BINARIES] [PYTEST_ARGUMENT…]
#
# The directory may also stand in DATASETFS_BIN. Python packages go into .venv-views at the top of the clone, or under VENVS.
# They need no network: what a validator would fetch comes from a package.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
venv=${VENVS:-$top}/.venv-views
if [[ $# -gt 0 && -d $1 && -x $1/ManifestViewWriter ]]; then
    DATASETFS_BIN=$(realpath "$1")
    shift
fi
export MANIFEST_VIEW_WRITER=${DATASETFS_BIN:-$top/.build/debug}/ManifestViewWriter PYTHONDONTWRITEBYTECODE=1
[[ -x $MANIFEST_VIEW_WRITER ]] || { echo "no $MANIFEST_VIEW_WRITER: build it, or name its directory" >&2; exit 2; }

if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    # All that is imported is listed; what the validators merely name besides would take as long again to install.
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --no-deps -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi
cd "$here"
exec "$venv/bin/python" -m pytest -c "$here/pytest.ini" --rootdir "$here" "$@"
