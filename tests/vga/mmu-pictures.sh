#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# mmu-pictures.sh - the pictures of docs/images that show the built-in kernel and its address spaces.
#
#   tests/vga/mmu-pictures.sh EMU386 FOLDER

set -eu
emu=${1:?} to=${2:?}
mkdir -p "$to"

run() { # COMMAND...: on a machine of its own, by the monitor
    local arguments=()
    for command; do
        arguments+=(-e "$command")
    done
    XDG_CONFIG_HOME=/dev/null/none timeout 120 "$emu" --display none -m 16M "${arguments[@]}" -e quit </dev/null >/dev/null
}

run 'wait "$ " on screen for 20 s' "screenshot $to/boot.png" 'type "ls /bin\nlayout\n"' \
    'wait "$ " on serial for 30 s' 'wait "$ " on serial for 30 s' "screenshot $to/shell.png"
# While `demand` touches its pages, and when `cow` has forked: at its first write to a page that is shared.
run 'wait "$ " on screen for 20 s' 'type "demand\n"' 'wait "the heap, every" on serial for 60 s' \
    "screenshot $to/mmu-demand.png --mmu" "screenshot $to/mmu-demand-table.png --mmu table 0x08000000" \
    "screenshot $to/mmu-demand-frames.png --mmu frames"
run 'wait "$ " on screen for 20 s' 'type "cow\n"' 'until exec sys_fork' 'until exec sys_fork' \
    'until exc 14 if (code & 7) == 7 && cr2 < 0x40000000' \
    "screenshot $to/mmu-cow.png --mmu" "screenshot $to/mmu-cow-table.png --mmu table 0x08000000" \
    "screenshot $to/mmu-cow-frames.png --mmu frames"
