#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# multiboot2.sh BUILD - the same multiboot 2 kernel is loaded by the emulator itself and, under QEMU, by
# GRUB from a CD: what it says of its boot information is the same, and its frame buffer looks the same.

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
check 'the engines agree' cmp -s "$scratch/fast" "$scratch/lockstep"

mkdir -p "$scratch/cd/boot/grub"
cp "$kernel" "$scratch/one" "$scratch/two" "$scratch/cd/boot"
cat >"$scratch/cd/boot/grub/grub.cfg" <<'END'
insmod all_video
multiboot2 /boot/multiboot2.elf first "\"second" "word\""
module2 /boot/one with words
module2 /boot/two
boot
END
if grub-mkrescue -d /usr/lib/grub/i386-pc -o "$scratch/cd.iso" "$scratch/cd" >"$scratch/mkrescue" 2>&1; then
    timeout 300 qemu-system-i386 -cdrom "$scratch/cd.iso" -m 64 -display none -monitor none \
        -serial "file:$scratch/grub.raw" -device isa-debug-exit,iobase=0xf4,iosize=4 >/dev/null 2>&1 </dev/null
    check "GRUB: exit status 1 (it was $?)" [ $? -eq 1 ]
    # Colours are where the video card has them; what GRUB calls a command line has its own quotes.
    for run in fast grub; do
        from=$scratch/$run
        [ -f "$from.raw" ] && from=$from.raw
        tr -d '\r' <"$from" | sed -n '/^cmdline/,$p' | sed 's/^cmdline: .*/cmdline/' | sort >"$scratch/$run.said"
    done
    check 'GRUB tells the kernel the same' cmp -s "$scratch/fast.said" "$scratch/grub.said"
    diff "$scratch/fast.said" "$scratch/grub.said"
else
    check "a CD with GRUB can be made: $(tail -n 2 "$scratch/mkrescue")" false
fi

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
