#!/bin/bash
# SPDX-License-Identifier: MIT
#
# window.sh - the window, on an X server of its own (Xvfb): boots the demo kernel in it, types
# into its shell with xdotool, and compares what the X server shows with what --screenshot
# writes, pixel by pixel. Also: keys held when the focus goes, a resized window, the title, and
# the ways to leave.
#
# usage: window.sh EMU386 KERNEL INITRD (window_lib.sh)
# Needs Xvfb, xdotool, ImageMagick, and a C compiler with Xlib. Prints failures and `N passed, N failed`.
# shellcheck disable=SC2154 # window_lib.sh sets them

. "$(dirname "$0")/window_lib.sh"

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
