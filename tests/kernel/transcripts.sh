#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# transcripts.sh BUILD EMULATOR [FLAG] [OPTIONS...] - boots the demo kernel for every case of cases.txt
# and compares what it says, normalised, and the exit status with what is expected. So what one
# emulator, engine, TLB or processor says is what every other one says.
#
#   BUILD      the build directory
#   EMULATOR   emu386, with OPTIONS; or qemu; or golden: writes expected/ from emu386 instead
#   FLAG       only cases with this flag; - for all
# Several suites may run at a time. The last line is `N passed, N failed`.

set -u
build=${1:?usage: transcripts.sh BUILD EMULATOR [FLAG] [OPTIONS...]}
emulator=${2:?}
flag=${3:--}
options=("${@:4}")
here=$(cd "$(dirname "$0")" && pwd)
kernel=$build/roms/kernel.elf
initrd=$build/roms/initrd.img
limit=120 # seconds that a case may take
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"

run() { # run MEMORY COMMAND: the transcript to standard output, the emulator's status
    case $emulator in
    qemu)
        timeout "$limit" qemu-system-i386 -m "$1" -kernel "$kernel" -initrd "$initrd" -append "$2" \
            -display none -monitor none -serial stdio -no-reboot \
            -device isa-debug-exit,iobase=0xf4,iosize=4 </dev/null
        ;;
    *)
        timeout "$limit" "$build/emu386" -m "$1" -k "$kernel" -i "$initrd" -a "$2" \
            --display none --serial stdio "${options[@]}" </dev/null
        ;;
    esac
}

while read -r name status memory flags command; do
    [[ -z $name || $name == '#'* ]] && continue
    [[ $flag == - || $flags == *"$flag"* ]] || continue
    numbers=
    [[ $flags != *n* ]] || numbers=n
    run "$memory" "quiet $command" >"$scratch/raw" 2>"$scratch/err"
    got=$?
    "$here/normalise.sh" $numbers <"$scratch/raw" >"$scratch/got"
    if [ "$emulator" = golden ]; then
        cp "$scratch/got" "$here/expected/$name.txt"
    fi
    diff -u "$here/expected/$name.txt" "$scratch/got" >"$scratch/diff"
    check $? "$name: the transcript"
    head -n 20 "$scratch/diff"
    [ $got = $((((status << 1) | 1) & 255)) ]
    check $? "$name: exit status $got instead of (($status << 1) | 1) & 255"
    [ "$got" = $((((status << 1) | 1) & 255)) ] || head -n 5 "$scratch/err"
done <"$here/cases.txt"
summary
