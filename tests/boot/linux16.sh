#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# linux16.sh BUILD - the 16-bit entry of Linux kernels and the BIOS services behind it: a kernel that asks
# for all of them (linux16_guest.c) on both machines, both engines, from a snapshot, with and without a
# VGA BIOS; the same kernel under QEMU, with SeaBIOS.

set -u
build=${1:?usage: linux16.sh BUILD}
emu386=$build/emu386
kernel=$build/tests/boot/linux16.img
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

check() { # check WHAT COMMAND...
    if "${@:2}"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1"
    fi
}

head -c 5000 /dev/zero >"$scratch/initrd"
common=(--display none --serial stdio --max-insns 300000000 --rtc 2003-04-05T20:15:30 -k "$kernel" -i "$scratch/initrd")

ours() { # ours LABEL CMDLINE OPTIONS...
    timeout 120 "$emu386" "${common[@]}" -a "$2" "${@:3}" >"$scratch/out" 2>"$scratch/err"
    check "$1: exit status 1 for code 0 (it was $?)" [ $? -eq 1 ]
    grep '^FAIL' "$scratch/out"
    check "$1: it comes to its end" grep -q '^PASS: 000000' "$scratch/out"
    [ ! -s "$scratch/err" ] || head -n 3 "$scratch/err"
}

plain=(--vgabios none)
ours pc 'first vga=0x317 last' "${plain[@]}"
ours isa 'first vga=0x317 last' "${plain[@]}" --machine isa
ours 386 'first vga=0x317 last' "${plain[@]}" --machine isa --cpu 386 -m 3M
ours 'much memory' 'first vga=791 last' "${plain[@]}" -m 1G
ours lockstep 'first vga=0x317 last' "${plain[@]}" --engine lockstep

# Disks are not read, but old kernels are told their geometry.
truncate -s $((20 * 16 * 63 * 512)) "$scratch/disk"
ours 'with a disk' 'first vga=0x317 disk last' "${plain[@]}" --disk "$scratch/disk"
ours 'isa with a disk' 'first vga=0x317 disk last' "${plain[@]}" --disk "$scratch/disk" --machine isa

timeout 120 "$emu386" "${common[@]}" -a 'first vga=0x317 last' "${plain[@]}" -e 'stepi 30000' -e "save $scratch/state" \
    -e q >"$scratch/before" 2>"$scratch/err"
check 'saved in the middle' [ -s "$scratch/state" ]
ours 'from a snapshot' 'first vga=0x317 last' "${plain[@]}" -e "restore $scratch/state" -e c

# A VGA BIOS takes INT 10h over; modes are its own business.
for rom in pc:/usr/share/seabios/vgabios-stdvga.bin isa:/usr/share/seabios/vgabios-isavga.bin \
    pc:/usr/share/vgabios/vgabios.bin; do
    [ -r "${rom#*:}" ] || continue
    ours "with ${rom#*:}" 'first vga=0x317 vbe last' --machine "${rom%%:*}" --vgabios "${rom#*:}"
done

refused() { # refused WORDS OPTIONS...
    timeout 60 "$emu386" "${common[@]}" "${@:2}" >/dev/null 2>"$scratch/err"
    check "${*:2}: exit status 2" [ $? -eq 2 ]
    check "${*:2}: one line that says '$1'" grep -q "$1" "$scratch/err"
}
refused 'unknown; .* would be right' --linux-entry 64
head -c 65536 /dev/zero >"$scratch/rom"
refused 'needs the built-in BIOS services' --linux-entry 16 --bios "$scratch/rom"

under_qemu() { # under_qemu CMDLINE OPTIONS...
    timeout 120 qemu-system-i386 -display none -nodefaults -vga std -m 64 -serial "file:$scratch/out" -kernel "$kernel" \
        -initrd "$scratch/initrd" -append "$1" "${@:2}" -rtc base=2003-04-05T00:15:30 \
        -device isa-debug-exit,iobase=0xf4,iosize=4 >/dev/null 2>&1
    check "QEMU: exit status 1 for code 0 (it was $?)" [ $? -eq 1 ]
    check 'QEMU: it comes to its end' grep -q '^PASS: 000000' "$scratch/out"
    grep '^FAIL' "$scratch/out"
}
if command -v qemu-system-i386 >/dev/null; then
    under_qemu 'first vga=0x317 vbe last'
    under_qemu 'first vga=0x317 vbe disk last' -drive "file=$scratch/disk,format=raw,if=ide"
fi

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
