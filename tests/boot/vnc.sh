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
# Now and then, on a busy host, the library's client gives up behind one that was refused: it may try again.
for ((k = 0; k < 3; k++)); do
    timeout 20 "$work/client" 127.0.0.1:$((port + 1)) sesame '' "$work/y.ppm" >"$work/log2" 2>&1 && break
    sleep 1
done
expect "the right one is not (tries: $((k + 1)), $(cat "$work/log2"))" test -s "$work/y.ppm"
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

# The pointer moves the guest's mouse: a guest that says in hexadecimal what its mouse sends.
cat >"$work/mouse.S" <<'E'
        .section .multiboot, "a"
        .long 0x1BADB002, 0, -0x1BADB002
        .text
        .globl start
start:  mov $0xa8, %al          /* the mouse's port on */
        out %al, $0x64
        call ready
        mov $0xd4, %al          /* the next byte is for the mouse: enable reports */
        out %al, $0x64
        call ready
        mov $0xf4, %al
        out %al, $0x60
1:      in $0x64, %al
        and $0x21, %al
        cmp $0x21, %al
        jne 1b
        in $0x60, %al
        mov %al, %bl
        shr $4, %al
        call digit
        mov %bl, %al
        and $15, %al
        call digit
        mov $' ', %al
        call put
        jmp 1b
digit:  cmp $10, %al
        sbb $0x69, %al          /* the shortest way to an ASCII digit: with DAS */
        das
put:    mov $0x3f8, %dx
        out %al, %dx
2:      mov $0x3fd, %dx
        in %dx, %al
        test $0x20, %al
        jz 2b
        ret
ready:  in $0x64, %al
        test $2, %al
        jnz ready
        ret
E
gcc -m32 -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-e,start -Wl,-Ttext=0x100100 \
    -Wl,--section-start=.multiboot=0x100000 -Wl,-z,noexecstack -o "$work/mouse.elf" "$work/mouse.S"
boot $port --serial "file:$work/mouse" "$work/mouse.elf"
timeout 20 "$work/client" 127.0.0.1:$port '' '' "$work/mouse.ppm" 100,100,0 110,105,0 110,105,1 110,105,0 \
    107,105,0 >/dev/null
end
expect "the pointer moves and clicks the guest's mouse: $(cat "$work/mouse")" \
    grep -q '28 0A FB 09 00 00 08 00 00 18 FD 00 ' "$work/mouse"

printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
