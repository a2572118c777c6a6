#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# isolinux.sh BUILD - ISOLINUX 6.04 from a CD made here, then MEMDISK and from it SYSLINUX on a floppy in
# memory, which hooks INT 13h; under two BIOSes.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
[ "$long" ] || skip 'make test-real'
tools xorriso mkfs.fat mcopy syslinux
packages isolinux syslinux-common bochsbios vgabios
unpack isolinux usr/lib/ISOLINUX/isolinux.bin
loader=$unpacked
unpack syslinux-common usr/lib/syslinux/modules/bios/ldlinux.c32
modules=$(dirname "$unpacked")
unpack syslinux-common usr/lib/syslinux/memdisk
memdisk=$unpacked
unpack bochsbios usr/share/bochs/BIOS-bochs-legacy
bochs=$unpacked
unpack vgabios usr/share/vgabios/vgabios.bin
vga=$unpacked

mkdir -p "$scratch/cd/isolinux"
cp "$loader" "$modules/ldlinux.c32" "$memdisk" "$scratch/cd/isolinux"
cat >"$scratch/cd/isolinux/isolinux.cfg" <<'END'
SERIAL 0 115200
PROMPT 1
TIMEOUT 0
LABEL floppy
  KERNEL memdisk
  APPEND initrd=floppy.img floppy
END
printf 'SERIAL 0 115200\nPROMPT 1\nTIMEOUT 0\nSAY from-the-floppy\n' >"$scratch/syslinux.cfg"
mkfs.fat -F 12 -C "$scratch/cd/isolinux/floppy.img" 1440 >/dev/null
mcopy -i "$scratch/cd/isolinux/floppy.img" "$scratch/syslinux.cfg" ::syslinux.cfg
syslinux --install "$scratch/cd/isolinux/floppy.img"
xorriso -as mkisofs -quiet -o "$scratch/cd.iso" -b isolinux/isolinux.bin -c isolinux/boot.cat \
    -no-emul-boot -boot-load-size 4 -boot-info-table "$scratch/cd" 2>/dev/null
check 'a CD is made' [ -s "$scratch/cd.iso" ]

script <<'END'
wait "ISOLINUX 6.04" on serial for 60 s
wait "boot: " on serial for 10 s
type "floppy\n" on serial
wait "MEMDISK 6.04" on screen for 30 s
wait "SYSLINUX 6.04" on serial for 60 s
wait "boot: " on serial for 10 s
quit
END
machine=(--machine pc --cdrom "$scratch/cd.iso")
boots
no_findings
repeats
resumes 'MEMDISK'
lockstep 100000000
machine=(--machine isa --cpu 486 --bios "$bochs" --vgabios "$vga" --cdrom "$scratch/cd.iso")
boots
no_findings
done_here
