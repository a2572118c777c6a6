# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# window_lib.sh - what the tests of the window share: an X server of their own (Xvfb), a machine in a
# window on it, ways to look at both. Sourced with the arguments EMU386 KERNEL INITRD; ends with `finish`.

emu=${1:-build/emu386}
kernel=${2:-build/roms/kernel.elf}
initrd=${3:-build/roms/initrd.img}
scratch=$(mktemp -d) || exit 2
server=
emulator=
trap 'kill $emulator $server 2>/dev/null; rm -rf "$scratch"' EXIT
passed=0
failed=0

check() { # check RESULT NAME: counts
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $2"
    fi
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}

# within SECONDS COMMAND...: repeats the command until it succeeds.
within() {
    local end=$((SECONDS + $1))

    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

for tool in Xvfb xdotool import compare convert; do
    if ! command -v "$tool" >/dev/null; then
        echo "window.sh: $tool is missing (Debian: xvfb, xdotool, imagemagick)" >&2
        exit 2
    fi
done

# What the guest said, and whether the shell waits at the end of it.
said() { tr -d '\r' <"$scratch/serial"; }
at_prompt() { [ "$(said | tail -c 2)" = '$ ' ]; }
has_line() { said | grep -qxF -- "$1"; }

find_window() {
    window=$(xdotool search --onlyvisible --name '^emu386' 2>/dev/null | head -n 1)
    [ -n "$window" ]
}

# boot [OPTION...]: starts emu386 in a window and waits for the shell's prompt.
boot() {
    : >"$scratch/serial"
    "$emu" -k "$kernel" -i "$initrd" --display sdl --serial "file:$scratch/serial" \
        --timeout 120 "$@" 2>"$scratch/stderr" &
    emulator=$!
    within 20 find_window
    check $? "a window opens: $(cat "$scratch/stderr")"
    within 60 at_prompt
    check $? "the shell comes up in it"
    xdotool windowfocus "$window"
    sleep 0.3
}

ended() { ! kill -0 "$emulator" 2>/dev/null; }

# leave NAME: waits for the emulator to end by itself, with status 0.
leave() {
    local status=124

    if within 10 ended; then
        wait "$emulator"
        status=$?
    fi
    check "$((status != 0))" "$1 ends it with status 0 (was $status)"
    emulator=
}

# same A B: no pixel differs.
same() {
    [ "$(compare -metric AE "$1" "$2" null: 2>&1)" = 0 ]
}

# Some moment of $scratch/NAME.* shows what FILE shows: the cursor blinks, so there are several.
any_same() { # any_same NAME FILE
    local shot

    for shot in "$scratch/$1".*.png; do
        same "$shot" "$2" && return 0
    done
    return 1
}

status_line=22 # its height

grab() { # grab NAME: a second of moments of the window without its status line, as the X server has it
    local i

    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
        timeout 20 import -silent -window "$window" "$scratch/$1.$i.png"
        sleep 0.0$i
    done
    mogrify -gravity south -chop 0x$status_line "$scratch/$1".*.png
}

if ! "${CC:-cc}" -o "$scratch/close_window" "$(dirname "$0")/close_window.c" -lX11; then
    echo "window.sh: cannot build close_window (Debian: libx11-dev)" >&2
    exit 2
fi

Xvfb -displayfd 3 -screen 0 1680x1050x24 -nolisten tcp 3>"$scratch/display" >/dev/null 2>&1 &
server=$!
if ! within 10 test -s "$scratch/display"; then
    echo "window.sh: Xvfb does not start" >&2
    exit 2
fi
DISPLAY=:$(cat "$scratch/display")
export DISPLAY
unset WAYLAND_DISPLAY SDL_VIDEODRIVER

