#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The bare-metal tests of the network cards (roms/nettest): tests/guest/net.sh EMULATOR [OPTIONS...]
# EMULATOR: emu386, qemu. Each has a user network behind the card. Like run.sh: the counts are the
# guest's own checks, the last line is `N passed, N failed`. Under emu386 each runs twice, and the
# two runs are the same: what the network answers by itself comes at the same instruction.
# Environment: B (build directory), QEMU, EMU386 (command names).

# shellcheck disable=SC1091,SC2034,SC2154 # read and set by begin.sh
B=${B:-build}
QEMU=${QEMU:-qemu-system-i386}
EMU386=${EMU386:-$B/emu386}
emulator=${1:-emu386}
[ $# -gt 0 ] && shift
case $emulator in
emu386) program=$EMU386 ;;
qemu) program=$QEMU ;;
*)
    echo "net.sh: unknown emulator '$emulator' (emu386, qemu)" >&2
    exit 2
    ;;
esac
. "$(dirname "$0")/begin.sh"

run() { # run CARD OUT OPTIONS...
    card=$1 out=$2
    shift 2
    case $emulator-$card in
    qemu-ne2000) options="-M isapc -cpu 486 -device ne2k_isa,netdev=n,iobase=0x300,irq=9" ;;
    qemu-*) options="-M pc -device $card,netdev=n" ;;
    emu386-ne2000) options="--machine isa --net user,model=ne2000" ;;
    *) options="--machine pc --net user,model=$card" ;;
    esac
    if [ "$emulator" = qemu ]; then
        # shellcheck disable=SC2086
        timeout 100 "$QEMU" -m 16 -nodefaults $options -netdev user,id=n -kernel "$B/roms/nettest/$card.elf" \
            -display none -serial stdio -monitor none -device isa-debug-exit,iobase=0xf4,iosize=4 \
            -no-reboot >"$out" 2>"$work/err" </dev/null
    else
        # shellcheck disable=SC2086
        timeout 300 "$EMU386" -m 16M --display none --serial stdio --pace none --trace summary \
            $options "$@" "$B/roms/nettest/$card.elf" >"$out" 2>"$work/err" </dev/null
    fi
}

same_again() { # same_again CARD OPTIONS...
    grep '^state hash' "$work/err" >"$work/hash"
    run "$1" "$work/again" "${@:2}"
    grep '^state hash' "$work/err" | cmp -s - "$work/hash" && cmp -s "$work/again" "$work/out"
}

for card in ne2000 e1000; do
    run "$card" "$work/out" "$@"
    status=$?
    counts=$(tail -n 1 "$work/out" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
    echo "$card: ${counts:-no count line} (status $status)"
    grep '^FAIL' "$work/out" >"$work/fails"
    sed -n "s/^net-$card | //p" "$deviations" | sed 's/ | .*//' >"$work/listed"
    while IFS= read -r name; do # what this emulator does differently is counted apart
        grep -q "^FAIL $name -- " "$work/fails" || echo "stale: $card | $name passes"
        sed -i "/^FAIL $name -- /d" "$work/fails"
    done <"$work/listed"
    cat "$work/fails"
    if [ -z "$counts" ] || { [ $status -ne 33 ] && [ $status -ne 35 ]; }; then
        failed=$((failed + 1))
        tail -n 5 "$work/out" "$work/err"
        counts=${counts:-0 0}
    fi
    passed=$((passed + ${counts% *})) failed=$((failed + $(wc -l <"$work/fails")))
    [ "$emulator" = emu386 ] || continue
    if same_again "$card" "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $card: two runs differ"
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
