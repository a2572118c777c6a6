#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# sessions.sh compare|golden EMU386 KERNEL - executes each script tests/monitor/run/*.mon on the small
# kernel and compares what emu386 prints (and its exit status) with the .out file beside it; what it says
# about the guest's health at the end is left out. A line "# args: ..." gives further arguments,
# "# kernel: NAME" takes another of the small kernels.
set -u
mode=$1
emu=$(realpath "$2")
kernel=$(realpath "$3")
dir=$(realpath "$(dirname "$0")")/run
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0
printf 'Loaded from a file.\0' >"$scratch/bytes"

session() { # session SCRIPT: its output and status
    local args name
    name=$(sed -n "s|^# kernel: \(.*\)|${kernel%/*}/\1.elf|p" "$1")
    args=$(sed -n 's/^# args: //p' "$1")
    # shellcheck disable=SC2086 # several arguments
    (cd "$scratch" && XDG_CONFIG_HOME=/dev/null/none timeout 60 "$emu" --display none --timeout 50 \
        -e 'verbose on' -x "$1" $args "${name:-$kernel}" </dev/null 2>&1
    echo "exit status $?") | grep -vE '^\(emu386\) source|^@[0-9]+ stale TLB' | sed "s|$dir/||g; s|$scratch|.|g"
}

for script in "$dir"/*.mon; do
    want=${script%.mon}.out
    if [ "$mode" = golden ]; then
        session "$script" >"$want"
    elif diff "$want" <(session "$script") >"$scratch/differences"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL: ${script##*/}: expected (<), said (>):"
        head -40 "$scratch/differences"
    fi
done
if [ "$mode" = golden ]; then
    git -C "$dir" --no-pager diff --stat -- .
    exit
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
