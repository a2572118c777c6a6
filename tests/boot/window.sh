#!/bin/bash
# SPDX-License-Identifier: MIT
#
# window.sh - the window, on an X server of its own (Xvfb): boots the demo kernel in it, types
# into its shell with xdotool, and compares what the X server shows with what --screenshot
# writes, pixel by pixel. Also: keys held when the focus goes, a resized window, the title, and
# the ways to leave.
#
# usage: window.sh EMU386 KERNEL INITRD
# Needs Xvfb, xdotool, ImageMagick, and a C compiler with Xlib. Prints failures and `N passed, N failed`.

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

boot --screenshot "$scratch/screen.png"
[[ $(xdotool getwindowname "$window") == "emu386 - "*running* ]]
check $? "the title says that it runs"

xdotool type --delay 20 'echo "Typed, in a window: (1+2)*3 ~ {x|y}"'
xdotool key Return
within 10 has_line 'Typed, in a window: (1+2)*3 ~ {x|y}'
check $? "keys of the window reach the guest's shell, shifted ones too"
within 10 at_prompt
check $? "the shell waits again"

# Backspace must erase, so the key reaches the guest as a key and not as a character.
xdotool type --delay 20 'echo oops'
xdotool key --delay 20 BackSpace BackSpace BackSpace BackSpace
xdotool type --delay 20 'fine'
xdotool key Return
within 10 has_line 'fine'
check $? "Backspace erases"
within 10 at_prompt

# A key is held while the focus goes away: the guest must not go on repeating it.
xdotool type --delay 20 'echo '
xdotool keydown z
sleep 0.2
xdotool windowunmap "$window"
sleep 0.4
before=$(wc -c <"$scratch/serial")
sleep 1.2
after=$(wc -c <"$scratch/serial")
xdotool keyup z
xdotool windowmap --sync "$window"
xdotool windowfocus "$window"
sleep 0.3
xdotool key Return
check "$((before != after))" "a key held while the focus goes is released"
within 10 at_prompt

sleep 0.3
grab plain
size=$(identify -format '%wx%h' "$scratch/plain.1.png")
xdotool windowsize --sync "$window" 1500 830
sleep 0.5
grab large
xdotool key ctrl+alt+q
leave "Ctrl-Alt-Q"
[ -s "$scratch/screen.png" ]
check $? "the screenshot is written"

# 1680x1050 has room for one window pixel per dot, not for two with a margin.
small=$(identify -format '%wx%h' "$scratch/screen.png")
check "$([ "$size" = "$small" ]; echo $?)" "the window ($size) has the guest's size ($small)"
any_same plain "$scratch/screen.png"
check $? "the X server shows the pixels that --screenshot writes"
convert "$scratch/screen.png" -filter point -resize 200% -background black -gravity center \
    -extent 1500x$((830 - status_line)) "$scratch/expected.png"
any_same large "$scratch/expected.png"
check $? "a larger window shows every dot as 2x2 pixels, centred in black"
colours=$(identify -format '%k' "$scratch/screen.png")
check "$([ "$colours" -ge 2 ]; echo $?)" "there is something on the screen"

# Every character in every colour, blinking ones too: a boot sector that fills the text screen
# (stosw; add ax, 0101h; until 4000 bytes) and halts. The title says so, the picture stays.
code='\xb8\x00\xb8\x8e\xc0\x31\xff\x31\xc0\xfc\xab\x05\x01\x01\x81\xff\xa0\x0f\x72\xf6\xfa\xf4\xeb\xfd'
{
    printf '%b' "$code"
    head -c $((510 - ${#code} / 4)) /dev/zero
    printf '\x55\xaa'
} >"$scratch/colours.bin"
"$emu" "$scratch/colours.bin" --display sdl --screenshot "$scratch/colours.png" --timeout 60 \
    2>"$scratch/stderr" &
emulator=$!
within 20 find_window
check $? "a window opens for a boot sector: $(cat "$scratch/stderr")"
halted() { [[ $(xdotool getwindowname "$window" 2>/dev/null) == *halted* ]]; }
within 10 halted
check $? "the title says that it halted"
grab colours
xdotool windowfocus "$window"
sleep 0.3
xdotool key ctrl+alt+q
leave "Ctrl-Alt-Q in a halted machine"
colours=$(identify -format '%k' "$scratch/colours.png")
check "$((colours != 16))" "the screen has the 16 colours (has $colours)"
any_same colours "$scratch/colours.png"
check $? "the window shows 16 colours and code page 437 as --screenshot writes them"

boot
"$scratch/close_window" "$window"
leave "closing the window"

boot
kill -TERM "$emulator"
wait "$emulator"
status=$?
check "$((status != 143))" "SIGTERM ends it with status 143 (was $status)"
emulator=

said_error=$(env -u DISPLAY "$emu" -k "$kernel" --display sdl --timeout 5 2>&1)
status=$?
check "$((status != 2))" "without a desktop --display sdl is refused (status $status)"
check "$([ "$(wc -l <<<"$said_error")" -eq 1 ]; echo $?)" "in one line: $said_error"
finish
