#!/usr/bin/env bash
# Shows it all in one go on this machine alone: builds, starts a local platform with a small sample, mounts it, reads and writes
# it with ordinary programs, unmounts, and leaves nothing behind. Ends with status 0 when every step did what it should.
#
#   DATASETFS_BIN=DIR demo.sh    uses the programs in DIR instead of building them
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

install_packages "${build_packages[@]}" "${tour_packages[@]}"
need_fuse
build_release

work=$(mktemp -d "${TMPDIR:-/tmp}/datasetfs-demo.XXXXXX")
server=

clean_up() {
    local status=$?
    trap - EXIT
    cd /
    if mountpoint -q "$work/data"; then
        "$bin/datasetfs" unmount "$work/data" || "$bin/datasetfs" unmount --lazy "$work/data" || true
    fi
    stop_server
    rm -rf "$work"
    [[ $status -eq 0 ]] || say "The demonstration failed (status $status)." >&2
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

stop_server() {
    if [[ -n $server ]]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
        server=
    fi
}

# show COMMAND…: one line as it would be typed, then what it prints; a failure ends the demonstration.
show() {
    printf '\n%s$ %s%s\n' "$bold" "$1" "$plain"
    eval "$1"
}

# show_failing COMMAND…: the same for a command that is meant to fail.
show_failing() {
    printf '\n%s$ %s%s\n' "$bold" "$1" "$plain"
    if eval "$1" 2>&1; then die "this should have failed: $*"; fi
}

admin() { curl --silent --show-error --fail --output /dev/null "$@"; }

# received: bytes that came over the wire so far, as the mount itself counts them.
received() { sed -n 's/.*"bytesReceived" *: *\([0-9]*\).*/\1/p' data/.datasetfs/status; }

# Nothing of the person's own configuration, cache or keys takes part.
export XDG_CONFIG_HOME=$work/config XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state
export EDISON_PLATFORM_API_KEY=local-key
PATH=$bin:$PATH
cd "$work"
mkdir data platform

heading "A platform of our own, with a small sample"
datasetfs-server --port 0 --root platform --admin >ready 2>server.log &
server=$!
for _ in {1..100}; do
    [[ -s ready ]] && break
    kill -0 "$server" 2>/dev/null || die "the server ended: $(cat server.log)"
    sleep 0.1
done
address=$(sed -n 's/^datasetfs-server ready on //p' ready)
[[ -n $address ]] || die "the server did not become ready: $(cat server.log)"
python3 "$scripts/sample/fill.py" "$address"
python3 "$scripts/sample/fill.py" --frames >original.u16
say "It listens on $address."

heading "Mount it, look around"
show "datasetfs mount edison+$address data"
show "ls data"
cd "data/small molecules"
show "ls -l"
show "find . -type f | sort"
show "cat elements.csv | head -n 5"
show "grep -rh Ångström README.md"
show "readlink constants"
cd "$work"

heading "What the platform knows of a file: extended attributes"
show "getfattr -d 'data/small molecules/elements.csv'"
show "getfattr --only-values -n user.datasetfs.id 'data/small molecules/elements.csv'; echo"
show "getfattr --only-values -n user.datasetfs.dir.files 'data/small molecules'; echo"

heading "The last 4 KiB of a 64 MiB file, and what they cost"
before=$(received)
show "tail -c 4096 'data/small molecules/frames.u16' | cksum"
cost=$(($(received) - before))
say "$cost bytes came over the wire."
[[ $cost -le $((2 << 20)) ]] || die "4 KiB cost more than 2 MiB."
show "cmp 'data/small molecules/frames.u16' original.u16 && echo same"
show "datasetfs status data"

heading "Write to it"
show "mkdir data/assays"
show "printf 'well,signal\\nA1,0.42\\n' > data/assays/plate.csv"
show "cp original.u16 data/assays/frames.u16"
show "sed -i s/0.42/0.43/ data/assays/plate.csv"
show "datasetfs sync data"
show "getfattr --only-values -n user.datasetfs.storage_type data/assays/plate.csv; echo"
show "datasetfs status data"

heading "What the platform refuses is kept"
admin -d '{"path": "/v0.1/data-storage/", "method": "POST", "status": 403, "body": {"detail": "Not enough permissions"}}' "$address/admin/faults"
show_failing "cp data/assays/plate.csv data/assays/copy.csv"
show_failing "datasetfs sync data"
show "datasetfs export data/assays/copy.csv saved.csv && cat saved.csv"
admin -X DELETE "$address/admin/faults"
show "datasetfs retry data/assays/copy.csv && datasetfs sync data && cat data/assays/copy.csv"

heading "When something fails, it says why"
admin -d '{"path": "/data-entries/", "status": 403, "body": {"detail": "Not enough permissions"}}' "$address/admin/faults"
admin -d '{"path": "/storage/objects/", "status": 403, "body": "<Error><Code>AccessDenied</Code></Error>"}' "$address/admin/faults"
show_failing "cat 'data/small molecules/sun.f64' > sun"
show "datasetfs why 'data/small molecules/sun.f64'"
admin -X DELETE "$address/admin/faults"
show "head -c 16 'data/small molecules/sun.f64' | od -t f8"

heading "The platform goes away: what was read still reads"
stop_server
show "cat 'data/small molecules/README.md'"
show "ls 'data/small molecules/molecules/organic'"

heading "Unmount"
show "datasetfs unmount data"
show "ls -A data"
say ""
say "Done; nothing is left behind."
