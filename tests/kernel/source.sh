#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# source.sh BUILD - the demo kernel is small enough to be read, and its README draws the address space
# as the kernel itself does: roms/kernel has less than 6000 lines, no file more than 500; the picture in
# roms/README.md is what /proc/layout prints; every file of the kernel is in the README's reading order.

set -u
build=${1:?usage: source.sh BUILD}
readme=roms/README.md
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"

files=(roms/kernel/*.[chS] roms/kernel/*.ld)
total=$(cat "${files[@]}" | wc -l)
[ "${#files[@]}" -gt 20 ] && [ "$total" -lt 6000 ]
check $? "roms/kernel has $total lines in ${#files[@]} files"
for file in "${files[@]}"; do
    [ "$(wc -l <"$file")" -le 500 ]
    check $? "$file has more than 500 lines"
done

picture=$(timeout 60 "$build/emu386" -m 16M -k "$build/roms/kernel.elf" -i "$build/roms/initrd.img" \
    -a 'quiet run=cat /proc/layout' --display none --serial stdio </dev/null 2>/dev/null |
    tr -d '\r' | grep -v '^System halted')
[ "$(wc -l <<<"$picture")" -gt 20 ]
check $? "/proc/layout draws a picture"
[ "$(sed -n '/^ffffffff/,/^```/p' $readme | grep -v '^```')" = "$picture" ]
check $? "$readme shows what /proc/layout draws"

order=$(sed -n '/^## Reading order/,/^## What/p' $readme)
for file in roms/kernel/*.c roms/boot/*.S roms/kernel/*.S; do
    name=${file##*/}
    [[ $order == *"$name"* || $name == print.c ]]
    check $? "$readme: the reading order leaves out $name"
done

summary
