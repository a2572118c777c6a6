#!/bin/bash
# SPDX-License-Identifier: MIT
#
# window_use.sh - what a user does in the window: the menu by keys and by mouse, pause, screenshots, the
# status line, full screen, smooth scaling, the clipboard in both directions, the monitor's prompt,
# the mouse for the guest, reset; and keys that few test: Pause, Print Screen, repeat.
#
# usage: window_use.sh EMU386 KERNEL INITRD (window_lib.sh)
# Needs what window_lib.sh needs, xclip and openbox. Prints failures and `N passed, N failed`.
# shellcheck disable=SC2154 # window_lib.sh sets them

set -- "$(realpath "${1:-build/emu386}")" "$(realpath "${2:-build/roms/kernel.elf}")" \
    "$(realpath "${3:-build/roms/initrd.img}")"
. "$(dirname "$0")/window_lib.sh"
for tool in xclip openbox; do
    if ! command -v "$tool" >/dev/null; then
        echo "window_use.sh: $tool is missing (Debian: $tool)" >&2
        exit 2
    fi
done
export LC_ALL=C.UTF-8
cd "$scratch" || exit 2 # screenshots go there

title() { xdotool getwindowname "$window" 2>/dev/null; }
is_state() { [[ $(title) == *"- $1,"* ]]; }
state() { # state WANTED NAME
    within 5 is_state "$1"
    check $? "$2 (title: $(title))"
}
size() { xdotool getwindowgeometry --shell "$window" | sed -n 's/^WIDTH=//p; s/^HEIGHT=//p' | tr '\n' ' '; }
is_size() { [ "$(size)" = "$1 " ]; }
picture() { timeout 20 import -silent -window "$window" "$scratch/$1.png"; }
press() { xdotool key --delay 30 "$@"; }
type_text() { xdotool type --delay 20 "$1"; }
count() { said | grep -cF -- "$1"; }

boot
# ---- The menu ----
press ctrl+alt+p
state paused "Ctrl-Alt-P pauses"
press ctrl+alt+p
state running "and lets it go on"
press ctrl+alt+p
state paused "paused again: the cursor is the only thing that moves"
picture before
press ctrl+alt+x
sleep 0.4
picture menu
compare -metric AE "$scratch/before.png" "$scratch/menu.png" null: >"$scratch/differ" 2>&1
check "$([ "$(cat "$scratch/differ")" -gt 50000 ]; echo $?)" "Ctrl-Alt-X shows a menu ($(cat "$scratch/differ") pixels)"
type_text 'zz'
press Down Escape
sleep 0.5
picture after
compare -metric AE "$scratch/before.png" "$scratch/after.png" null: >"$scratch/differ" 2>&1
check "$([ "$(cat "$scratch/differ")" -lt 500 ]; echo $?)" "Esc takes it away ($(cat "$scratch/differ") pixels)"
press ctrl+alt+x F1
state running "F1 in the menu lets the machine go on"
type_text 'echo menu'
press Return
within 10 has_line 'menu'
check $? "what was typed into the menu was not for the guest"
within 10 at_prompt
press ctrl+alt+x Return
state paused "Enter chooses the marked line"
# By mouse: the button in the status line, then the first line of the menu.
xdotool mousemove --window "$window" 20 411 click 1
sleep 0.3
xdotool mousemove --window "$window" 300 71
sleep 0.2
xdotool click 1
state running "the menu by mouse"
xdotool mousemove --window "$window" 20 411 click 1
sleep 0.3
xdotool mousemove --window "$window" 5 5 click 1
sleep 0.3
press ctrl+alt+x
press Up Up Up Up Up Escape
state running "a click outside of the menu, and Esc, choose nothing"

# ---- Pictures, sizes ----
press ctrl+alt+s
within 5 test -s emu386-001.png
check $? "Ctrl-Alt-S writes a picture"
press ctrl+alt+x F3
within 5 test -s emu386-002.png
check $? "F3 in the menu another one"
check "$([ "$(identify -format '%wx%h' emu386-001.png)" = 720x400 ]; echo $?)" "of the guest's screen"
press ctrl+alt+x F7
within 5 is_size '720 400'
check $? "without the status line the window is smaller ($(size))"
press ctrl+alt+x F7
within 5 is_size '720 422'
check $? "and with it as before ($(size))"
xdotool windowsize --sync "$window" 1000 772
press ctrl+alt+x F6
sleep 0.5
type_text 'help'
press Return
within 10 at_prompt
sleep 0.5
picture smooth
convert "$scratch/smooth.png" -gravity south -chop 0x$status_line "$scratch/smooth.png"
# The left edge is text; letters of 9 dots are 12.5 pixels wide and 30 high, with mixed colours.
colours=$(identify -format '%k' "$scratch/smooth.png")
check "$([ "$colours" -gt 16 ]; echo $?)" "smooth scaling mixes colours ($colours)"
convert "$scratch/smooth.png" -crop 14x750+0+0 +repage -format '%[fx:maxima>0.3]' info: | grep -q 1
check $? "and fills a window of 4:3"
press ctrl+alt+x F6
xdotool windowsize --sync "$window" 720 422
sleep 0.3

# ---- The clipboard ----
printf 'echo "pasted: (A) {b} ~1"\n' | xclip -selection clipboard
press ctrl+shift+v
within 20 has_line 'pasted: (A) {b} ~1'
check $? "Ctrl-Shift-V types the clipboard"
within 10 at_prompt
for n in $(seq 1 12); do printf 'echo line-%02d-%s\n' "$n" ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789; done |
    xclip -selection clipboard
press ctrl+shift+v
within 60 has_line 'line-12-ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789'
check $? "a long text arrives at its end"
# (The terminal's echo of the next line's first key may stand within what the last one prints.)
check "$([ "$(said | grep -c 'echo line-[0-9]*-ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789$')" = 12 ]; echo $?)" "and no key of it is lost"
within 10 at_prompt
yes 'echo too much' | head -n 400 | xclip -selection clipboard
press ctrl+shift+v
sleep 1
press Escape
sleep 1
before=$(count 'too much')
sleep 1
check "$([ "$(count 'too much')" -le $((before + 2)) ]; echo $?)" "Esc stops it"
press ctrl+c Return Return
within 10 at_prompt
press ctrl+alt+x F12
within 30 test "$(count 'emu386 demo kernel')" -ge 1
reset_done() { [ "$(count 'emu386 demo kernel')" -ge 2 ] && at_prompt; }
within 30 reset_done
check $? "F12 in the menu resets: the kernel boots again ($(count 'emu386 demo kernel') times)"
# The first line of the screen says "emu386 demo kernel": cells of 9x16 dots.
xdotool mousemove --window "$window" 4 8 mousedown 1
sleep 0.1
xdotool mousemove --window "$window" 100 8
sleep 0.1
xdotool mousemove --window "$window" 156 8
sleep 0.2
xdotool mouseup 1
clipped() { [ "$(timeout 5 xclip -o -selection clipboard 2>/dev/null)" = "$1" ]; }
within 5 clipped 'emu386 demo kernel'
check $? "what the mouse marks is copied: $(timeout 5 xclip -o -selection clipboard)"
xdotool mousemove --window "$window" 70 8 click --repeat 2 --delay 60 1
within 5 clipped 'demo'
check $? "two clicks copy a word"
xdotool mousemove --window "$window" 70 8 click --repeat 3 --delay 60 1
within 5 clipped 'emu386 demo kernel'
check $? "three a line"
type_text 'echo '
sleep 0.7 # or it would be the fourth and the fifth click
xdotool mousemove --window "$window" 70 8 click --repeat 2 --delay 60 1
sleep 0.5
xdotool mousemove --window "$window" 300 300 click 2
sleep 0.5
press Return
within 10 has_line 'demo'
check $? "the middle button types what was marked"
within 10 at_prompt

# ---- The monitor ----
press ctrl+alt+d
state stopped "Ctrl-Alt-D opens the monitor and holds the machine"
type_text 'scre'
press Tab
type_text 'from_monitor.png'
press Return
within 5 test -s from_monitor.png
check $? "its commands work, and Tab completes them"
type_text 'break exec sys_fork'
press Return Escape
state running "Esc lets the machine go on"
sleep 0.5
type_text 'true'
press Return
state stopped "a point holds it again"
sleep 0.3
type_text 'del all'
press Return
type_text 'c'
press Return
state running "c lets it go on"
within 10 at_prompt
type_text 'echo keys are the guest again'
press Return
within 10 has_line 'keys are the guest again'
check $? "and keys are the guest's again"
within 10 at_prompt
press ctrl+alt+d
state stopped "the prompt again"
press Up Up Up
type_text ' '
press Return # "break exec sys_fork ", from the history
sleep 0.3
press ctrl+alt+p
state running "Ctrl-Alt-P leaves it as well"
type_text 'true'
press Return
state stopped "the history brought the point back"
type_text 'q'
press Return
leave "quit in the monitor"

# ---- Mouse, leaving ----
boot
press ctrl+alt+g
grabbed() { [[ $(title) == *"Ctrl-Alt-G frees the mouse"* ]]; }
within 5 grabbed
check $? "Ctrl-Alt-G gives the mouse to the guest"
xdotool mousemove_relative 10 10
press ctrl+alt+g
freed() { ! grabbed; }
within 5 freed
check $? "and takes it back"
xdotool keydown a
sleep 1.5
xdotool keyup a
press Return
letters() { said | grep -qE 'a{5,25}: '; }
within 5 letters
check $? "a held key repeats, as the guest's keyboard does it"
press ctrl+alt+x Up Return
leave "Quit in the menu"

# ---- The full screen is a window manager's business.
openbox --sm-disable >/dev/null 2>&1 &
manager=$!
sleep 1
rm -f emu386-*.png
boot
press ctrl+alt+f
within 5 is_size '1680 1050'
check $? "full screen ($(size))"
sleep 0.5
grab full
press ctrl+alt+s
within 5 test -s emu386-001.png
# The larger of its two views: 1440x800 in 1680x1028.
convert emu386-001.png -filter point -resize 200% -background black -gravity center \
    -extent 1680x$((1050 - status_line)) "$scratch/expected.png"
any_close() { # but for the message in the upper part and the cursor
    local shot
    for shot in "$scratch/$1".*.png; do
        convert "$shot" -crop 1680x800+0+150 +repage "$scratch/a.png"
        convert "$2" -crop 1680x800+0+150 +repage "$scratch/b.png"
        [ "$(compare -metric AE "$scratch/a.png" "$scratch/b.png" null: 2>&1)" -lt 300 ] && return 0
    done
    return 1
}
any_close full "$scratch/expected.png"
check $? "full screen shows every dot as 2x2 pixels"
press ctrl+alt+f
within 5 is_size '720 422'
check $? "and back ($(size))"
press ctrl+alt+q
leave "Ctrl-Alt-Q"
kill $manager

# ---- Keys that few have. A boot sector that writes @@ on the screen, masks all lines and sleeps, so that
# what keyboard and mouse send stays where it is:
#     mov ax, B800h; mov es, ax; mov [es:0], 0740h; mov [es:2], 0740h
#     mov al, FFh; out 21h, al; out A1h, al; ...; again: sti; hlt; jmp again
sleeper() { # sleeper FILE [CODE]: with CODE before it sleeps
    {
        printf '\xb8\x00\xb8\x8e\xc0\x26\xc7\x06\x00\x00\x40\x07\x26\xc7\x06\x02\x00\x40\x07'
        printf '\xb0\xff\xe6\x21\xe6\xa1%b\xfb\xf4\xeb\xfd' "${2:-}"
        head -c 600 /dev/zero
    } | head -c 510 >"$1"
    printf '\x55\xaa' >>"$1"
}

start_sleeper() { # start_sleeper FILE DEVICE: until it sleeps; codes.txt is what DEVICE says 3 s later
    rm -f ready.png
    "$emu" "$1" --display sdl --timeout 90 -e 'wait "@@" on screen for 30 s' -e 'screenshot ready.png' \
        -e 'try wait "x@x" on screen for 3 s' -e "dev $2" -e quit >codes.txt 2>"$scratch/stderr" &
    emulator=$!
    within 60 test -s ready.png
    check $? "$1 sleeps: $(cat "$scratch/stderr")"
    find_window
    xdotool windowfocus "$window"
    sleep 0.3
}

end_sleeper() {
    wait "$emulator"
    emulator=
}

sleeper sleep.bin
start_sleeper sleep.bin kbc
press Pause
end_sleeper
grep -qE '14 77 e1 f0 14 f0 77' codes.txt
check $? "Pause sends its whole sequence: $(tr '\n' ' ' <codes.txt)"
start_sleeper sleep.bin kbc
press Print
end_sleeper
grep -qE '12 e0 7c( .*)?e0 f0 7c e0 f0 12' codes.txt
check $? "Print Screen sends make and break: $(tr '\n' ' ' <codes.txt)"
# 8042: D4h, F4h switch the mouse's reports on.
sleeper mouse.bin '\xb0\xd4\xe6\x64\xb0\xf4\xe6\x60'
start_sleeper mouse.bin mouse
xdotool mousemove --window "$window" 300 200 click 1
for _ in 1 2 3 4 5 6 7 8 9 10; do
    xdotool mousemove_relative -- 7 -3
    sleep 0.05
done
grabbed
check $? "a click gives the mouse to a guest that listens to it: $(title)"
end_sleeper
grep -qE 'right [1-9][0-9]*, down -[1-9]' codes.txt
check $? "its movements reach the guest: $(tr '\n' ' ' <codes.txt)"

# ---- Closing the window. PIIX4: PMEN bit 8 (port 602h) and ACPI switched on (F1h to port B2h): the guest
# listens to the power button. One goes off when PMSTS bit 8 is set (SUS_EN to port 604h), one does not.
listen='\xba\x02\x06\xb8\x00\x01\xef\xb0\xf1\xe6\xb2'
obey='\xba\x00\x06\xed\xf6\xc4\x01\x74\xf7\xba\x04\x06\xb8\x00\x20\xef'
sleeper off.bin "$listen$obey"
sleeper stubborn.bin "$listen"
start_open() { # start_open FILE: until it listens
    rm -f ready.png
    "$emu" "$1" --display sdl --timeout 90 --trace board:trace.txt -e 'wait "@@" on screen for 30 s' \
        -e 'screenshot ready.png' -e c >codes.txt 2>"$scratch/stderr" &
    emulator=$!
    within 60 test -s ready.png
    check $? "$1 runs: $(cat "$scratch/stderr")"
    sleep 1
    find_window
}
start_open off.bin
"$scratch/close_window" "$window"
leave "closing the window of a guest that listens"
grep -q 'soft off' trace.txt
check $? "by the guest's own hand"
start_open stubborn.bin
"$scratch/close_window" "$window"
sleep 1.5
kill -0 "$emulator"
check $? "a guest that is asked and does nothing goes on"
"$scratch/close_window" "$window"
leave "closing the window once more"
finish
