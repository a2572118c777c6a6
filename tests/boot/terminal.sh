#!/bin/bash
# SPDX-License-Identifier: MIT
#
# terminal.sh - the terminal display, in a tmux of its own: boots the demo kernel, types into its
# shell, looks at the pane, changes its size, leaves by key and by signal, and checks that the
# terminal is as it was.
#
# usage: terminal.sh EMU386 KERNEL INITRD
# Needs tmux. Prints failures and `N passed, N failed`.

emu=$(realpath "${1:-build/emu386}")
kernel=$(realpath "${2:-build/roms/kernel.elf}")
initrd=$(realpath "${3:-build/roms/initrd.img}")
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
within 5 shows 'Ctrl-] quits'
check $? "a status line names the quit key"
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

tmx send-keys 'C-]'
within 10 shows 'left 0'
check $? "Ctrl-] ends it with status 0"
check "$([ "$(settings)" = "$before" ]; echo $?)" "the terminal has its settings back"

boot
child=$(pgrep -P "$(tmx display-message -p '#{pane_pid}')")
kill -TERM "$child"
within 10 shows 'left 143'
check $? "SIGTERM ends it with status 143"
check "$([ "$(settings)" = "$before" ]; echo $?)" "and the terminal has its settings back"

message=$("$emu" -k "$kernel" --display term </dev/null 2>&1)
status=$?
check "$((status != 2))" "without a terminal it is refused (status $status)"
check "$([ "$(wc -l <<<"$message")" -eq 1 ]; echo $?)" "in one line: $message"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
