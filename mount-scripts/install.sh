#!/usr/bin/env bash
# Builds and installs datasetfs: the two programs, the helper of `mount -t datasetfs`, systemd units, shell completions.
#
#   install.sh [--prefix DIR]     DIR is /usr/local unless told otherwise (PREFIX does the same)
#   install.sh --uninstall        takes all of it away again
#
# DATASETFS_BIN names a directory with both programs, to install them without building. DESTDIR is put before every path.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

prefix=${PREFIX:-/usr/local}
destination=${DESTDIR:-}
action=install
while [[ $# -gt 0 ]]; do
    case $1 in
        --prefix)
            [[ $# -gt 1 ]] || die "--prefix takes a directory."
            prefix=$2
            shift
            ;;
        --prefix=*) prefix=${1#*=} ;;
        --uninstall) action=uninstall ;;
        -h | --help)
            sed -n '2,/^source/{/^source/d;s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
            exit 0
            ;;
        *) die "unknown argument $1; it takes --prefix DIR, --uninstall and --help." ;;
    esac
    shift
done
[[ $prefix == /* ]] || die "the prefix must begin with a slash: $prefix"

# Where mount(8) looks for helpers, whatever the prefix.
helper=$destination/sbin/mount.datasetfs
user_unit=$destination$prefix/lib/systemd/user/datasetfs@.service
examples=$destination$prefix/share/doc/datasetfs
completions=(
    "bash:$destination$prefix/share/bash-completion/completions/datasetfs"
    "zsh:$destination$prefix/share/zsh/site-functions/_datasetfs"
    "fish:$destination$prefix/share/fish/vendor_completions.d/datasetfs.fish"
)

# Root only where this account may not write.
elevated() {
    local directory=$destination$prefix
    while [[ ! -e $directory ]]; do directory=$(dirname "$directory"); done
    if [[ -w $directory && -w $(dirname "$helper") ]]; then "$@"; else as_root "$@"; fi
}

# put MODE SOURCE TARGET: installs one file with @PREFIX@ filled in, and says so.
put() {
    elevated mkdir -p "$(dirname "$3")"
    elevated install -m "$1" "$2" "$3"
    say "  $3"
}

install_all() {
    install_packages "${build_packages[@]}"
    build_release
    local staging entry shell
    staging=$(mktemp -d)
    # shellcheck disable=SC2064  # the name is known now
    trap "rm -rf '$staging'" EXIT
    [[ -z $destination ]] || elevated mkdir -p "$destination/sbin"
    sed "s|/usr/local/bin|$prefix/bin|" "$scripts/mount.datasetfs" >"$staging/mount.datasetfs"
    sed "s|@PREFIX@|$prefix|" "$scripts/systemd/datasetfs@.service" >"$staging/datasetfs@.service"
    for entry in "${completions[@]}"; do
        shell=${entry%%:*}
        "$bin/datasetfs" --generate-completion-script "$shell" >"$staging/$shell"
    done
    say "Installing:"
    put 755 "$bin/datasetfs" "$destination$prefix/bin/datasetfs"
    put 755 "$bin/datasetfs-server" "$destination$prefix/bin/datasetfs-server"
    put 755 "$staging/mount.datasetfs" "$helper"
    put 644 "$staging/datasetfs@.service" "$user_unit"
    put 644 "$scripts/systemd/mnt-datasets.mount" "$examples/mnt-datasets.mount"
    put 644 "$scripts/systemd/mnt-datasets.automount" "$examples/mnt-datasets.automount"
    for entry in "${completions[@]}"; do put 644 "$staging/${entry%%:*}" "${entry#*:}"; done
    say "Now “datasetfs mount edison: DIR” and “mount -t datasetfs edison: DIR” work."
}

uninstall_all() {
    local entry file files=("$destination$prefix/bin/datasetfs" "$destination$prefix/bin/datasetfs-server" "$helper" "$user_unit")
    files+=("$examples/mnt-datasets.mount" "$examples/mnt-datasets.automount")
    for entry in "${completions[@]}"; do files+=("${entry#*:}"); done
    say "Removing:"
    for file in "${files[@]}"; do
        [[ -e $file ]] || continue
        elevated rm -f "$file"
        say "  $file"
    done
    [[ ! -d $examples ]] || elevated rmdir --ignore-fail-on-non-empty "$examples"
    say "What was written and is not published stays in ~/.local/state/datasetfs, caches in ~/.cache/datasetfs,"
    say "configurations in ~/.config/datasetfs."
}

"${action}_all"
