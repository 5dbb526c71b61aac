#!/usr/bin/env bash
# Everything that must hold: installs what is missing, lints, builds with one-way imports, runs all tests, drives the
# server with the platform's own Python client, has generated views validated, and reads real mounts with real programs.
#
#   check.sh [lint|build|unit|client|views|mount]…    only these parts, in this order
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$top"

# The same for every call, or the next one builds anew.
build_options=(--explicit-target-dependency-import-check error)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM
summary=()

# run_tests TITLE COMMAND…: shows the output as it comes, and keeps it in `log` for those who count.
run_tests() {
    local status=0
    heading "$1"
    "${@:2}" 2>&1 | tee "$log" || status=$?
    [[ $status -eq 0 ]] || die "$1: failed with status $status."
}

# refuse_skips PATTERN: a test that was skipped without a reason never counts as passed, and where there is a /dev/fuse no
# test is skipped for want of it.
refuse_skips() {
    local skips
    skips=$(grep -E "$1" "$log" | grep -vE 'started\.$|passed after|failed after' || true)
    [[ -n $skips ]] || return 0
    say "Skipped:"
    say "$skips"
    if grep -vqE 'skipped: |SKIPPED .*: ' <<<"$skips"; then die "a test was skipped without a reason."; fi
    if [[ -e /dev/fuse ]] && grep -qi 'fuse' <<<"$skips"; then die "mount tests were skipped although /dev/fuse is there."; fi
}

lint() {
    heading "Lint"
    "$scripts/lint.sh"
}

build() {
    heading "Build"
    swift build --build-tests "${build_options[@]}"
    built=yes
}

# One target after the other: on two cores, tests of all targets at once starve each other.
unit() {
    local folder name line
    [[ ${built:-} == yes ]] || build
    for folder in Tests/*Tests; do
        name=$(basename "$folder")
        [[ $name != MountTests ]] || continue
        run_tests "$name" swift test --skip-build "${build_options[@]}" --filter "^$name\\."
        refuse_skips '(Test|Suite) .* skipped(: .*|\.)?$'
        line=$(grep -E 'Test run with [1-9][0-9]* tests? .*passed' "$log" | tail -n 1 || true)
        [[ -n $line ]] || die "$name: no test has run."
        summary+=("$name: ${line#* }")
    done
}

client() {
    run_tests "The platform's Python client against the server" Tests/EdisonClient/run.sh "$bin/datasetfs-server"
    refuse_skips 'skipped'
    summary+=("$(tail -n 2 "$log")")
}

views() {
    run_tests "Generated views, read by their own validators" Tests/ManifestViews/run.sh "$bin"
    refuse_skips '^SKIPPED'
    summary+=("views: $(tail -n 1 "$log")")
}

mount() {
    run_tests "Real mounts, real programs" Tests/MountTests/run.sh "$bin"
    refuse_skips '^SKIPPED'
    summary+=("$(tail -n 1 "$log")")
}

install_packages "${build_packages[@]}" "${tour_packages[@]}" "${check_packages[@]}"
need_swift
bin=${DATASETFS_BIN:-$(swift build "${build_options[@]}" --show-bin-path)}
parts=("$@")
[[ ${#parts[@]} -gt 0 ]] || parts=(lint build unit client views mount)
for part in "${parts[@]}"; do
    case $part in
        lint | build | unit | client | views | mount) "$part" ;;
        *) die "there is no part “$part”; the parts are lint, build, unit, client, views and mount." ;;
    esac
done

heading "All of it held"
[[ ${#summary[@]} -eq 0 ]] || printf '%s\n' "${summary[@]}"
say "Checked: ${parts[*]} in $((SECONDS / 60)) min $((SECONDS % 60)) s."
