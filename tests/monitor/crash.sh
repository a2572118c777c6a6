#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# crash.sh compare|write BUILD - runs the kernels of crash.S, each of which ends in a triple fault, and
# compares the reports with crash.txt (`write` makes that file anew: review the difference). Reports
# go to stderr, say the same in every engine, and the exit status is 3.

mode=${1:-compare}
build=${2:-build}
golden=$(dirname "$0")/crash.txt
passed=0 failed=0
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

check() { # check WHAT COMMAND...
    if "${@:2}"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1"
    fi
}

report() { # report CASE OPTION...: the report into $scratch/report
    timeout 30 "$build/emu386" --display none --max-insns 1000000 "${@:2}" \
        "$build/tests/monitor/crash-$1.elf" >"$scratch/out" 2>"$scratch/report"
    status=$?
}

for case in 0 1 2 3 4 5 6 7 8 9 10; do
    for engine in fast reference lockstep; do
        report $case --engine $engine
        check "case $case, $engine: status $status, not 3" [ $status -eq 3 ]
        check "case $case, $engine: something on stdout" [ ! -s "$scratch/out" ]
        if [ $engine = fast ]; then
            cp "$scratch/report" "$scratch/first"
            { echo "==== case $case"; cat "$scratch/report"; } >>"$scratch/all"
        else
            check "case $case: $engine says something else" \
                diff "$scratch/first" "$scratch/report"
        fi
    done
    check "case $case: no cause in one sentence" \
        grep -q '^[eiI].* at .* could not be delivered: ' "$scratch/report"
done
if [ "$mode" = write ]; then
    cp "$scratch/all" "$golden"
else
    check "the reports are not those of $golden" diff "$golden" "$scratch/all"
fi

# The report counted the entries of PAE tables as if they were those of 32-bit ones.
timeout 30 "$build/emu386" --display none "$build/tests/monitor/guest/pae.elf" >"$scratch/out" 2>&1
check "PAE: the directory pointer is named" \
    grep -qF 'supervisor read of 40000000: the directory pointer (PDPTE[1]) is not present' "$scratch/out"

# Nobody asked for a stop: reset starts again, and again.
timeout 30 "$build/emu386" --display none --max-insns 100000 --on-triple-fault reset \
    "$build/tests/monitor/crash-0.elf" >"$scratch/out" 2>&1
check "reset: status $?, not 4" [ $? -eq 4 ]
check "reset: a report was printed" [ ! -s "$scratch/out" ]

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
