#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# stress.sh BUILD [SECONDS [SEED...]] - the stress program in 16 MiB of memory and 8 MiB of swap area: for
# 60 seconds of virtual time under emu386, for some under QEMU; the same seed must give the same run.
# Nothing may be lost: the program checks what it reads and what is free in the end, the kernel follows
# every reference to every frame and place in the swap area (/proc/audit, and once more when it halts).

set -u
build=${1:?usage: stress.sh BUILD [SECONDS [SEED...]]}
seconds=${2:-60}
seeds=("${@:3}")
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"

explain() {
    tail -n 12 "$scratch/out"
}

run() { # run EMULATOR SECONDS SEED OUTPUT
    local kernel=$build/roms/kernel.elf initrd=$build/roms/initrd.img status
    local command="quiet swap=8M run=stress $2 $3"
    if [ "$1" = qemu ]; then
        timeout 500 qemu-system-i386 -m 16M -kernel "$kernel" -initrd "$initrd" -append "$command" \
            -display none -monitor none -serial stdio -no-reboot \
            -device isa-debug-exit,iobase=0xf4,iosize=4 </dev/null
    else
        timeout 500 "$build/emu386" -m 16M --strict -k "$kernel" -i "$initrd" -a "$command" \
            --display none --serial stdio </dev/null
    fi >"$scratch/out" 2>"$scratch/err"
    status=$?
    cp "$scratch/out" "$4"
    [ $status -eq 1 ]
    check $? "$1, $2 seconds, seed $3: exit status $status"
    grep -q '^0 mistakes' "$scratch/out"
    check $? "$1, $2 seconds, seed $3: the kernel's own accounts"
    grep -qE '^pages out [1-9][0-9]+, in [1-9]' "$scratch/out"
    check $? "$1, $2 seconds, seed $3: there was something to do for the swap area"
}

for seed in "${seeds[@]:-1}"; do
    run emu386 "$seconds" "$seed" "$scratch/first"
    run qemu $((seconds / 12 + 3)) "$seed" "$scratch/qemu"
done
run emu386 10 "${seeds[0]:-1}" "$scratch/one"
run emu386 10 "${seeds[0]:-1}" "$scratch/two"
cmp "$scratch/one" "$scratch/two"
check $? "the same seed gives the same run"
summary
