#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# wait.sh EMU386 LINES - `wait` and `type` of scripts: the two serial lines apart, line ends on the screen,
# and what becomes of keys that wait to be typed when the machine is saved. LINES is guest/lines.S.

set -u
emu=${1:?usage: wait.sh EMU386 LINES}
guest=${2:?}
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

script() { # script STATUS NAME OPTION... -- COMMAND...: these commands of the monitor give that exit status
    local want=$1 name=$2 options=() commands=()
    shift 2
    for (( ; $#; )); do
        [ "$1" = -- ] && break
        options+=("$1")
        shift
    done
    shift
    for command; do
        commands+=(-e "$command")
    done
    timeout 60 "$emu" --display none --serial "file:$scratch/one" "${options[@]}" "${commands[@]}" -e q \
        "$guest" </dev/null >"$scratch/said" 2>&1
    local status=$?
    if [ $status = "$want" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name: exit status $status instead of $want"
        cat "$scratch/said"
    fi
}

yes() { script 0 "$@"; }
no() { script 2 "$@"; }

yes 'each line has its own text' -- 'wait "one" on serial for 1 s' 'wait "two" on serial2 for 1 s'
yes 'com1 and com2 are the same' -- 'wait "one\n" on com1 for 1 s' 'wait "two\n" on com2 for 1 s'
no 'the second line is not on the first' -- 'wait "two" on serial for 1 s'
no 'the first line is not on the second' -- 'wait "one" on com2 for 1 s'
no 'without a word: not the second' -- 'wait "two" for 1 s'
yes 'what was found is used up, on that line only' -- 'wait "two" on com2 for 1 s' 'wait "one" on com1'
no 'what was found is used up' -- 'wait "two" on com2 for 1 s' 'wait "two" on com2 for 1 s'
yes 'type on serial2' --serial "file:$scratch/two" -- 'wait "two\n" on serial2 for 1 s' \
    'type "ping" on serial2' 'wait "ping" on com2 for 1 s' 'type "pong" on com1' 'wait "pong" on com1 for 1 s'
if [ "$(tr -d '\r' <"$scratch/two")" = $'two\nping' ] && [ "$(tr -d '\r' <"$scratch/one")" = $'one\npong' ]
then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo 'FAIL the files of the two lines have what came on them'
fi
yes 'the second line as a terminal' --serial pty -- 'wait "two" on com2 for 1 s'
yes 'lockstep: the second line speaks once' --engine lockstep -- 'wait "two\n" on com2 for 1 s' \
    'type "a" on com2' 'wait "a" on com2 for 1 s'
no 'type on a line that is not there' -- 'type "x" on serial3'
no 'wait on a line that is not there' -- 'wait "x" on com3 for 1 s'

yes 'a line end is the blank rest of a row' -- 'wait "top\n" on screen for 1 s'
no 'and nothing else' -- 'wait "to\n" on screen for 1 s'
yes 'a row that is full goes on in the next' -- 'wait "endnext" on screen for 1 s'
yes 'or ends there' -- 'wait "end\nnext\n" on screen for 1 s'
yes 'a blank row is a line' -- 'wait "next\n\n# typed\n" on screen for 1 s'
no 'it is one line end more' -- 'wait "next\n# typed" on screen for 1 s'
yes 'the beginning of a row' -- 'wait "\n# " on screen for 1 s'
no 'not in the middle of it' -- 'wait "\ntyped" on screen for 1 s'
yes 'the first row begins a line' -- 'wait "\ntop" on screen for 1 s'
yes 'the last rows' -- 'wait "typed\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n" on screen for 1 s'
no 'behind the last row is nothing' -- 'wait "typed\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n" on screen for 1 s'

yes 'saved between type and its keys' -- 'wait "one\n" on serial for 1 s' 'type "late" on serial' \
    "save $scratch/snap" 'wait "late" on serial for 1 s'
no 'what was still to be typed is not in the snapshot' -- "restore $scratch/snap" \
    'wait "late" on serial for 1 s'

echo "$passed passed, $failed failed"
[ $failed = 0 ]
