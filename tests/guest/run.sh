#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the bare-metal tests: tests/guest/run.sh qemu|emu386 [-t TEST] [EMULATOR OPTIONS...]
#
# One line per program, last line `N passed, N failed`. The counts are the guest's own checks; a
# program that ends without its count line, or with another exit status than 33 (all passed) or
# 35 (some failed), counts as one more failure and its output is shown.
# Under QEMU, the checks named in qemu-deviations.txt may fail: they are counted apart. A listed
# deviation that passes is reported as stale, unless it is marked `?` (depends on host time).
# Environment: B (build directory), QEMU, EMU386 (command names).

B=${B:-build}
QEMU=${QEMU:-qemu-system-i386}
EMU386=${EMU386:-$B/emu386}
here=$(dirname "$0")
emulator=${1:-emu386}
[ $# -gt 0 ] && shift
only=
if [ "$1" = -t ]; then
    only=$2
    shift 2
fi
if [ "$emulator" = qemu ] && ! command -v "$QEMU" >/dev/null; then
    echo "QEMU is not installed: nothing run"
    echo "0 passed, 0 failed"
    exit 0
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

passed=0 failed=0
for elf in "$B"/tests/guest/test_*.elf; do
    name=$(basename "$elf" .elf)
    name=${name#test_}
    [ -z "$only" ] || [ "$only" = "$name" ] || continue
    sed -n "s/^$name | //p" "$here/qemu-deviations.txt" | sed 's/ | .*//' >"$work/listed"
    [ "$emulator" = qemu ] || : >"$work/listed"
    if grep -Fxq '*' "$work/listed"; then
        echo "$name: not run under QEMU (qemu-deviations.txt)"
        continue
    fi
    case $emulator in
    qemu)
        timeout 60 "$QEMU" -m 16 -kernel "$elf" -append verbose -display none -serial stdio \
            -monitor none -device isa-debug-exit,iobase=0xf4,iosize=4 -debugcon "file:$work/e9" \
            -no-reboot "$@" >"$work/out" 2>"$work/err" </dev/null ;;
    *)
        timeout 60 "$EMU386" -m 16M --display none --serial stdio --debugcon "file:$work/e9" \
            "$@" -a verbose "$elf" >"$work/out" 2>"$work/err" </dev/null ;;
    esac
    status=$?
    counts=$(tail -n 1 "$work/out" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
    bad=
    if [ -z "$counts" ]; then
        bad="no count line"
        counts="0 0"
    fi
    p=${counts% *} f=${counts#* }
    case $status-$f in
    33-0) ;;
    35-0) bad=${bad:-exit status 35 without a failure} ;;
    35-*) ;;
    *) bad=${bad:-exit status $status} ;;
    esac
    [ -n "$bad" ] || cmp -s "$work/out" "$work/e9" || bad="COM1 and port E9h differ"
    # Failures by name, those listed apart.
    sed -n 's/^FAIL \(.*\) -- .*/\1/p' "$work/out" >"$work/fails"
    sed 's/^? //' "$work/listed" | grep -Fxf - "$work/fails" >"$work/known" 2>/dev/null
    known=$(wc -l <"$work/known")
    f=$((f - known))
    [ -n "$bad" ] && f=$((f + 1))
    passed=$((passed + p)) failed=$((failed + f))
    line="$name: $p passed, $f failed"
    [ "$known" -gt 0 ] && line="$line, $known known deviations"
    [ -n "$bad" ] && line="$line ($bad)"
    echo "$line"
    if [ -n "$bad" ]; then
        grep -v '^ok ' "$work/out" "$work/err" | sed 's/^[^:]*:/    /' | tail -n 20
    elif [ "$f" -gt 0 ]; then
        sed -n 's/^FAIL /    FAIL /p' "$work/out" | while IFS= read -r l; do
            n=${l#    FAIL }
            n=${n%% -- *}
            grep -Fxq "$n" "$work/known" || echo "$l"
        done | head -n 40
    fi
    grep -v '^? ' "$work/listed" | grep -Fxvf "$work/fails" | sed 's/^/    stale deviation: /'
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
