#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# console-pictures.sh - the pictures of docs/images that show the window and the terminal display, taken on
# an X server of its own: the window with the built-in kernel, its menu, the monitor over it, marked
# text; the terminal display in xterm with text and with graphics.
#
#   tests/vga/console-pictures.sh EMU386 VGATEST FOLDER
#
# Needs xvfb, xdotool, imagemagick, xterm.

set -eu
emu=$(realpath "${1:?}") vgatest=$(realpath "${2:?}")
mkdir -p "${3:?}"
to=$(realpath "$3")
work=$(mktemp -d)
server='' pid=''
trap 'kill $pid $server 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"
export XDG_CONFIG_HOME=/dev/null/none LC_ALL=C.UTF-8

Xvfb -displayfd 3 -screen 0 1680x1050x24 -nolisten tcp 3>display >/dev/null 2>&1 &
server=$!
while [ ! -s display ]; do sleep 0.1; done
DISPLAY=:$(cat display)
export DISPLAY
unset WAYLAND_DISPLAY SDL_VIDEODRIVER

find_window() { # find_window OPTION...: of xdotool search
    while ! window=$(xdotool search --onlyvisible "$@" 2>/dev/null | head -n 1) || [ -z "$window" ]; do
        sleep 0.1
    done
    xdotool windowfocus "$window"
}

end() {
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    pid=''
}

# The first number of the name of a picture is the order in which they are shown.
take() {
    sleep 0.7
    import -silent -window "$window" -strip "$to/$1.png"
}

"$emu" --display sdl --timeout 120 2>/dev/null &
pid=$!
find_window --name '^emu386'
sleep 6
xdotool type --delay 20 'ps'
xdotool key Return
sleep 1
xdotool type --delay 20 'layout'
xdotool key Return
sleep 2
take window
xdotool key ctrl+alt+x Down Down
take menu
xdotool key Escape ctrl+alt+d
sleep 1
for line in 'bt' 'page 0xc0100000' 'irq why 0'; do
    xdotool type --delay 20 "$line"
    xdotool key Return
    sleep 0.5
done
take monitor
xdotool key Escape
sleep 1
xdotool mousemove --window "$window" 4 150 mousedown 1
for y in 160 180 200; do
    xdotool mousemove --window "$window" 300 $y
    sleep 0.1
done
xdotool mouseup 1
take selection
end

terminal() { # terminal NAME COMMAND: in xterm
    xterm -fa 'DejaVu Sans Mono' -fs 9 -geometry 100x34 -bg black -fg grey80 +sb \
        -e "unset DISPLAY; TERM=xterm-256color $2" &
    pid=$!
    find_window --class xterm
    sleep 5
}

terminal text "'$emu' --display term --timeout 60"
xdotool type --delay 20 'layout'
xdotool key Return
sleep 2
take terminal
end
terminal graphics "'$emu' -a 'mode=13 stay' --display term --timeout 60 '$vgatest'"
take terminal-graphics
end
