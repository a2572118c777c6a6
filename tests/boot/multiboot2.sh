#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# multiboot2.sh BUILD - the same kernels, of multiboot 2 and 1, are loaded by the emulator itself and, under
# QEMU, by GRUB from a CD: what they say of their boot information is the same, and so is the frame buffer.

set -u
build=${1:?usage: multiboot2.sh BUILD}
kernel=$build/tests/boot/multiboot2.elf
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

printf 'module one' >"$scratch/one"
head -c 5000 /dev/zero >"$scratch/two"

ours() { # ours LABEL OPTIONS...
    timeout 300 "$build/emu386" --display none --serial stdio --max-insns 100000000 -k "$kernel" \
        -a 'first "second word"' -i "$scratch/one with words" -i "$scratch/two" "${@:2}" \
        --screenshot "$scratch/$1.png" >"$scratch/$1" 2>"$scratch/$1.err"
    check "$1: exit status 1 for code 0 (it was $?)" [ $? -eq 1 ]
    cat "$scratch/$1.err"
}

ours fast
ours lockstep --engine lockstep
check 'the boot information is whole' grep -q '^whole' "$scratch/fast"
check 'the command line' grep -q '^cmdline: first "second word"' "$scratch/fast"
check 'a module' grep -q '^module: with words size=10 sum=[0-9a-f]* page=0' "$scratch/fast"
check 'symbols' grep -q '^sections: guest_main' "$scratch/fast"
check 'ACPI tables' grep -q '^acpi: a root pointer' "$scratch/fast"
check 'a frame buffer' grep -q '^framebuffer: width=800 height=600 depth=32 type=1' "$scratch/fast"
check 'of that size' [ "$(identify -format '%wx%h' "$scratch/fast.png")" = 800x600 ]
check 'with colours in it' [ "$(identify -format '%k' "$scratch/fast.png")" -gt 1000 ]
check 'and VBE says the same' grep -q '^vbe: VESA attributes=99 width=800 height=600 depth=32' "$scratch/fast"
check 'the engines agree' cmp -s "$scratch/fast" "$scratch/lockstep"

old=$build/tests/boot/multiboot1.elf
for machine in pc isa; do
    timeout 300 "$build/emu386" --display none --serial stdio --max-insns 100000000 --machine "$machine" -k "$old" \
        --screenshot "$scratch/$machine.png" >"$scratch/old.$machine" 2>"$scratch/old.err"
    check "multiboot 1, $machine: exit status 1 for code 0 (it was $?)" [ $? -eq 1 ]
    check "multiboot 1, $machine: a frame buffer" grep -q '^framebuffer: width=640 height=480 depth=16 type=1' \
        "$scratch/old.$machine"
    check "multiboot 1, $machine: of that size" [ "$(identify -format '%wx%h' "$scratch/$machine.png")" = 640x480 ]
    check "multiboot 1, $machine: colours" [ "$(identify -format '%k' "$scratch/$machine.png")" -gt 500 ]
done

under_grub() { # under_grub KERNEL LINE...: grub.cfg; what the kernel says, to $scratch/KERNEL.grub
    local name
    name=$(basename "$1" .elf)
    mkdir -p "$scratch/$name/boot/grub"
    cp "$1" "$scratch/one" "$scratch/two" "$scratch/$name/boot"
    printf '%s\n' 'insmod vbe' "${@:2}" boot >"$scratch/$name/boot/grub/grub.cfg"
    grub-mkrescue -d /usr/lib/grub/i386-pc -o "$scratch/cd.iso" "$scratch/$name" >"$scratch/mkrescue" 2>&1
    check "a CD with GRUB can be made: $(tail -n 1 "$scratch/mkrescue")" [ -s "$scratch/cd.iso" ]
    timeout 300 qemu-system-i386 -cdrom "$scratch/cd.iso" -m 64 -display none -monitor none \
        -serial "file:$scratch/raw" -device isa-debug-exit,iobase=0xf4,iosize=4 >/dev/null 2>&1 </dev/null
    check "GRUB, $name: exit status 1 (it was $?)" [ $? -eq 1 ]
    tr -d '\r' <"$scratch/raw" >"$scratch/$name.grub"
}

# Colours are where the video card has them; what GRUB calls a command line has its own quotes.
agree() { # agree FIRST OURS THEIRS: from the first line that begins so
    for file in "$2" "$3"; do
        sed -n "/^$1/,\$p" "$file" | sed 's/^cmdline: .*/cmdline/' | sort >"$file.said"
    done
    check "GRUB tells the kernel the same: $(basename "$3")" cmp -s "$2.said" "$3.said"
    diff "$2.said" "$3.said"
}

under_grub "$kernel" 'multiboot2 /boot/multiboot2.elf first "\"second" "word\""' 'module2 /boot/one with words' \
    'module2 /boot/two'
agree cmdline "$scratch/fast" "$scratch/multiboot2.grub"
under_grub "$old" 'multiboot /boot/multiboot1.elf'
agree 'lower memory' "$scratch/old.pc" "$scratch/multiboot1.grub"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
