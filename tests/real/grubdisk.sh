#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# grubdisk.sh OUT MIB FOLDER [MKE2FS-OPTION...] - a bootable hard disk without being root: one partition
# from sector 2048 on with what is in FOLDER (boot/grub/grub.cfg among it), GRUB in the MBR and the gap
# behind it. Needs grub-pc-bin, grub-common, e2fsprogs.
#
# Where GRUB's images want to be told things: its include/grub/i386/pc/boot.h (boot.img: 5Ch first
# sector of the core, 64h drive, 66h what to do about a floppy's drive number) and diskboot.h (the last
# 12 bytes of the core's first sector: where the rest is, how many sectors, the segment).

set -eu
out=$1 mib=$2 folder=$3
shift 3
modules=/usr/lib/grub/i386-pc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

little() { # little N BYTES
    local n=$1 i
    for ((i = 0; i < $2; i++)); do
        printf '%b' "\\x$(printf %02x $((n >> 8 * i & 255)))"
    done
}

put() { # put FILE OFFSET: stdin goes there
    dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

sectors=$((mib * 2048 - 2048))
rm -f "$out"
truncate -s "${mib}M" "$out"
[ $# -gt 0 ] || set -- -t ext2 -b 1024
mke2fs -q -F "$@" -L GUEST -U 01234567-89ab-cdef-0123-456789abcdef \
    -E offset=1048576,root_owner=0:0,hash_seed=01234567-89ab-cdef-0123-456789abcdef \
    -d "$folder" "$out" $((sectors / 2))k

grub-mkimage -d $modules -O i386-pc -o "$work/core" -p '(hd0,msdos1)/boot/grub' biosdisk part_msdos ext2 \
    normal linux linux16 multiboot serial terminal echo configfile ls cat test halt reboot all_video minicmd
size=$((($(stat -c %s "$work/core") + 511) / 512))
truncate -s $((size * 512)) "$work/core"
{ little 2 8; little $((size - 1)) 2; little $((0x820)) 2; } | put "$work/core" 500

cp $modules/boot.img "$work/mbr"
little 1 8 | put "$work/mbr" 92
printf '\xff' | put "$work/mbr" 100
printf '\x90\x90' | put "$work/mbr" 102
# The partition: active, no CHS, Linux.
{
    printf '\x80\xfe\xff\xff\x83\xfe\xff\xff'
    little 2048 4
    little $sectors 4
    head -c 48 /dev/zero
    printf '\x55\xaa'
} | put "$work/mbr" 446
dd if="$work/mbr" of="$out" conv=notrunc status=none
dd if="$work/core" of="$out" bs=512 seek=1 conv=notrunc status=none
