#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# clients.sh BUILD - other ways to the stub: lldb, gdb's machine interface as editors speak it, the
# .gdbinit of docs/gdb.md, an emulator that gdb starts itself, a socket, an open port.
set -u

B=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0
failed=0

expect() { # expect FILE REGEX
    if grep -qE -e "$2" "$1"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL: no \"$2\" in: $(tail -n 20 "$1")"
    fi
}

"$B/emu386" --display none --timeout 60 -S -g :0 "$B/tests/gdb/steps.elf" 2>"$dir/err" &
emulator=$!
for _ in $(seq 200); do
    port=$(sed -n 's/.*127.0.0.1:\([0-9]*\).*/\1/p' "$dir/err")
    [ -z "$port" ] || break
    sleep 0.05
done
timeout 60 lldb -b -o "gdb-remote $port" -o 'register read' -o 'breakpoint set -n ready' -o continue \
    -o bt -o si -o next -o 'memory read 0x100000' -o 'expression command = 9' \
    -o 'process plugin packet monitor version' -o continue "$B/tests/gdb/steps.elf" \
    >"$dir/log" 2>&1 </dev/null
expect "$dir/log" 'eip = 0x00100'
expect "$dir/log" 'stop reason = breakpoint 1.1'
expect "$dir/log" 'frame #1: .*kernel'
expect "$dir/log" 'stop reason = instruction step into'
expect "$dir/log" 'stop reason = step over'
expect "$dir/log" '0x00100000: 02 b0 ad 1b'
expect "$dir/log" '[$]0 = 9'
expect "$dir/log" 'emu386 0'
expect "$dir/log" 'exited with status = 43'
wait "$emulator"
echo "status $?" >"$dir/status"
expect "$dir/status" 'status 43'

# What an editor does with the launch.json of docs/gdb.md, and the .gdbinit there.
sed -n '/^## .gdbinit/,/^## Vis/s/^    //p' docs/gdb.md >"$dir/init"
sed -n '/^## Vis/,/^## lldb/s/^    //p' docs/gdb.md >"$dir/launch.json"
python3 -c 'import json, sys
c = json.load(open(sys.argv[1]))["configurations"][0]
assert c["MIMode"] == "gdb" and c["serverStarted"] == "target remote"' "$dir/launch.json" && echo good >"$dir/json"
expect "$dir/json" good
"$B/emu386" --display none --timeout 60 -S -g :0 "$B/tests/gdb/steps.elf" 2>"$dir/err" &
emulator=$!
for _ in $(seq 200); do
    port=$(sed -n 's/.*target remote 127.0.0.1:\([0-9]*\).*/\1/p' "$dir/err")
    [ -z "$port" ] || break
    sleep 0.05
done
{
    sleep 0.5
    printf '%s\n' "-file-exec-and-symbols $B/tests/gdb/steps.elf" "-target-select remote localhost:$port" \
        '-break-insert -f ready' '-exec-continue'
    sleep 2
    printf '%s\n' '-stack-list-frames' 'pgwalk 0xc0000000' 'idt' 'why' '-data-list-register-values x 8' \
        '-exec-next'
    sleep 1
    printf '%s\n' '-target-detach' '-gdb-exit'
} | timeout 60 gdb -nx -i=mi -x "$dir/init" >"$dir/log" 2>&1
kill "$emulator"
wait "$emulator" 2>/dev/null
expect "$dir/log" 'reason="breakpoint-hit"'
expect "$dir/log" 'func="kernel"'
expect "$dir/log" 'c0000000'
expect "$dir/log" 'reason="end-stepping-range"'
expect "$dir/log" 'number="8",value="0x1005'

# gdb starts the emulator itself.
timeout 60 gdb -nx -batch -ex "target remote | $B/emu386 --display none -S -g stdio $B/tests/gdb/steps.elf" \
    -ex 'tbreak ready' -ex continue -ex bt -ex 'monitor version' -ex kill >"$dir/log" 2>&1 </dev/null
expect "$dir/log" 'breakpoint 1, ready'
expect "$dir/log" '#1 .* kernel'
expect "$dir/log" 'emu386 0'

# A socket that a dead emulator has left is replaced; the new one is removed at the end.
"$B/emu386" --display none --timeout 60 -S -g "unix:$dir/s" "$B/tests/gdb/steps.elf" 2>"$dir/err" &
emulator=$!
for _ in $(seq 200); do
    [ -S "$dir/s" ] && break
    sleep 0.05
done
"$B/emu386" --display none -g "unix:$dir/s" "$B/tests/gdb/steps.elf" 2>"$dir/other"
expect "$dir/other" 'somebody listens there already'
stat -c '%a' "$dir/s" >"$dir/mode"
expect "$dir/mode" '^700$|^600$'
timeout 60 gdb -nx -batch -ex "target remote $dir/s" -ex "p \$pc" -ex kill >"$dir/log" 2>&1 </dev/null
expect "$dir/log" '[$]1 = .*0x100'
wait "$emulator"
ls "$dir" >"$dir/files"
expect "$dir/files" '^other$'
if [ -e "$dir/s" ]; then
    failed=$((failed + 1))
    echo "FAIL: the socket is still there"
else
    passed=$((passed + 1))
fi

# Beyond the loopback interface there is a warning.
"$B/emu386" --display none --timeout 0.2 -g 0.0.0.0:0 "$B/tests/gdb/steps.elf" 2>"$dir/err"
expect "$dir/err" 'whoever can reach 0\.0\.0\.0:'

echo "$passed passed, $failed failed"
[ $failed = 0 ]
