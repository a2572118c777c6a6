# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# lib.sh - what the lint scripts share. Each is called as SCRIPT [ROOT]: it goes to ROOT (this
# project by default), prints one line per finding and ends with "N passed, N failed".

set -u
export LC_ALL=C
cd "${1:-$(dirname "$0")/../..}" || exit 2

passed=0
failed=0

pass() {
    passed=$((passed + 1))
}

fail() { # fail MESSAGE...
    failed=$((failed + 1))
    printf '%s\n' "$*"
}

finish() {
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
    exit
}

# sources PATTERN... : files of the project by name, without build directories, sorted.
sources() {
    local names=() p
    for p in "$@"; do
        names+=(-o -name "$p")
    done
    find . \( -path ./.git -o -path './build' -o -path './build-*' \) -prune -o \
        -type f \( "${names[@]:1}" \) -print | sed 's,^\./,,' | sort
}
