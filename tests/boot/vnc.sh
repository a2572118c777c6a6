#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# vnc.sh - the VNC display with a real client (libvncclient): the picture, typing, the password, who
# can reach it, clients that misbehave.
#
#   tests/boot/vnc.sh EMU386

set -u
emu=${1:?}
passed=0 failed=0
work=$(mktemp -d) || exit 2
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT

expect() {
    if "${@:2}"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s\n' "$1"
    fi
}

# shellcheck disable=SC2046
if ! "${CC:-cc}" -o "$work/client" "$(dirname "$0")/vnc_client.c" $(pkg-config --cflags --libs libvncclient); then
    echo "vnc.sh: cannot build the client (Debian: libvncserver-dev)" >&2
    exit 2
fi

boot() { # PORT OPTION... : in the background, until it listens
    local port=$1
    "$emu" --display "vnc:127.0.0.1:$port" --timeout 60 "${@:2}" >/dev/null 2>"$work/err" &
    pid=$!
    for ((k = 0; k < 100; k++)); do
        grep -q 'VNC on' "$work/err" && return
        sleep 0.1
    done
}

end() {
    kill -TERM "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
}

port=$((20000 + $$ % 20000))
boot $port --screenshot "$work/own.png"
timeout 20 "$work/client" 127.0.0.1:$port '' 'echo "It Works: 50%!"\n' "$work/seen.ppm" >"$work/log"
expect "a client connects, types and sees ($(cat "$work/log"))" test -s "$work/seen.ppm"
timeout 20 "$work/client" 127.0.0.1:$port '' '' "$work/again.ppm" >/dev/null
expect "a second one as well" test -s "$work/again.ppm"
# A client that never reads, and garbage instead of a client: the guest goes on.
exec 5<>"/dev/tcp/127.0.0.1/$port"
printf 'RFB 003.008\n\001\001' >&5
head -c 4000 /dev/urandom >"/dev/tcp/127.0.0.1/$port" 2>/dev/null
timeout 20 "$work/client" 127.0.0.1:$port '' '\n' "$work/last.ppm" >/dev/null
expect "a client beside a stuck one and garbage" test -s "$work/last.ppm"
exec 5>&-
end
expect "its own picture is there" test -s "$work/own.png"
# The cursor blinks, and the last line has a prompt more: the line that was typed, as dots.
line() { convert "$1" -crop 720x16+0+64 +repage "rgb:$2"; }
line "$work/seen.ppm" "$work/a"
line "$work/own.png" "$work/b"
expect "what was typed is seen, dot for dot" cmp -s "$work/a" "$work/b"

echo sesame >"$work/password"
boot $((port + 1)) --vnc-password "$work/password"
timeout 20 "$work/client" 127.0.0.1:$((port + 1)) wrong '' "$work/x.ppm" >/dev/null 2>&1
expect "a wrong password is refused" test ! -e "$work/x.ppm"
timeout 20 "$work/client" 127.0.0.1:$((port + 1)) sesame '' "$work/y.ppm" >/dev/null
expect "the right one is not" test -s "$work/y.ppm"
"$emu" --display "vnc:127.0.0.1:$((port + 1))" --timeout 5 2>"$work/err2"
expect "a port in use: status 2" test $? -eq 2
expect "and says so" grep -q 'in use' "$work/err2"
end

for bad in vnc: vnc:127.0.0.1 vnc:127.0.0.1:0 vnc:127.0.0.1:70000 vnc:300.1.1.1:5900 vnc:x:y vncx; do
    "$emu" --display "$bad" --timeout 1 2>"$work/err"
    expect "--display $bad: status 2" test $? -eq 2
    expect "--display $bad: one line" test "$(wc -l <"$work/err")" -eq 1
done
"$emu" --display vnc --vnc-password "$work/none" 2>"$work/err"
expect "no password file: status 2" test $? -eq 2

printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
