#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# swap.sh BUILD - the demo kernel's swap area on an IDE disk, on both machines, under emu386 and QEMU: it is
# found by what mkswap wrote, or by its name; nothing but the area is written to, and no disk that is
# none; a disk that is not there, must not be written or fails is said to be so, and the kernel lives.

set -u
build=${1:?usage: swap.sh BUILD}
here=$(cd "$(dirname "$0")" && pwd)
kernel=$build/roms/kernel.elf
initrd=$build/roms/initrd.img
PATH=$PATH:/sbin:/usr/sbin
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
disk=$scratch/disk

explain() {
    tail -n 6 "$scratch/out" "$scratch/err"
}

qemu() { # qemu MACHINE COMMAND [OPTIONS...]
    timeout 120 qemu-system-i386 -M "$1" -m 16M -kernel "$kernel" -initrd "$initrd" -append "quiet $2" \
        -display none -monitor none -serial stdio -no-reboot -net none \
        -device isa-debug-exit,iobase=0xf4,iosize=4 "${@:3}" </dev/null >"$scratch/raw" 2>"$scratch/err"
    local status=$?
    tr -d '\r' <"$scratch/raw" >"$scratch/out"
    return $status
}

emu386() { # emu386 MACHINE COMMAND [OPTIONS...]
    timeout 120 "$build/emu386" --machine "$1" -m 16M -k "$kernel" -i "$initrd" -a "quiet $2" \
        --display none --serial stdio "${@:3}" </dev/null >"$scratch/raw" 2>"$scratch/err"
    local status=$?
    tr -d '\r' <"$scratch/raw" >"$scratch/out"
    return $status
}

# 12 MiB, of which the first eight are a swap area; everything else has a pattern.
make_disk() {
    yes 'this is no swap area' | head -c 12M >"$disk"
    mkswap -q "$disk" 8192 >"$scratch/err" 2>&1 || echo "mkswap: $(cat "$scratch/err")"
    cp "$disk" "$disk.new"
}

is_untouched() {
    cmp "$disk" "$disk.new"
}

# Its first page and what is behind the area are as they were, the area is not.
is_used() {
    cmp -n 4096 "$disk" "$disk.new" && cmp -i 8388608 "$disk" "$disk.new" &&
        ! cmp -s -i 4096 -n 8384512 "$disk" "$disk.new"
}

says() { # says TEXT: a line of the output
    grep -qxF "$1" "$scratch/out"
}

area() { # area NAME KIB: /proc/swaps has that area and no other
    [ "$(grep -c '^/dev/' "$scratch/out")" = 1 ] &&
        grep -qP "^/dev/$1 +partition\t$2\t\t0\t\t-2\$" "$scratch/out"
}

no_area() {
    grep -q '^Filename' "$scratch/out" && ! grep -q '^/dev/' "$scratch/out"
}

transcript() { # transcript NAME: swapper says what it says with an area in memory
    "$here/normalise.sh" n <"$scratch/out" | diff "$here/expected/swapper.txt" -
    check $? "$1: the transcript"
}

swapper() { # swapper NAME RUN MACHINE DISK-OPTIONS...
    make_disk
    "$2" "$3" "run=swapper" "${@:4}"
    check $(($? != 1)) "$1: swapper on a disk that mkswap made"
    transcript "$1"
    is_used
    check $? "$1: the area is used, and nothing else"
}

drive=file=$disk,format=raw,if=ide
swapper "emu386 pc" emu386 pc --disk "$disk" --strict
swapper "emu386 isa" emu386 isa --disk "$disk" --cpu 386 --strict
swapper "emu386 lockstep" emu386 pc --disk "$disk" --engine lockstep
if command -v qemu-system-i386 >/dev/null; then
    swapper "qemu pc" qemu pc -drive "$drive,index=0"
    swapper "qemu isapc" qemu isapc -drive "$drive,index=3"
else
    echo "qemu-system-i386 is not installed: skipped"
fi

# What is chosen.
make_disk
truncate -s 2M "$scratch/empty"
emu386 pc 'run=cat /proc/swaps' --disk "$scratch/empty" --disk "$disk"
area hdb 8188
check $? "the first disk that carries an area"
for word in disk hdd; do
    emu386 isa "swap=$word run=cat /proc/swaps" --disk "$scratch/empty,ro" --disk "$scratch/empty,ro" \
        --disk "$scratch/empty,snapshot" --disk "$disk"
    area hdd 8188
    check $? "swap=$word"
done
emu386 pc 'swap=2M run=cat /proc/swaps' --disk "$disk"
area memory 2044
check $? "swap=SIZE is in memory, whatever disks there are"
emu386 pc 'swap=0 run=cat /proc/swaps' --disk "$disk"
no_area
check $? "swap=0"
is_untouched
check $? "a disk that was only looked at"
emu386 pc 'run=cat /proc/swaps'
area memory 1020
check $? "without a disk: a sixteenth of the memory"

# What is refused; the kernel says so and goes on without.
refused() { # refused NAME MESSAGE WORD OPTIONS...
    emu386 pc "$3 run=cat /proc/swaps" "${@:4}"
    [ $? = 1 ] && says "$2" && no_area
    check $? "$1"
}
refused "a disk that must not be written" 'swap: hda cannot be written' swap=hda --disk "$disk,ro"
refused "no disk" 'swap: there is no disk hdc, or it cannot be read' swap=hdc --disk "$disk"
refused "a CD" 'swap: there is no disk hdc, or it cannot be read' swap=hdc --disk "$disk" \
    --cdrom "$scratch/empty"
refused "no area anywhere" 'swap: no disk carries a swap area (mkswap makes one)' swap=disk \
    --disk "$scratch/empty"
refused "a disk with something else" \
    'swap: hda carries no swap area: mkswap makes one, swap=hda,force takes the disk as it is' swap=hda \
    --disk "$scratch/empty"
refused "a word that is nothing" 'swap: neither a size nor a disk: swap=tape run=cat /proc/swaps' swap=tape
for damage in '1024 \x02' '1028 \x00\x0c' '1032 \x01' '4094 \x33'; do # version, last page, bad pages, signature
    make_disk
    # shellcheck disable=SC2059  # the bytes are escapes
    printf "${damage#* }" | dd of="$disk" bs=1 seek="${damage% *}" conv=notrunc status=none
    emu386 pc 'run=cat /proc/swaps' --disk "$disk"
    area memory 1020
    check $? "damage at byte ${damage% *}: no area"
done
emu386 pc 'swap=hda,force run=swapper' --disk "$scratch/empty"
check $(($? != 1)) "swap=hda,force"

# What a disk costs: ticks of waiting, and major faults.
make_disk
emu386 pc '' --disk "$disk" -e 'wait "$ " on serial' -e 'type "swapper\n"' -e 'wait "as expected" for 60 s' \
    -e 'type "cat /proc/stat /proc/vmstat /proc/audit\n"' -e 'wait "mistakes" for 10 s' -e q
[ "$(sed -nE 's/^cpu  ([0-9]+ ){4}([0-9]+) .*/\2/p' "$scratch/out")" -gt 10 ]
check $? "waiting for the disk is counted"
grep -qE '^pgmajfault [0-9]{4}' "$scratch/out" && grep -qE '^pswpin [0-9]{4}' "$scratch/out"
check $? "major faults are counted"
says '0 mistakes'
check $? "the kernel's own accounts"
make_disk
emu386 pc 'run=stress 12 1' --disk "$disk" --strict
check $(($? != 1)) "stress"
says '0 mistakes' && grep -qE '^pages out [1-9][0-9]+, in [1-9]' "$scratch/out"
check $? "stress: the kernel's own accounts"

# A host's disk that is full from 2 MiB on (files cannot be larger), and one that cannot be read there.
make_disk
truncate -s 1M "$disk"
truncate -s 12M "$disk"
(ulimit -f 2048 && emu386 pc 'run=swapper' --disk "$disk")
says 'System halted.' && grep -qE '  \[ok\] all [0-9]+ pages read as they were written' "$scratch/out"
check $? "pages that cannot be written: others are taken"
grep -qx 'swap: hda: page 512 cannot be written' "$scratch/out" &&
    [ "$(grep -c 'page 512 cannot' "$scratch/out")" = 1 ]
check $? "pages that cannot be written: said, and not tried again"
make_disk
export ASAN_OPTIONS=verify_asan_link_order=0:${ASAN_OPTIONS:-}
LD_PRELOAD=$build/tests/kernel/badread.so BAD_FROM=2097152 BAD_AFTER=500 \
    emu386 pc 'run=swapper' --disk "$disk"
check $(($? != 2 * (128 + 7) % 256 + 1)) "a page that cannot be read: SIGBUS"
grep -qE '^swap: hda: page [0-9]+ cannot be read$' "$scratch/out" &&
    grep -qE '^swapper\[1\]: Bus error: read of 6[0-9a-f]{7} at eip .* \(the swap area cannot be read\)$' \
        "$scratch/out" && says 'System halted.'
check $? "a page that cannot be read: the message"

summary
