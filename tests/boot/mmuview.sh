#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# mmuview.sh - the MMU view of a running guest: its window on an X server of its own, and the film.
#
#   tests/boot/mmuview.sh EMU386

set -u
emu=${1:?}
passed=0 failed=0
work=$(mktemp -d) || exit 2
trap 'kill %1 %2 2>/dev/null; rm -rf "$work"' EXIT

expect() {
    if "${@:2}"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s\n' "$1"
    fi
}

differ() { ! cmp -s "$1" "$2"; }

# The film: the same run gives the same pictures; a folder that cannot be is said at once.
for run in a b; do
    "$emu" --display none --mmu-record "$work/$run" -a "run=sleep 1" --timeout 60 2>/dev/null
done
n=$(find "$work/a" -name 'mmu-*.png' | wc -l)
expect "a picture every tenth of a second ($n)" test "$n" -ge 3
expect "the same run, the same film" diff -r "$work/a" "$work/b"
expect "something moves in it" differ "$work/a/mmu-00000.png" "$work/a/mmu-00002.png"
touch "$work/file"
"$emu" --display none --mmu-record "$work/file/x" 2>"$work/err"
expect "a folder that cannot be: status 2" test $? -eq 2
expect "and one line that names it" grep -q -- "--mmu-record $work/file/x" "$work/err"

# From the monitor, while a guest runs: the three pages, with names; waiting for what is on the screen.
timeout 60 "$emu" --display none -e 'wait "$ " on screen for 5000 ms' \
    -e "screenshot $work/1.png --mmu" -e "screenshot $work/2.png --mmu frames" \
    -e "screenshot $work/3.png --mmu table 0xc0000000" -e quit </dev/null >/dev/null
expect "screenshots of the MMU view from a script" test $? -eq 0
for k in 1 2 3; do
    expect "picture $k is 1000 x 628" test "$(identify -format '%wx%h' "$work/$k.png")" = 1000x628
done
expect "the pages differ" differ "$work/1.png" "$work/3.png"

Xvfb -displayfd 3 -screen 0 1400x1000x24 -nolisten tcp 3>"$work/number" >/dev/null 2>&1 &
for ((k = 0; k < 100; k++)); do
    [ -s "$work/number" ] && break
    sleep 0.1
done
DISPLAY=:$(cat "$work/number")
export DISPLAY
unset WAYLAND_DISPLAY SDL_VIDEODRIVER
"$emu" --mmu-view --timeout 60 >/dev/null 2>&1 &
id=''
for ((k = 0; k < 100; k++)); do
    id=$(xdotool search --name 'MMU view' 2>/dev/null) && [ -n "$id" ] && break
    sleep 0.1
done
expect "the window is there" test -n "$id"
picture() {
    sleep 0.6
    import -window "$id" "$work/$1.png" 2>/dev/null
}
xdotool windowraise "$id" windowfocus "$id" mousemove --window "$id" 900 600
picture directory
xdotool mousemove --window "$id" 94 446 # c0000000, the first of the kernel
picture hover
expect "the cell under the pointer is explained" differ "$work/directory.png" "$work/hover.png"
xdotool click 1
picture table
expect "a click opens its page table" differ "$work/hover.png" "$work/table.png"
xdotool key f
picture frames
expect "F: the frames of RAM" differ "$work/table.png" "$work/frames.png"
xdotool key Escape
picture again
expect "Esc: back" differ "$work/frames.png" "$work/again.png"

printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
