#!/bin/bash
# SPDX-License-Identifier: MIT
#
# prompt.sh EMU386 KERNEL - the monitor's prompt in a tmux of its own: completion, history, pages,
# Ctrl-C, changing the size, mistakes, the guest's serial line on the same terminal, and the terminal
# afterwards. KERNEL is tests/monitor/guest/run.c. Needs tmux. Prints failures, `N passed, N failed`.

emu=$(realpath "$1")
kernel=$(realpath "$2")
scratch=$(mktemp -d) || exit 2
passed=0
failed=0

if ! command -v tmux >/dev/null; then
    echo "prompt.sh: tmux is missing" >&2
    exit 2
fi
tmx() { tmux -S "$scratch/tmux" -f /dev/null "$@"; }
trap 'tmx kill-server 2>/dev/null; rm -rf "$scratch"' EXIT

check() { # check RESULT NAME: counts
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $2; the terminal shows:"
        pane | grep -v '^$' | tail -12
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
last() { [ "$(pane | grep -v '^$' | tail -n 1 | sed 's/ *$//')" = "$1" ]; }
settings() { stty -g <"$(tmx display-message -p '#{pane_tty}')"; }
type_keys() { tmx send-keys "$@"; }
say() { # say LINE: types it at the prompt
    tmx send-keys -l -- "$1"
    tmx send-keys Enter
}
expect() { # expect TEXT NAME
    within 15 shows "$1"
    check $? "$2"
}
clear_pane() {
    tmx send-keys C-l
    within 5 last '(emu386)'
}

export XDG_CONFIG_HOME=$scratch/config
mkdir -p "$XDG_CONFIG_HOME/emu386"
echo 'alias hello = echo from the file' >"$XDG_CONFIG_HOME/emu386/monitorrc"
LC_ALL=C.UTF-8 tmx new-session -d -x 90 -y 30 "PS1='host> ' bash --norc --noprofile"
within 10 shows 'host>'
sleep 0.3
before=$(settings)

start() { # start ARGS: at the prompt
    say "clear; '$emu' -M --display none --timeout 100 $* '$kernel'; echo left \$?"
    within 15 last '(emu386)'
    check $? "the prompt comes"
}

start
say hello
expect 'from the file' "monitorrc was executed"

clear_pane
type_keys -l 'unt'
type_keys Tab
within 5 last '(emu386) until'
check $? "Tab completes a command"
type_keys -l 'exec on_t'
type_keys Tab
within 5 last '(emu386) until exec on_timer'
check $? "Tab completes a symbol"
type_keys C-u
# shellcheck disable=SC2016 # the monitor's dollar
type_keys -l 'p $es'
type_keys Tab Tab
# shellcheck disable=SC2016
expect '$es.base' "Tab twice lists what is possible"
type_keys C-u
type_keys -l 'source /et'
type_keys Tab
within 5 last '(emu386) source /etc/'
check $? "Tab completes a file name"
type_keys C-u
type_keys -l 'dev pi'
type_keys Tab Tab
expect 'pit' "Tab knows the devices"
type_keys C-u

clear_pane
say 'until exec touch'
expect '<touch> run.c:' "the machine runs to a function"
say 'x/4xw multiboot'
expect '1badb002' "memory is shown"
type_keys Enter
expect '00100010' "an empty line goes on"
clear_pane
type_keys Up Up
within 5 last '(emu386) until exec touch'
check $? "the history goes back"
type_keys C-u

clear_pane
say 'p 1 + nosuch'
expect "column 7: there is no register or symbol 'nosuch'" "a mistake names its column"
check "$(pane | grep -qx ' \{15\}^'; echo $?)" "and points at it"

clear_pane
say 'c'
sleep 0.5
type_keys C-c
expect 'interrupted' "Ctrl-C stops the guest"
expect '> run.c:' "and says where it stands"
within 5 last '(emu386)'
check $? "and the prompt is back"
type_keys -l 'p 12345'
type_keys C-c
within 5 last '(emu386)'
check $? "Ctrl-C gives a line up"
say 'p 6 * 7'
expect '0x2a  42' "and the next line is a new one"

clear_pane
tmx resize-window -x 40 -y 12
sleep 0.3
type_keys -l 'echo abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ'
within 5 shows 'ABCDEFGHIJ'
tmx resize-window -x 70 -y 12
expect '(emu386) echo abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ' "a line follows the terminal's size"
type_keys C-u
clear_pane
say 'help'
expect '-- more' "a long answer comes in pages"
type_keys Space
within 5 shows 'timeline'
check $? "space shows the next page"
type_keys q
within 5 last '(emu386)'
check $? "q ends it"
tmx resize-window -x 90 -y 30

clear_pane
type_keys C-d
within 10 shows 'left 0'
check $? "Ctrl-D ends emu386"
check "$([ "$(settings)" = "$before" ]; echo $?)" "the terminal has its settings back"

# The guest's serial line and the prompt share the terminal.
start --serial stdio
type_keys Up
within 5 last '(emu386) help'
check $? "the history was kept"
type_keys C-u
say 'tb on_call'
within 10 shows 'once'
say 'c'
expect 'ready' "the guest's line is shown"
expect 'point 1' "a point stops it"
for line in 'until exec print' 'break io 0x3f8' 'c' 'c'; do
    within 10 last '(emu386)'
    say "$line"
done
within 10 shows 'point 2'
within 5 last '(emu386)'
check $? "a guest's line that has no end does not stand before the prompt"
check "$(pane | grep -qE '^.*[a-z]+\(emu386\)'; echo $((! $?)))" "nor inside it"
say 'delete all'
within 10 last '(emu386)'
say 'c'
sleep 0.5
check "$(settings | grep -qvF "$before"; echo $?)" "the terminal is the guest's while it runs"
type_keys C-c
expect 'interrupted' "Ctrl-C stops it there as well"
within 10 last '(emu386)'
say 'quit'
within 10 shows 'left 0'
check $? "quit ends emu386"
check "$([ "$(settings)" = "$before" ]; echo $?)" "the terminal has its settings back again"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
