#!/usr/bin/env bash
# The gate before the build: format, forbidden words, file lengths, shell scripts. Prints what is wrong, and where.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$top"

failures=0
swift_files=()
while IFS= read -r -d '' file; do swift_files+=("$file"); done < <(find Package.swift Sources Tests -name '*.swift' -print0)
below_cli=(Sources/Dataset*)

# forbid REASON PATTERN PATH…: no Swift file below PATH has a line that matches.
forbid() {
    local found
    if found=$(grep -rnE --include='*.swift' -e "$2" "${@:3}"); then
        printf '%s:\n%s\n' "$1" "$found" >&2
        failures=$((failures + 1))
    fi
}

swift format lint --strict --parallel "${swift_files[@]}" || failures=$((failures + 1))

forbid "Forced out of optionals and errors" '\btry!|\bas!' Sources Tests
forbid "Ends the process on input" '\b(fatalError|preconditionFailure)\(' Sources
forbid "Left undone" '\b(TODO|FIXME|XXX|HACK)\b' Sources Tests
forbid "Asynchronous below the command line" '\b(await|async)\b [a-z]|\bTask( |\.|\{|\()|^ *(package |public )?actor ' "${below_cli[@]}"
forbid "Foundation in full below the command line" 'import Foundation$' "${below_cli[@]}"

# Unchecked claims carry their proof beside them: a comment on the same line or within the lines right above.
unproven=$(awk '
    FNR == 1 { comment = 0 }
    /^ *\/\// { comment = 1; next }
    /@unchecked Sendable|nonisolated\(unsafe\)/ && !comment && !/\/\// { print FILENAME ":" FNR ": " $0 }
    !/^ *@/ { comment = 0 }
' "${swift_files[@]}")
if [[ -n $unproven ]]; then
    printf 'Unchecked claims without a sentence of proof:\n%s\n' "$unproven" >&2
    failures=$((failures + 1))
fi

long=$(wc -l "${swift_files[@]}" | awk '$2 != "total" && $1 > 400')
if [[ -n $long ]]; then
    printf 'Files longer than 400 lines:\n%s\n' "$long" >&2
    failures=$((failures + 1))
fi

mapfile -t shell_files < <(grep -rlIE '^#!(/usr/bin/env bash|/bin/sh)' mount-scripts Tests .ci --include='*' --exclude-dir='.venv*' --exclude='*.swift')
(cd mount-scripts && shellcheck "${shell_files[@]/#/../}") || failures=$((failures + 1))

[[ $failures -eq 0 ]] || die "$failures rules are broken."
say "Clean: ${#swift_files[@]} Swift files, ${#shell_files[@]} shell scripts."
