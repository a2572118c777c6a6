#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run.sh BUILD SESSION... - runs gdb sessions, each with an emulator of its own. The first lines of a
# session say with which options, and how the emulator has to end:
#     # emu386: OPTIONS       B stands for the build directory
#     # status: N             of the emulator, 0 if the line is missing
# The last line is the sum of all sessions.
set -u

B=$1
shift
dir=$(mktemp -d)
emulator=
trap '[ -z "$emulator" ] || kill "$emulator" 2>/dev/null; rm -rf "$dir"' EXIT
passed=0
failed=0

fail() {
    failed=$((failed + 1))
    echo "FAIL: $*"
}

# field NAME FILE: what its comment says
field() { sed -n "s/^# $1: //p" "$2" | head -n 1; }

for session in "$@"; do
    read -r -a options <<<"$(field emu386 "$session" | sed "s|\bB/|$B/|g")"
    want=$(field status "$session")
    : >"$dir/err"
    "$B/emu386" --display none --timeout 100 -g :0 "${options[@]}" \
        >"$dir/out" 2>"$dir/err" </dev/null &
    emulator=$!
    for _ in $(seq 200); do
        port=$(sed -n 's/.*target remote 127.0.0.1:\([0-9]*\).*/\1/p' "$dir/err")
        [ -z "$port" ] || break
        sleep 0.05
    done
    EMU386_BUILD=$B EMU386_PORT=$port timeout 100 gdb -nx -batch -x "$session" >"$dir/log" 2>&1 </dev/null
    sum=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$dir/log" | tail -n 1)
    if [ -z "$sum" ]; then
        fail "$session: did not come to its end: $(tail -n 5 "$dir/log")"
    else
        grep '^FAIL' -A 3 "$dir/log" | sed "s|^|$(basename "$session"): |"
        passed=$((passed + ${sum%% passed*}))
        sum=${sum##*, }
        failed=$((failed + ${sum%% failed*}))
    fi
    grep '^NOTE' "$dir/log"
    wait "$emulator"
    status=$?
    emulator=
    if [ $status = "${want:-0}" ]; then
        passed=$((passed + 1))
    else
        fail "$session: the emulator ended with $status: $(tail -n 3 "$dir/err")"
    fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
