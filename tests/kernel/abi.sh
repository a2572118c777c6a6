#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# abi.sh BUILD - programs of the demo kernel on the host's own Linux: the static program that knows
# the kernel by call numbers only says there, byte for byte, what it says under the demo kernel. So the
# kernel's numbers, structures and errors are those of Linux, and not just those of its own library.
# A host that cannot execute 32-bit programs is no witness: then only the demo kernel's side is checked.

set -u
build=${1:?usage: abi.sh BUILD}
program=$build/roms/bin/linux
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"

timeout 60 "$build/emu386" -m 16M -k "$build/roms/kernel.elf" -i "$build/roms/initrd.img" \
    -a 'quiet run=linux' --display none --serial stdio </dev/null 2>"$scratch/err" |
    tr -d '\r' | grep -v '^System halted' >"$scratch/guest"
[ "$(tail -n 1 "$scratch/guest")" = 'linux: all as expected' ]
check $? "the demo kernel is as Linux is"

readelf -lW "$program.elf" >"$scratch/headers"
grep -q INTERP "$scratch/headers"
[ $? -eq 1 ]
check $? "the program is static"

timeout 60 setarch i686 "$program" >"$scratch/host" 2>"$scratch/err"
status=$?
if [ $status -ge 126 ]; then
    echo "this host runs no 32-bit programs: $(head -n 1 "$scratch/err")"
else
    check $status "the host: exit status $status"
    diff "$scratch/host" "$scratch/guest"
    check $? "host and demo kernel say the same"
fi
summary
