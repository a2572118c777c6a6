#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Disks under a guest of ours (roms/disktest). Last line `N passed, N failed`.
#
#   run.sh check [OPTIONS]    IDE as a driver meets it, under emu386 with these options
#   run.sh qemu MACHINE       the same guest under QEMU, which is to agree
#   run.sh snap               saved in the middle, restored by another process: the same run
#   run.sh kill               kill -9 at random moments (ROUNDS each, a file and an overlay): what the
#                             guest had flushed is there
#   run.sh full               a host's file that may not grow: the guest is told, nothing flushed is lost
# Environment: B (build directory), QEMU, EMU386, ROUNDS.

set -u
B=${B:-build}
QEMU=${QEMU:-qemu-system-i386}
EMU386=${EMU386:-$B/emu386}
ROUNDS=${ROUNDS:-12}
elf=$B/roms/disktest/disktest.elf
image=$B/tests/disk/image
sectors=16384 blocks=400
work=$(mktemp -d) || exit 2
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null; rm -rf "$work"' EXIT
passed=0 failed=0

report() { # report STATUS TEXT
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $2"
    fi
}

make_images() {
    "$image" disk "$work/disk" $sectors && "$image" cd "$work/cd" $blocks || exit 2
}

# The guest's own count, and that it came to its end.
take_count() { # take_count OUTPUT STATUS WHAT
    local p f
    read -r p f < <(sed -n 's/\r*$//; s/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$1")
    grep -a '^FAIL' "$1"
    passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0}))
    [ "$2" -eq 33 ] && [ "${p:-0}" -gt 30 ]
    report $? "$3: exit status $2, ${p:-no} facts: $(tail -c 200 "$1" | tr '\n' ' ')"
}

run_check() {
    make_images
    timeout 120 "$EMU386" --display none --pace none --serial "file:$work/out" --disk "$work/disk" \
        --cdrom "$work/cd" "$@" -a "check sectors=$sectors blocks=$blocks" "$elf" \
        </dev/null >"$work/said" 2>&1
    take_count "$work/out" $? "emu386 $*"
    cmp -s -n $((sectors * 256)) "$work/disk" <("$image" disk /dev/stdout $sectors)
    report $? "the lower half of the disk was written"
}

run_qemu() {
    if ! command -v "$QEMU" >/dev/null; then
        echo "$QEMU is not installed: skipped"
        return
    fi
    make_images
    timeout 120 "$QEMU" -M "$1" -m 32 -display none -nodefaults -serial "file:$work/out" -no-reboot \
        -device isa-debug-exit,iobase=0xf4,iosize=4 \
        -drive "file=$work/disk,format=raw,if=ide,index=0" \
        -drive "file=$work/cd,format=raw,if=ide,index=2,media=cdrom" \
        -kernel "$elf" -append "check sectors=$sectors blocks=$blocks" </dev/null >"$work/said" 2>&1
    take_count "$work/out" $? "qemu $1"
}

# What a run comes to: its hash, instructions, exit status.
snap_run() { # snap_run LOG OPTIONS...
    local log=$1
    shift
    timeout 120 "$EMU386" --display none --pace none --serial "file:$log" --disk "$work/disk,snapshot" \
        --cdrom "$work/cd" -a "check sectors=$sectors blocks=$blocks" --trace summary "$@" "$elf" \
        </dev/null 2>&1 | grep -aE '^(instructions|state hash) '
    echo "status ${PIPESTATUS[0]}"
}

run_snap() {
    local at whole again
    make_images
    whole=$(snap_run "$work/out")
    [[ $whole == *"status 33"* ]]
    report $? "a run by itself: $whole"
    for at in 300000 1500000 4000000 5500000 8000000; do
        snap_run "$work/out" -e "break icount $at" -e c -e "save $work/snap" -e q >"$work/said"
        again=$(snap_run "$work/out" -e "restore $work/snap" -e c)
        [ "$again" = "$whole" ]
        report $? "from instruction $at on: $again instead of $whole"
    done
}

start_writer() { # start_writer MEDIUM LOG FROM: in the background, as $pid
    "$EMU386" --display none --pace none --serial "file:$2" --disk "$1" \
        -a "write sectors=$sectors from=$3" "$elf" </dev/null >"$work/said" 2>&1 &
    pid=$!
}

kill_rounds() { # kill_rounds MEDIUM
    local n logs=() log tries
    for ((n = 0; n < ROUNDS; n++)); do
        log=$work/log$n
        : >"$log"
        start_writer "$1" "$log" $((n * 1000000))
        for ((tries = 0; tries < 1000; tries++)); do
            [ -s "$log" ] && break
            sleep 0.01
        done
        sleep "0.$(printf %03d $((RANDOM % 150)))"
        kill -9 "$pid"
        wait "$pid" 2>/dev/null
        pid=
        logs+=("$log")
        grep -q '^F' "$log"
        report $? "${1##*/}: round $n: nothing was flushed: $(head -c 200 "$work/said")"
        "$image" verify "$1" $sectors "${logs[@]}" >"$work/verified" 2>&1
        report $? "${1##*/}: round $n: $(tail -n 3 "$work/verified" | tr '\n' ' ')"
    done
}

run_kill() {
    make_images
    kill_rounds "$work/disk"
    make_images
    kill_rounds "$work/disk,overlay=$work/overlay"
    cmp -s "$work/disk" <("$image" disk /dev/stdout $sectors)
    report $? "the disk under the overlay was written"
}

# The limit is in units of 1 KiB; the file has 8 MiB, of which the guest writes all.
full_medium() { # full_medium MEDIUM KIB
    local status
    (
        ulimit -f "$2"
        exec timeout 120 "$EMU386" --display none --pace none --serial "file:$work/log" --disk "$1" \
            -a "write sectors=$sectors" "$elf" </dev/null >"$work/said" 2>&1
    )
    status=$?
    [ $status -eq 33 ] && grep -q '^E' "$work/log"
    report $? "${1##*/}: the guest was not told: status $status, $(tail -n 1 "$work/log")"
    "$image" verify "$1" $sectors "$work/log" >"$work/verified" 2>&1
    report $? "${1##*/}: $(tail -n 3 "$work/verified" | tr '\n' ' ')"
}

run_full() {
    make_images
    full_medium "$work/disk" 6144
    make_images
    full_medium "$work/disk,overlay=$work/overlay" 2048
}

mode=${1:-check}
shift
case $mode in
check) run_check "$@" ;;
qemu) run_qemu "$@" ;;
snap) run_snap ;;
kill) run_kill ;;
full) run_full ;;
*)
    echo "usage: run.sh check|qemu|snap|kill|full"
    exit 2
    ;;
esac
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
