#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the bare-metal tests: tests/guest/run.sh EMULATOR [-t TEST] [EMULATOR OPTIONS...]
# EMULATOR: emu386, qemu (multiboot images), emu386-rom, qemu-rom, bochs (ROMs in the BIOS's place).
#
# One line per program, last line `N passed, N failed`. The counts are the guest's own checks; a
# program that ends without its count line, or with another exit status than 33 (all passed) or
# 35 (some failed), counts as one more failure and its output is shown. Bochs has no exit status.
# The checks named in NAME-deviations.txt may fail under that emulator: they are counted apart. A
# listed deviation that passes is reported as stale, unless it is marked `?` (depends on host time).
# Environment: B (build directory), QEMU, EMU386, BOCHS (command names), ISA_DIR (folder where runs
# in the reference layer record the instructions that were executed), LIMIT (seconds that a program may
# take under QEMU and Bochs).

# shellcheck disable=SC1091,SC2034,SC2154 # read and set by begin.sh
B=${B:-build}
QEMU=${QEMU:-qemu-system-i386}
EMU386=${EMU386:-$B/emu386}
BOCHS=${BOCHS:-bochs}
LIMIT=${LIMIT:-60}
emulator=${1:-emu386}
[ $# -gt 0 ] && shift
only=
if [ "$1" = -t ]; then
    only=$2
    shift 2
fi
case $emulator in
emu386 | emu386-rom) program=$EMU386 ;;
qemu | qemu-rom) program=$QEMU ;;
bochs) program=$BOCHS ;;
*)
    echo "run.sh: unknown emulator '$emulator' (emu386, emu386-rom, qemu, qemu-rom, bochs)" >&2
    exit 2
    ;;
esac
. "$(dirname "$0")/begin.sh"

# What Bochs wants to know, and a video ROM that does nothing (it starts with none other).
prepare_bochs() { # prepare_bochs ROM
    {
        printf '\125\252\001\313'
        head -c 507 /dev/zero
        printf '\065'
    } >"$work/vga.rom"
    cat >"$work/bochsrc" <<CONFIG
plugin_ctrl: unmapped=1, biosdev=1, speaker=0, extfpuirq=1, parallel=0, serial=1, gameport=0
config_interface: textconfig
display_library: term
memory: guest=16, host=16
romimage: file="$1"
vgaromimage: file="$work/vga.rom"
cpu: count=1, ips=50000000, model=p2_klamath, reset_on_triple_fault=0
clock: sync=none
com1: enabled=1, mode=file, dev="$work/out"
port_e9_hack: enabled=0
log: "$work/err"
panic: action=fatal
error: action=report
info: action=ignore
debug: action=ignore
CONFIG
    echo continue >"$work/debugger"
}

run() { # run NAME OPTIONS...: leaves $work/out, err and e9, returns the emulator's status
    image=$B/roms/cputest/test_$1
    shift
    : >"$work/err"
    case $emulator in
    qemu | qemu-rom)
        # A BIOS would connect the 8259 through the local APIC; a ROM finds it in the way.
        load="-kernel $image.elf -append verbose"
        [ "$emulator" = qemu ] || load="-cpu qemu32,-apic -bios $image.rom"
        # shellcheck disable=SC2086
        timeout "$LIMIT" "$QEMU" -m 16 $load -display none -serial stdio -monitor none \
            -device isa-debug-exit,iobase=0xf4,iosize=4 -debugcon "file:$work/e9" \
            -no-reboot "$@" >"$work/out" 2>"$work/err" </dev/null ;;
    bochs)
        # Its terminal display needs a terminal; only the serial port is of interest.
        prepare_bochs "$image.rom"
        : >"$work/out"
        TERM=xterm timeout "$LIMIT" script -qec \
            "$BOCHS -q -f $work/bochsrc -rc $work/debugger" /dev/null >/dev/null 2>&1 </dev/null
        cp "$work/out" "$work/e9" ;;
    emu386)
        words=verbose
        case $* in
        *lockstep* | *reference*) # some thirty times slower
            words="verbose sparse"
            [ -z "$ISA_DIR" ] || set -- "$@" --trace "isa:$ISA_DIR/guest-${image##*/test_}.txt" ;;
        esac
        timeout 300 "$EMU386" -m 16M --display none --serial stdio --debugcon "file:$work/e9" \
            "$@" -a "$words" "$image.elf" >"$work/out" 2>"$work/err" </dev/null ;;
    emu386-rom)
        timeout 300 "$EMU386" -m 16M --display none --serial stdio --debugcon "file:$work/e9" \
            "$@" --bios "$image.rom" >"$work/out" 2>"$work/err" </dev/null ;;
    esac
}

for elf in "$B"/roms/cputest/test_*.elf; do
    name=$(basename "$elf" .elf)
    name=${name#test_}
    [ -z "$only" ] || [ "$only" = "$name" ] || continue
    sed -n "s/^$name | //p" "$deviations" | sed 's/ | .*//' >"$work/listed"
    if grep -Fxq '*' "$work/listed"; then
        echo "$name: not run under $emulator ($(basename "$deviations"))"
        continue
    fi
    run "$name" "$@"
    status=$?
    counts=$(tail -n 1 "$work/out" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
    bad=
    if [ -z "$counts" ]; then
        bad="no count line"
        counts="0 0"
    fi
    p=${counts% *} f=${counts#* }
    case $emulator-$status-$f in
    bochs-* | *-33-0) ;;
    *-35-0) bad=${bad:-exit status 35 without a failure} ;;
    *-35-*) ;;
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
