#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# floppies.sh BUILD [short] - boot sectors and floppies of others on the ISA machine, under two BIOSes that
# have nothing in common: mkfs.fat's boot sector, install-mbr's, SYSLINUX with its configuration, GRUB's
# rescue floppy; then a Linux for the 486 that mounts one, writes to it and reads it back. What runs on a
# 386 does so under Bochs's BIOS.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
tools mkfs.fat mcopy fsck.fat
packages seabios bochsbios vgabios grub-rescue-pc
unpack bochsbios usr/share/bochs/BIOS-bochs-legacy
bochs="--machine isa --bios $unpacked"
unpack vgabios usr/share/vgabios/vgabios.bin
bochs="$bochs --vgabios $unpacked"
unpack seabios 'usr/share/seabios/*.bin'
seabios=$files/seabios/usr/share/seabios
seabios="--machine isa --cpu 486 --bios $seabios/bios.bin --vgabios $seabios/vgabios-isavga.bin"
unpack grub-rescue-pc usr/lib/grub-rescue/grub-rescue-floppy.img
grub=$unpacked

fat() { # fat FILE KIB: a floppy with a FAT and two files
    truncate -s "$2K" "$1"
    mkfs.fat -n GUEST -i 12345678 "$1" >/dev/null
    printf 'a floppy\n' | mcopy -i "$1" - ::HELLO.TXT
    seq 1 20000 | mcopy -i "$1" - ::NUMBERS
}

boots_on() { # boots_on "OPTION..." OPTION...: plays the script
    # shellcheck disable=SC2206 # words
    machine=($1 -m 16M "${@:2}")
    boots
}

# A boot sector that says what it is, from disks of every size.
fat "$scratch/1440.img" 1440
script <<'END'
wait "This is not a bootable disk." on screen for 20 s
key enter
quit
END
boots_on "$bochs --cpu 386" --floppy "$scratch/1440.img"
boots_on "$seabios" --floppy "$scratch/1440.img"
repeats
lockstep 8000000
for kib in 360 720 1200 2880; do
    [ "$long" ] || continue
    fat "$scratch/$kib.img" $kib
    boots_on "$seabios" --floppy "$scratch/$kib.img"
    boots_on "$bochs --cpu 386" --floppy "$scratch/$kib.img"
done

# Linux: what it writes to the floppy is in the file.
if [ -s "$guests/bzImage-6.1-tiny486sx" ]; then
    cp "$scratch/1440.img" "$scratch/written.img"
    sum=$(seq 1 20000 | md5sum | cut -d ' ' -f 1)
    script <<END
wait "GUEST-SHELL-READY" on serial for 120 s
type "mkdir /f; mount -t msdos /dev/fd0 /f && cat /f/hello.txt; md5sum /f/numbers\n" on serial
wait "$sum" on serial for 60 s
type "cp /f/numbers /f/again && umount /f; echo umount=\$?\n" on serial
wait "umount=0" on serial for 60 s
type "grep floppy /proc/interrupts /proc/dma\n" on serial
wait "2: floppy" on serial for 10 s
quit
END
    machine=(--machine isa --cpu 486 -m 16M -k "$guests/bzImage-6.1-tiny486sx"
        -i "$guests/initrd-486.gz" -a 'console=ttyS0,115200' --floppy "$scratch/written.img")
    boots
    says 'a floppy'
    says 'fd0 is 1.44M'
    check 'the file system is whole' fsck.fat -n "$scratch/written.img" >/dev/null
    check 'and has what was copied' [ "$(mcopy -i "$scratch/written.img" ::AGAIN - | md5sum | cut -d ' ' -f 1)" = "$sum" ]
else
    echo "NOTE $name: without ../shared/guests/bzImage-6.1-tiny486sx no Linux mounts a floppy"
fi

# SYSLINUX: its own driver reads the rest by the BIOS.
if command -v syslinux >/dev/null; then
    truncate -s 1440K "$scratch/syslinux.img"
    mkfs.fat "$scratch/syslinux.img" >/dev/null
    printf 'SERIAL 0 115200\nSAY SYSLINUX-CFG-OK\nPROMPT 1\nTIMEOUT 0\nLABEL none\n LOCALBOOT 0\n' |
        mcopy -i "$scratch/syslinux.img" - ::syslinux.cfg
    syslinux --install "$scratch/syslinux.img"
    script <<'END'
wait "SYSLINUX 6" on screen for 60 s
wait "SYSLINUX-CFG-OK" on screen for 60 s
wait "boot: " on serial for 20 s
type "nothing\n"
wait "nothing" on serial for 20 s
quit
END
    boots_on "$bochs --cpu 486" --floppy "$scratch/syslinux.img,ro"
    boots_on "$seabios" --floppy "$scratch/syslinux.img,ro"
    no_findings
    [ "$long" ] && resumes 'SYSLINUX 6' && lockstep 60000000
else
    echo "NOTE $name: SYSLINUX is not tried: there is no syslinux here"
fi

# A master boot record that asks.
if command -v install-mbr >/dev/null; then
    truncate -s 16M "$scratch/mbr.img"
    printf '\200\1\1\0\6\17\77\17\77\0\0\0\301\77\0\0' |
        dd of="$scratch/mbr.img" bs=1 seek=446 conv=notrunc status=none
    install-mbr --force --interrupt n --prompt --timeout 0 "$scratch/mbr.img" 2>/dev/null ||
        install-mbr -f "$scratch/mbr.img"
    script <<'END'
wait "MBR " on screen for 20 s
quit
END
    boots_on "$seabios" --disk "$scratch/mbr.img,ro"
    boots_on "$bochs --cpu 386" --disk "$scratch/mbr.img,ro"
else
    echo "NOTE $name: install-mbr's sector is not tried: there is no install-mbr here"
fi

# GRUB's floppy is smaller than the disk that it is made for.
if [ "$long" ]; then
    script <<'END'
wait "GNU GRUB  version 2.06" on screen for 120 s
key c
wait "grub> " on screen for 20 s
type "ls\n"
wait "(fd0)" on screen for 20 s
quit
END
    boots_on "$seabios" --floppy "$grub,ro"
    boots_on "$bochs --cpu 386" --floppy "$grub,ro"
    lockstep 100000000
fi
done_here
