#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The bare-metal test of the chips (roms/chiptest): tests/guest/chips.sh EMULATOR MACHINE [OPTIONS...]
# EMULATOR: emu386, qemu (or snap); MACHINE: pc, isa. Its own checks are counted; those that are listed for `chips` in
# EMULATOR-deviations.txt may fail there, and are reported as stale when they pass. Under emu386 it runs
# twice, and the two runs are the same. `snap MACHINE` saves the emu386 run at several moments, and each is
# to come to the same end from there. Last line: `N passed, N failed`.
# Environment: B (build directory), QEMU, EMU386 (command names).

# shellcheck disable=SC1091,SC2034,SC2154 # read and set by begin.sh
B=${B:-build}
QEMU=${QEMU:-qemu-system-i386}
EMU386=${EMU386:-$B/emu386}
elf=$B/roms/chiptest/chiptest.elf
emulator=${1:-emu386} machine=${2:-pc}
shift 2
case $emulator in
emu386 | snap) program=$EMU386 ;;
qemu) program=$QEMU ;;
*)
    echo "chips.sh: unknown emulator '$emulator' (emu386, qemu, snap)" >&2
    exit 2
    ;;
esac
. "$(dirname "$0")/begin.sh"

media() { # new ones
    "$B/tests/disk/image" disk "$work/floppy" 2880 && "$B/tests/disk/image" disk "$work/disk" 4096 || exit 2
}

run() { # run OUT OPTIONS...
    local out=$1
    shift
    if [ "$emulator" = qemu ]; then
        # Time is counted in instructions, so that a busy host changes nothing.
        local board=(-M pc -vga std -netdev "user,id=n" -device "e1000,netdev=n")
        [ "$machine" = pc ] || board=(-M isapc -cpu 486)
        timeout 200 "$QEMU" -m 16 -nodefaults "${board[@]}" -icount shift=3,sleep=off \
            -rtc clock=vm -kernel "$elf" \
            -drive "file=$work/floppy,format=raw,if=floppy" -drive "file=$work/disk,format=raw,if=ide" \
            -display none -monitor none -serial stdio -serial null -parallel null \
            -device isa-debug-exit,iobase=0xf4,iosize=4 -no-reboot >"$out" 2>"$work/err" </dev/null
    else
        local net=(--net "user,model=e1000")
        [ "$machine" = pc ] || net=()
        local keep= # a snapshot holds what was written only where it stays in memory
        [ "$emulator" = emu386 ] || keep=,snapshot
        timeout 500 "$EMU386" -m 16M --machine "$machine" --display none --serial "file:$out" \
            --pace none --trace summary "${net[@]}" --floppy "$work/floppy$keep" --disk "$work/disk$keep" "$@" \
            -k "$elf" >"$work/said" 2>"$work/err" </dev/null
    fi
}

# What a run comes to: its hash, instructions, exit status.
result() { # result STATUS
    grep -aE '^(instructions|state hash) ' "$work/err"
    echo "status $1"
}

media
if [ "$emulator" = snap ]; then
    run "$work/out" "$@"
    whole=$(result $?)
    total=$(sed -n 's/^instructions *//p' "$work/err" | tr -dc 0-9)
    for ((n = 1; n < 8; n++)); do
        run "$work/again" "$@" -e "break icount $((${total:-0} * n / 8))" -e c -e "save $work/snap" -e q
        run "$work/again" "$@" -e "restore $work/snap" -e c
        again=$(result $?)
        if [ "$again" = "$whole" ] && [[ $whole == *"status 33"* ]]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAIL from $n/8 on: $again instead of $whole $(tail -n 1 "$work/err")"
        fi
    done
    echo "$passed passed, $failed failed"
    [ $failed -eq 0 ]
    exit
fi

run "$work/out" "$@"
status=$?
counts=$(tail -n 1 "$work/out" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
echo "$emulator $machine: ${counts:-no count line} (status $status)"
grep '^FAIL' "$work/out" >"$work/fails"
sed -n "s/^chips\(-$machine\)\? | //p" "$deviations" | sed 's/ | .*//' >"$work/listed"
while IFS= read -r name; do # what this emulator does differently is counted apart
    grep -Fq "FAIL $name -- " "$work/fails" || echo "stale: $name passes"
    grep -Fv "FAIL $name -- " "$work/fails" >"$work/left"
    mv "$work/left" "$work/fails"
done <"$work/listed"
cat "$work/fails"
if [ -z "$counts" ] || { [ $status -ne 33 ] && [ $status -ne 35 ]; }; then
    failed=$((failed + 1))
    tail -n 5 "$work/out" "$work/err"
    counts=${counts:-0 0}
fi
passed=$((passed + ${counts% *})) failed=$((failed + $(wc -l <"$work/fails")))
if [ "$emulator" = emu386 ]; then
    grep '^state hash' "$work/err" >"$work/hash"
    media
    run "$work/again" "$@"
    if grep '^state hash' "$work/err" | cmp -s - "$work/hash" && cmp -s "$work/again" "$work/out"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL two runs differ"
    fi
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
