#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# memory.sh BUILD - the demo kernel in machines of many sizes, under emu386 and QEMU: it boots, knows how
# much memory there is and in which zones, and a program's frames come from high memory where there is
# some. Beyond 896 MiB the kernel reaches a frame only through a temporary mapping.

set -u
build=${1:?usage: memory.sh BUILD}
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
swap= # a second boot module: the swap area

explain() {
    tail -n 5 "$scratch/out"
}

run() { # run EMULATOR MEMORY COMMAND: the text to $scratch/out; is the exit status 0 of the program?
    local kernel=$build/roms/kernel.elf initrd=$build/roms/initrd.img
    local -a module=()
    [ -n "$swap" ] && module=(-i "$swap")
    if [ "$1" = qemu ]; then
        timeout 120 qemu-system-i386 -m "$2" -kernel "$kernel" -initrd "$initrd${swap:+,$swap}" -append "$3" \
            -display none -monitor none -serial stdio -no-reboot \
            -device isa-debug-exit,iobase=0xf4,iosize=4 </dev/null
    else
        timeout 120 "$build/emu386" -m "$2" --strict -k "$kernel" -i "$initrd" "${module[@]}" -a "$3" \
            --display none --serial stdio </dev/null
    fi >"$scratch/raw" 2>"$scratch/err"
    local status=$?
    tr -d '\r' <"$scratch/raw" >"$scratch/out"
    [ $status -eq 1 ]
}

number() { # number PATTERN: what stands behind it in the output
    sed -nE "s/.*$1 *([0-9]+).*/\1/p" "$scratch/out" | head -n 1
}

for each in emu386 qemu; do
    for memory in 8 9 16 64 1024 2048; do
        run $each ${memory}M 'run=layout'
        check $? "$each: ${memory} MiB: layout"
        grep -qx "memory $memory MiB" "$scratch/out"
        check $? "$each: ${memory} MiB: the banner"
        run $each ${memory}M 'quiet run=cat /proc/meminfo'
        total=$(number MemTotal:)
        swapped=$((memory * 64 < 8192 ? memory * 64 : 8192)) # the swap area
        least=$((memory * 1004 - 1536 - swapped)) # and what kernel, initrd and page structures may take
        [ "${total:-0}" -ge $least ] && [ "$total" -le $((memory * 1024)) ]
        check $? "$each: ${memory} MiB: MemTotal"
    done
    for memory in 1024 2048; do
        run $each ${memory}M 'quiet run=cow'
        check $? "$each: ${memory} MiB: cow"
        # Frame 38000 is the first above 896 MiB.
        frames=$(grep -oE 'frame 0x[0-9a-f]+' "$scratch/out" | cut -c 7- | sort -u)
        low=
        for frame in $frames; do
            [ $((frame)) -ge $((0x38000)) ] || low+=" $frame"
        done
        [ -n "$frames" ] && [ -z "$low" ]
        check $? "$each: ${memory} MiB: frames of programs are in high memory:$low"
    done
done
truncate -s 8M "$scratch/swap.img"
swap=$scratch/swap.img
for each in emu386 qemu; do
    run $each 24M 'quiet run=swapper'
    check $? "$each: the second module as the swap area"
done
swap=
run emu386 3584M 'quiet run=cow'
check $? "emu386: 3584 MiB: cow"
run emu386 8M 'quiet run=forkbomb 100'
check $? "emu386: 8 MiB: forkbomb"
summary
