#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# bench-display.sh - what the window costs, measured from outside on an X server of its own (Xvfb): the
# time of the processor that the thread of the run loop takes, as per cent of one core, while
#   idle       the built-in kernel waits at its prompt
#   paused     the same, paused
#   12 13 8 32 a guest redraws the whole screen 60 times a second (roms/vgatest, motion=): 640x480 in
#              16 colours, 320x200 in 256, 640x480 in 8 and 32 bits
# and how long it takes from the start of the program until its window shows text.
#
#   tests/bench-display.sh [-s SECONDS] [--check] [CASE...]
#
# --check: fails where idle costs 2 % or more, motion 10 % or more, or the start half a second. The time
# includes what the guest itself computes.
# Environment: B (build directory), EMU386. Needs xvfb, xdotool, imagemagick.

set -u
B=${B:-build}
EMU386=${EMU386:-$B/emu386}
seconds=10 check=
cases=()
while [ $# -gt 0 ]; do
    case $1 in
    -s) seconds=${2:?} && shift ;;
    --check) check=yes ;;
    *) cases+=("$1") ;;
    esac
    shift
done
[ ${#cases[@]} -gt 0 ] || cases=(start idle paused 12 13 8 32)
work=$(mktemp -d) || exit 2
server='' pid=''
trap 'kill $pid $server 2>/dev/null; rm -rf "$work"' EXIT
failed=0 passed=0

Xvfb -displayfd 3 -screen 0 1680x1050x24 -nolisten tcp 3>"$work/display" >/dev/null 2>&1 &
server=$!
for ((k = 0; k < 100; k++)); do
    [ -s "$work/display" ] && break
    sleep 0.1
done
DISPLAY=:$(cat "$work/display")
export DISPLAY
unset WAYLAND_DISPLAY SDL_VIDEODRIVER
export XDG_CONFIG_HOME=/dev/null/none

judge() { # judge CASE VALUE UNIT LIMIT
    local verdict=''
    if [ -n "$check" ]; then
        if awk "BEGIN { exit !($2 < $4) }"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1)) verdict="  FAIL: the limit is $4"
        fi
    fi
    printf '%-8s %8s %s%s\n' "$1" "$2" "$3" "$verdict"
}

window() {
    xdotool search --onlyvisible --pid "$1" --name '^emu386' 2>/dev/null | head -n 1
}

begin() { # begin ARGUMENT...: in the background, until its window is there
    "$EMU386" --display sdl --timeout $((seconds + 60)) "$@" 2>/dev/null &
    pid=$!
    for ((k = 0; k < 100; k++)); do
        id=$(window "$pid")
        [ -n "$id" ] && return
        sleep 0.1
    done
}

end() {
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    pid=''
}

ticks() { # of the thread that runs the guest and the window
    awk '{ print $14 + $15 }' "/proc/$pid/task/$pid/stat"
}

cost() { # cost CASE LIMIT
    local before after
    sleep 3
    before=$(ticks)
    sleep "$seconds"
    after=$(ticks)
    judge "$1" "$(awk "BEGIN { printf \"%.1f\", ($after - $before) * 100 / $(getconf CLK_TCK) / $seconds }")" '%' "$2"
}

# The least of three: from the start of the program until the X server has its text.
start_time() {
    local least=99999 began now
    for _ in 1 2 3; do
        began=$(date +%s%N)
        "$EMU386" --timeout 20 2>/dev/null &
        pid=$!
        for ((k = 0; k < 300; k++)); do
            id=$(window "$pid")
            if [ -n "$id" ] && import -silent -window "$id" -crop 300x100+0+0 "$work/s.png" 2>/dev/null &&
                [ "$(identify -format %k "$work/s.png")" -gt 2 ]; then
                break
            fi
        done
        now=$(date +%s%N)
        end
        [ $(((now - began) / 1000000)) -lt $least ] && least=$(((now - began) / 1000000))
    done
    judge start $least ms 500
}

for what in "${cases[@]}"; do
    case $what in
    start) start_time ;;
    idle) begin && cost idle 2 && end ;;
    paused)
        begin
        sleep 1
        xdotool windowfocus "$id" key ctrl+alt+p
        cost paused 2
        end
        ;;
    *) begin -a "motion=$what frames=100000" "$B/roms/vgatest/vgatest.elf" && cost "$what" 10 && end ;;
    esac
done
[ -z "$check" ] || printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
