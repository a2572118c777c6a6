#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# strict.sh BUILD - runs the kernels of stale.S with and without --strict, on both engines and two
# TLB models, and checks status and message; the built-in kernel must be clean.

B=${1:-build}
passed=0 failed=0
out=$(mktemp) || exit 2
trap 'rm -f "$out"' EXIT

check() { # check WHAT COMMAND...
    if "${@:2}"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1"
        sed 's/^/     /' "$out" | head -n 5
    fi
}

symbol() { # address of a symbol in a kernel, as the messages print it
    nm "$1" | sed -n "s/^\([0-9a-f]*\) . $2\$/\1/p"
}

# case, what must be said (empty: nothing), then whether change and use must be named
while IFS='|' read -r case text names; do
    elf=$B/tests/mmu/stale-$case.elf
    for options in "--engine fast" "--engine reference" "--engine lockstep" "--tlb 386" "--tlb 486"; do
        # shellcheck disable=SC2086
        timeout 20 "$B/emu386" --display none $options --strict --max-insns 200000 "$elf" >"$out" 2>&1
        status=$?
        if [ -z "$text" ]; then
            check "case $case $options: status $status" [ $status -eq 1 ]
            check "case $case $options: silent" [ ! -s "$out" ]
            continue
        fi
        check "case $case $options: status $status" [ $status -eq 5 ]
        check "case $case $options: '$text'" grep -q "$text" "$out"
        check "case $case $options: one paragraph" [ "$(wc -l <"$out")" -eq 1 ]
        for name in $names; do
            check "case $case $options: names $name" grep -q "eip $(symbol "$elf" "$name") <$name>" "$out"
        done
    done
    # Without --strict the kernel runs on, and the end says what was found.
    timeout 20 "$B/emu386" --display none --max-insns 200000 "$elf" >"$out" 2>&1
    status=$?
    [ "$case" = 7 ] || check "case $case runs on: status $status" [ $status -eq 1 ]
    [ -z "$text" ] || check "case $case is summed up" grep -q "$text" "$out"
done <<'TABLE'
0|stale TLB entry: the supervisor read of 00300000 .* the page tables now say 00301000|change use
1||
2||
3|stale TLB entry: the supervisor write to 00300000 .*(supervisor, read-only)|change use
4||
5|stale TLB entry: .* no longer map it|change use
6|stale TLB entry: the supervisor read of 00400000|use
7|wild jump: eip 00380000|
8|page table writable by user code: linear page 00300000|
9|nothing there: .* reads physical address d0000000|use
10||
11||
TABLE

for run in hello "segv rodata" ps maps "spin 2"; do
    timeout 60 "$B/emu386" --strict --display none -a "run=$run" >"$out" 2>&1
    status=$?
    check "the built-in kernel is clean: $run" [ ! -s "$out" ]
    check "the built-in kernel is clean: $run, status $status" [ $((status & 1)) -eq 1 ]
done
# Every TLB model gives the same transcript; the counters tell them apart.
walks=()
for tlb in large 386 486 2x16; do
    timeout 60 "$B/emu386" --tlb $tlb --display none --serial stdio -a "run=hello" \
        --trace "summary:$out.$tlb" >"$out.text.$tlb" 2>/dev/null
    check "transcript with --tlb $tlb" cmp -s "$out.text.large" "$out.text.$tlb"
    walks+=("$(sed -n 's/.*walks \([0-9]*\).*/\1/p' "$out.$tlb")")
done
check "walks differ: ${walks[*]}" [ "$(printf '%s\n' "${walks[@]}" | sort -u | wc -l)" -eq 4 ]
rm -f "$out".*

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
