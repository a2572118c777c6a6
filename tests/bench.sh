#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# bench.sh - how fast the emulator is, measured from outside: fixed work in the guest (roms/bench),
# host time around it, the time of an empty run subtracted, best of several runs.
#
#   tests/bench.sh [-n WORK] [-k RUNS] [-c] [TEST...]   the table
#   tests/bench.sh --smoke                              only the checksums, quickly (make test)
#   tests/bench.sh --record                             write tests/bench-checksums.txt, from QEMU
#
# Columns: guest instructions (the emulator's own count), seconds, millions of guest instructions
# a second, host instructions for a guest instruction (-c: counted by valgrind's cachegrind on
# a small run, exact and independent of the machine's load), QEMU's seconds and emu386's time
# as a multiple of QEMU's. Runs of the two emulators alternate, so that load hits both.
# Environment: B (build directory), EMU386, QEMU, VALGRIND (commands), EMU_OPTIONS (extra options).

B=${B:-build}
EMU386=${EMU386:-$B/emu386}
QEMU=${QEMU:-qemu-system-i386}
VALGRIND=${VALGRIND:-valgrind}
read -r -a emu_options <<<"${EMU_OPTIONS:-}"
elf=$B/roms/bench/bench.elf
here=$(dirname "$0")
golden=$here/bench-checksums.txt
all="sort crc32 sieve matmul fib sha interp chase4k chase256k chase8m string repmovs tlb syscall
fault cr3 cr3_1 cr3_16 cr3_64 invlpg sysenter switch timer port smc codedata copyrun replarge repsmall
repoverlap repscan nbody"
work=20 runs=3 count_host='' mode=table tests=()

while [ $# -gt 0 ]; do
    case $1 in
    -n) work=$2; shift ;;
    -k) runs=$2; shift ;;
    -c) count_host=1 ;;
    --smoke) mode=smoke ;;
    --record) mode=record ;;
    -*) sed -n '3,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) tests+=("$1") ;;
    esac
    shift
done
[ ${#tests[@]} -gt 0 ] || read -r -d '' -a tests <<<"$all"
[ -f "$elf" ] || { echo "bench.sh: $elf is missing: make bench-guest" >&2; exit 2; }
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
command -v "$QEMU" >/dev/null && have_qemu=1 || have_qemu=

# run_emu TEST N, run_qemu TEST N: set micros, sum (checksum), and for emu386 insns.
run_emu() {
    local start=${EPOCHREALTIME/[.,]/}
    timeout 600 "$EMU386" -m 64M --display none --pace none --serial stdio "${emu_options[@]}" \
        --trace "summary:$tmp/summary" -a "bench=$1 n=$2" "$elf" >"$tmp/out" 2>"$tmp/err" </dev/null
    status=$?
    micros=$((${EPOCHREALTIME/[.,]/} - start))
    sum=$(tr -d '\r' <"$tmp/out" | sed -n "s/^$1 checksum=\([0-9a-f]*\)$/\1/p")
    insns=$(cat "$tmp/summary" "$tmp/err" 2>/dev/null | sed -n 's/.*instructions *\([0-9][0-9]*\).*/\1/p' | head -n 1)
    insns=${insns:-0}
}
run_qemu() {
    local start=${EPOCHREALTIME/[.,]/}
    timeout 600 "$QEMU" -m 64 -display none -monitor none -serial stdio -kernel "$elf" -append "bench=$1 n=$2" \
        -device isa-debug-exit,iobase=0xf4,iosize=4 -no-reboot >"$tmp/out" 2>"$tmp/err" </dev/null
    status=$?
    micros=$((${EPOCHREALTIME/[.,]/} - start))
    sum=$(tr -d '\r' <"$tmp/out" | sed -n "s/^$1 checksum=\([0-9a-f]*\)$/\1/p")
}

# host_insns TEST: host instructions of one small run.
host_insns() {
    "$VALGRIND" --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "$EMU386" -m 64M \
        --display none --pace none --serial none "${emu_options[@]}" -a "bench=$1 n=1" "$elf" 2>&1 \
        >/dev/null </dev/null | sed -n 's/.*I *refs: *//p' | tr -d ,
}

if [ $mode = record ]; then
    for t in "${tests[@]}"; do
        run_qemu "$t" 1
        [ "$status" = 33 ] && [ -n "$sum" ] || { echo "bench.sh: QEMU failed on $t" >&2; exit 1; }
        echo "$t $sum"
    done >"$tmp/golden" && cp "$tmp/golden" "$golden"
    exit
fi

if [ $mode = smoke ]; then
    passed=0 failed=0
    for t in "${tests[@]}"; do
        want=$(sed -n "s/^$t //p" "$golden")
        run_emu "$t" 1
        if [ "$status" = 33 ] && [ -n "$want" ] && [ "$sum" = "$want" ]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAIL $t: checksum ${sum:-none}, must be ${want:-recorded}, exit status $status"
            head -n 5 "$tmp/err"
        fi
    done
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
fi

# best COMMAND TEST: least micros of $runs runs, kept in best_emu, best_qemu; runs alternate.
best_of() {
    best_emu=0 best_qemu=0
    local i
    for ((i = 0; i < runs; i++)); do
        run_emu "$1" "$work"
        emu_sum=$sum emu_status=$status
        { [ "$best_emu" -eq 0 ] || [ "$micros" -lt "$best_emu" ]; } && best_emu=$micros
        [ -n "$have_qemu" ] || continue
        run_qemu "$1" "$work"
        { [ "$best_qemu" -eq 0 ] || [ "$micros" -lt "$best_qemu" ]; } && best_qemu=$micros
    done
}

failed=0
best_of empty
empty_emu=$best_emu empty_qemu=$best_qemu empty_insns=$insns empty_host=0
[ -z "$count_host" ] || empty_host=$(host_insns empty)
printf '%-10s %9s %8s %8s %8s %8s %8s\n' test Minsns seconds Mips host/gst QEMU_s x_QEMU
for t in "${tests[@]}"; do
    best_of "$t"
    big=$insns host=0 small=0
    if [ -n "$count_host" ]; then
        run_emu "$t" 1
        small=$((insns - empty_insns))
        host=$(($(host_insns "$t") - empty_host))
    fi
    note=
    if [ "$emu_status" != 33 ] || [ -z "$emu_sum" ]; then
        note="FAILED (status $emu_status)"
    elif [ -n "$have_qemu" ] && [ "$emu_sum" != "$sum" ] && [ -z "$count_host" ]; then
        note="WRONG checksum $emu_sum, QEMU has $sum"
    elif [ -n "$have_qemu" ] && [ -n "$count_host" ]; then
        run_qemu "$t" "$work"
        [ "$emu_sum" = "$sum" ] || note="WRONG checksum $emu_sum, QEMU has $sum"
    fi
    [ -z "$note" ] || failed=$((failed + 1))
    awk -v t="$t" -v i=$((big - empty_insns)) -v e=$((best_emu - empty_emu)) \
        -v q=$((best_qemu - empty_qemu)) -v h="$host" -v s="$small" -v have="$have_qemu" -v note="$note" 'BEGIN {
        e = e < 1 ? 1 : e; q = q < 1 ? 1 : q
        per = "-"; if (s > 0 && h > 0) per = sprintf("%.1f", h / s)
        theirs = ratio = "-"
        if (have) { theirs = sprintf("%.3f", q / 1e6); ratio = sprintf("%.2f", e / q) }
        printf "%-10s %9.1f %8.3f %8.1f %8s %8s %8s %s\n", t, i / 1e6, e / 1e6, i / e, per, theirs, ratio, note }'
done
echo "work $work, best of $runs, empty run: emu386 $((empty_emu / 1000)) ms$([ -n "$have_qemu" ] && echo ", QEMU $((empty_qemu / 1000)) ms") (subtracted)"
[ "$failed" -eq 0 ]
