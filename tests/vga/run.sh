#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The pictures of the VGA test (roms/vgatest). Last line `N passed, N failed`.
#
#   run.sh golden     every mode under emu386: its pixels have the hash in golden.txt, in each engine
#                     and also when all modes follow each other in one run
#   run.sh qemu       the same modes under QEMU: the same pixels, but for qemu-deviations.txt
#   run.sh accept     writes golden.txt anew; look at the pictures and at the difference
#   run.sh pictures FOLDER    only takes the pictures
#
# A 6-bit colour becomes 8 bits in QEMU by repeating its lowest bit, here by repeating its highest
# ones: pictures through a DAC of 6 bits are compared by the upper six. A colour of 5 bits in a
# 15-bit picture stays as it is there, with zeroes below.
# Environment: B (build directory), QEMU, EMU386.

set -u
B=${B:-build}
QEMU=${QEMU:-qemu-system-i386}
EMU386=${EMU386:-$B/emu386}
here=$(dirname "$0")
elf=$B/roms/vgatest/vgatest.elf
picture=$B/tests/vga/picture
work=$(mktemp -d) || exit 2
qemu_pid=
trap '[ -z "$qemu_pid" ] || kill "$qemu_pid" 2>/dev/null; rm -rf "$work"' EXIT
passed=0 failed=0

report() { # report STATUS TEXT
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $2"
    fi
}

guest() { # guest OPTIONS...: under emu386, output on stdout
    timeout 120 "$EMU386" --display none --serial stdio "$@" "$elf" </dev/null
}

names() {
    guest -a list
}

take() { # take FOLDER [OPTIONS...]: a PNG file for every mode
    local folder=$1 name status
    shift
    for name in $(names); do
        guest "$@" --screenshot "$folder/$name.png" -a "mode=$name" >"$work/out" 2>&1
        status=$?
        report $((status != 33)) "$name: exit status $status: $(grep -v '^ok\|^ready' "$work/out" | head -n 3)"
    done
}

compare_hashes() { # compare_hashes FOLDER WHAT
    local line
    "$picture" hash "$1"/*.png >"$work/hashes"
    while read -r line; do
        grep -Fxq "$line" "$work/hashes"
        report $? "$2: ${line%% *} is not the picture in golden.txt"
    done < <(grep -v '^#' "$here/golden.txt")
    [ "$(grep -vc '^#' "$here/golden.txt")" -eq "$(wc -l <"$work/hashes")" ]
    report $? "$2: as many pictures as golden.txt has"
}

golden() {
    mkdir "$work/fast" "$work/reference"
    take "$work/fast"
    compare_hashes "$work/fast" "fast engine"
    take "$work/reference" --engine reference
    compare_hashes "$work/reference" "reference engine"
}

# Starts QEMU with the whole sequence; fd 3 and 4 are its monitor, 5 and 6 the guest's COM1.
start_qemu() {
    mkfifo "$work/mon.in" "$work/mon.out" "$work/com.in" "$work/com.out"
    "$QEMU" -m 64 -vga std -display none -kernel "$elf" -append all -monitor "pipe:$work/mon" \
        -serial "pipe:$work/com" -device isa-debug-exit,iobase=0xf4,iosize=4 -no-reboot \
        >"$work/qemu.out" 2>&1 &
    qemu_pid=$!
    exec 3<>"$work/mon.in" 4<>"$work/mon.out" 5<>"$work/com.in" 6<>"$work/com.out"
}

# The file is complete when the monitor's next prompt has come.
qemu_picture() { # qemu_picture FILE
    local text='' piece
    echo "screendump $1 -f png" >&3
    echo "info name" >&3
    while [[ $text != *"info name"*"(qemu)"* ]]; do
        IFS= read -r -t 30 -d ')' piece <&4 || return 1
        text+="$piece)"
    done
}

under_qemu() {
    local line name bits deviation
    if ! command -v "$QEMU" >/dev/null; then
        echo "$QEMU is not installed: nothing run"
        return
    fi
    mkdir "$work/here" "$work/qemu"
    take "$work/here"
    start_qemu
    for name in $(names); do
        while IFS= read -r -t 120 line <&6; do
            line=${line%$'\r'}
            case $line in
            "ready $name") break ;;
            FAIL*)
                grep -Fxq "$name | $line" "$here/qemu-deviations.txt"
                report $? "$name under QEMU: $line" ;;
            esac
        done
        if [ "$line" != "ready $name" ]; then
            report 1 "$name: QEMU did not get there"
            return
        fi
        qemu_picture "$work/qemu/$name.png"
        report $? "$name: QEMU's picture"
        printf x >&5
        case $name in
        lfb15) bits=5 ;;
        lfb16 | lfb24 | lfb32 | lfb8 | bank8 | virtual | large) bits=8 ;;
        *) bits=6 ;;
        esac
        deviation=$(sed -n "s/^$name | picture | //p" "$here/qemu-deviations.txt")
        if "$picture" same "$work/here/$name.png" "$work/qemu/$name.png" $bits >"$work/differ"; then
            [ -z "$deviation" ]
            report $? "$name: a deviation is listed, but QEMU shows the same picture"
        elif [ -z "$deviation" ]; then
            report 1 "$name: $(cat "$work/differ")"
        else
            echo "$name: $(cat "$work/differ") ($deviation)"
        fi
    done
    [ -z "${KEEP:-}" ] || cp -r "$work/here" "$work/qemu" "$KEEP"
    echo quit >&3
    wait "$qemu_pid"
    qemu_pid=
}

case ${1:-} in
golden) golden ;;
qemu) under_qemu ;;
pictures)
    take "${2:?run.sh pictures FOLDER}" ;;
accept)
    mkdir "$work/fast"
    take "$work/fast"
    {
        echo "# What the modes of roms/vgatest look like: name, size, FNV-1a of the RGB bytes. run.sh accept"
        "$picture" hash "$work/fast"/*.png
    } >"$here/golden.txt" ;;
*)
    echo "usage: run.sh golden|qemu|accept|pictures FOLDER" >&2
    exit 2 ;;
esac
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
