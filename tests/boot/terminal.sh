#!/bin/bash
# SPDX-License-Identifier: MIT
#
# terminal.sh - the terminal display, in a tmux of its own: boots the demo kernel, types into its
# shell, looks at the pane, changes its size, uses the escape key and the monitor behind it, leaves by key
# and by signal, and checks that the terminal is as it was. Then graphics, in several kinds of terminal.
#
# usage: terminal.sh EMU386 KERNEL INITRD VGATEST
# Needs tmux. Prints failures and `N passed, N failed`.

emu=$(realpath "${1:-build/emu386}")
kernel=$(realpath "${2:-build/roms/kernel.elf}")
initrd=$(realpath "${3:-build/roms/initrd.img}")
vgatest=$(realpath "${4:-build/roms/vgatest/vgatest.elf}")
scratch=$(mktemp -d) || exit 2
passed=0
failed=0

if ! command -v tmux >/dev/null; then
    echo "terminal.sh: tmux is missing" >&2
    exit 2
fi
tmx() { tmux -S "$scratch/tmux" -f /dev/null "$@"; }
trap 'tmx kill-server 2>/dev/null; rm -rf "$scratch"' EXIT

check() { # check RESULT NAME: counts
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $2"
    fi
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

pane() { tmx capture-pane -p; }
shows() { pane | grep -qF -- "$1"; }
hides() { ! shows "$1"; }
said() { tr -d '\r' <"$scratch/serial"; }
at_prompt() { [ "$(said | tail -c 2)" = '$ ' ]; }
has_line() { said | grep -qxF -- "$1"; }

# The terminal's settings, without its size: rows and columns are ours to change.
settings() { stty -g <"$(tmx display-message -p '#{pane_tty}')"; }

# boot: types the command into the pane's shell; its exit status will be shown as `left N`.
boot() {
    : >"$scratch/serial"
    tmx send-keys "clear; '$emu' -k '$kernel' -i '$initrd' --display term" \
        " --serial 'file:$scratch/serial' --timeout 120; echo left \$?" Enter
    within 60 at_prompt
    check $? "the shell comes up in the terminal"
}

LC_ALL=C.UTF-8 tmx new-session -d -x 90 -y 30 "PS1='host> ' bash --norc --noprofile"
within 10 shows 'host>'
tmx set-option -g default-terminal screen-256color
sleep 0.3
before=$(settings)

boot
within 5 shows 'Ctrl-] q quits'
check $? "a status line names the quit key"
within 5 shows 'ring 0, paging'
check $? "and the processor's mode"
tmx send-keys -l 'echo "Typed, in a terminal: (1+2)*3 ~ {x|y}"'
tmx send-keys Enter
within 10 has_line 'Typed, in a terminal: (1+2)*3 ~ {x|y}'
check $? "keys of the terminal reach the guest's shell, shifted ones too"
within 5 shows 'Typed, in a terminal: (1+2)*3 ~ {x|y}'
check $? "the guest's screen is shown"
tmx send-keys -l 'echo oops'
tmx send-keys BSpace BSpace BSpace BSpace
tmx send-keys -l 'fine'
tmx send-keys Enter
within 10 has_line 'fine'
check $? "Backspace erases"
within 10 at_prompt

# Pasting a lot at once loses nothing, though a PS/2 keyboard has 16 bytes of room.
line=$(printf 'echo %s' 0123456789-abcdefghij-ABCDEFGHIJ-0123456789-KLMNOPQRST)
tmx send-keys -l "$line"
tmx send-keys Enter
within 20 has_line "${line#echo }"
check $? "a pasted line arrives whole"
within 10 at_prompt

tmx resize-window -x 40 -y 6
within 5 shows '$ '
check $? "a small terminal shows the part with the cursor"
check "$([ "$(pane | wc -l)" -le 6 ]; echo $?)" "and no more rows than it has"
tmx resize-window -x 100 -y 40
within 5 shows 'Typed, in a terminal'
check $? "a large terminal shows all again"

# The escape key asks; what is not an answer changes nothing and does not reach the guest.
tmx send-keys 'C-]'
within 5 shows 'q quit  m monitor'
check $? "Ctrl-] says what there is"
tmx send-keys 'z'
within 5 hides 'q quit  m monitor'
check $? "another key goes back"
tmx send-keys 'C-]' p
within 5 shows 'paused'
check $? "Ctrl-] p pauses"
lines=$(said | wc -l)
tmx send-keys -l 'echo later'
tmx send-keys Enter
sleep 0.5
check "$([ "$(said | wc -l)" = "$lines" ]; echo $?)" "a paused guest does nothing"
tmx send-keys 'C-]' p
within 10 has_line 'later'
check $? "what was typed meanwhile comes when it goes on"
tmx send-keys 'C-]' -
within 5 shows 'Speed: 50 % of real time'
check $? "Ctrl-] - makes it slower"
tmx send-keys 'C-]' +
within 5 shows 'Speed: 100 % of real time'
check $? "and + faster"

# The monitor takes the terminal and gives it back; a point brings it again.
tmx send-keys 'C-]' m
within 5 shows '(emu386)'
check $? "Ctrl-] m opens the monitor"
hides 'echo later'
check $? "in the place of the guest's screen"
tmx send-keys -l 'p 40+2'
tmx send-keys Enter
within 5 shows '42'
check $? "which does commands"
tmx send-keys C-c
tmx send-keys -l 'break exec sys_fork'
tmx send-keys Enter
tmx send-keys -l 'c'
tmx send-keys Enter
within 10 shows 'echo later'
check $? "and the guest's screen returns as it goes on"
tmx send-keys -l 'true'
tmx send-keys Enter
within 10 shows 'sys_fork'
check $? "a point brings the prompt back"
tmx send-keys -l 'del all'
tmx send-keys Enter
tmx send-keys -l 'c'
tmx send-keys Enter
within 10 shows 'echo later'
check $? "and the screen returns again"
within 10 at_prompt

tmx send-keys 'C-]' q
within 10 shows 'left 0'
check $? "Ctrl-] q ends it with status 0"
check "$([ "$(settings)" = "$before" ]; echo $?)" "the terminal has its settings back"

boot
tmx send-keys 'C-]' m
within 5 shows '(emu386)'
tmx send-keys C-d
within 10 shows 'left 0'
check $? "the end of the prompt's input ends it"
check "$([ "$(settings)" = "$before" ]; echo $?)" "the terminal has its settings back then, too"

boot
child=$(pgrep -P "$(tmx display-message -p '#{pane_pid}')")
kill -TERM "$child"
within 10 shows 'left 143'
check $? "SIGTERM ends it with status 143"
check "$([ "$(settings)" = "$before" ]; echo $?)" "and the terminal has its settings back"

# Graphics: half blocks in the colours of the picture, whatever the terminal has of them.
colours() { tmx capture-pane -pe | tr '\033' '\n' | grep -oE "$1" | sort -u | wc -l; }
graphics() { # graphics TERM
    tmx send-keys "clear; TERM=$1 '$emu' -a 'mode=13 stay' --display term --timeout 30 '$vgatest'; echo left" Enter
    within 20 shows "$2"
    check $? "$1 shows graphics"
    sleep 0.3
}
tmx resize-window -x 90 -y 30
graphics screen-256color '▄'
check "$([ "$(colours '38;5;[0-9]+')" -gt 60 ]; echo $?)" "in many colours of 256: $(colours '38;5;[0-9]+')"
tmx resize-window -x 50 -y 20
sleep 0.5
shows '▄'
check $? "it follows the terminal's size"
check "$([ "$(pane | head -n 19 | grep -c '▄')" -gt 10 ]; echo $?)" "and fills it"
tmx send-keys 'C-]' q
within 10 shows 'left'
check $? "and can be left"
tmx resize-window -x 90 -y 30
graphics xterm-direct '▄'
check "$([ "$(colours '38;2;[0-9;]+|38;5;[0-9]+')" -gt 60 ]; echo $?)" "in red, green and blue"
tmx send-keys 'C-]' q
within 10 shows 'left'
graphics screen '▄'
tmx send-keys 'C-]' q
within 10 shows 'left'
graphics vt100 '-==='
tmx send-keys 'C-]' q
within 10 shows 'left'

message=$("$emu" -k "$kernel" --display term </dev/null 2>&1)
status=$?
check "$((status != 2))" "without a terminal it is refused (status $status)"
check "$([ "$(wc -l <<<"$message")" -eq 1 ]; echo $?)" "in one line: $message"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
