#!/usr/bin/env bash
# What the scripts beside this file share. Sourced, not run.
# shellcheck disable=SC2034  # its variables are used where it is sourced
set -euo pipefail

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$scripts")

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' plain=$'\e[0m'
else
    bold='' plain=''
fi

# heading TEXT…: what comes next.
heading() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }

say() { printf '%s\n' "$*"; }

# die TEXT…: ends the script with a reason.
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root, and there is no sudo: run as root: $*"
    fi
}

# install_packages NAME…: apt-get installs those that are missing, and only those.
install_packages() {
    local name missing=()
    command -v dpkg-query >/dev/null || die "this machine has no dpkg; install what these Debian packages hold: $*"
    for name in "$@"; do
        dpkg-query --show --showformat='${db:Status-Status}\n' "$name" 2>/dev/null | grep -q '^installed$' ||
            missing+=("$name")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0
    say "Installing ${missing[*]} with apt-get."
    as_root apt-get update -q >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null
}

# Libraries and programs that building and mounting need.
build_packages=(
    libfuse3-dev fuse3 libcurl4-openssl-dev libxxhash-dev libsqlite3-dev libc6-dev pkg-config
    zlib1g-dev libdeflate-dev libbz2-dev liblzma-dev libzstd-dev
)
# What the demonstration and the checks use besides.
tour_packages=(attr curl python3)
check_packages=(
    python3-venv python3-dev gcc rsync shellcheck vim nano emacs-nox git sqlite3 zip unzip faketime
    p7zip-full libarchive-tools
)

need_swift() {
    command -v swift >/dev/null || die "Swift 6.2 or newer is needed and not in PATH; https://www.swift.org/install tells how."
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    [[ $(printf '%s\n' 6.2 "$version" | sort --version-sort | head -n 1) == 6.2 ]] ||
        die "Swift 6.2 or newer is needed; this one is ${version:-of an unknown version}."
}

need_fuse() {
    [[ -e /dev/fuse ]] ||
        die "there is no /dev/fuse: load the kernel module (modprobe fuse), or start the container with --device /dev/fuse --cap-add SYS_ADMIN."
}

# build_release: sets `bin` to a directory with both programs. DATASETFS_BIN names one that has them already.
build_release() {
    if [[ -n ${DATASETFS_BIN:-} ]]; then
        bin=$(cd "$DATASETFS_BIN" && pwd)
        return
    fi
    need_swift
    heading "Building (the first time takes some minutes)"
    local product
    for product in datasetfs datasetfs-server; do
        (cd "$top" && swift build --configuration release --product "$product")
    done
    bin=$(cd "$top" && swift build --configuration release --show-bin-path)
}
