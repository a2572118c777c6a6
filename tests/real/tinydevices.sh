#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tinydevices.sh BUILD [short] - every device of the ISA machine under the drivers of Linux 6.1: a hard disk
# that is read and written through ext2, a CD through ATAPI, a floppy through its controller and DMA,
# the clock, the network card, the keyboard's and the disks' interrupts. The media are made here; what
# the guest reads of them is compared by checksum, and what it writes is looked for on the host.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
shared bzImage-6.1-tiny486sx initrd-486.gz
tools mke2fs e2fsck debugfs xorriso mformat mcopy mtype md5sum
PATH=$PATH:/usr/sbin:/sbin

folder=$scratch/folder
mkdir -p "$folder"
# Three megabytes that repeat nowhere and are the same everywhere.
seq 1 450000 >"$folder/numbers"
sum=$(md5sum <"$folder/numbers" | cut -d' ' -f1)
mke2fs -q -t ext2 -b 1024 -d "$folder" "$scratch/disk" 16m >"$scratch/mke2fs"
xorriso -as mkisofs -quiet -J -R -o "$scratch/cd" "$folder" 2>/dev/null
truncate -s 1440K "$scratch/floppy"
mformat -i "$scratch/floppy" -f 1440 ::
head -c 1000000 "$folder/numbers" >"$scratch/part"
part=$(md5sum <"$scratch/part" | cut -d' ' -f1)
mcopy -i "$scratch/floppy" "$scratch/part" ::part
cp "$scratch/disk" "$scratch/disk.before"

ask() { # ask TEXT SECONDS: typed at the prompt, and its end waited for
    commands=$((${commands:-0} + 1))
    printf 'type "%s; echo done-$((%d))\\n" on serial\nwait "done-%d\\n" on serial for %d s\n' \
        "$1" "$commands" "$commands" "$2"
    printf 'wait "# " on serial for 10 s\n'
}

machine=(--machine isa --cpu 486 -m 32M -k "$guests/bzImage-6.1-tiny486sx" -i "$guests/initrd-486.gz"
    -a 'console=ttyS0,115200 ne.io=0x300 ne.irq=9' --disk "$scratch/disk" --cdrom "$scratch/cd"
    --floppy "$scratch/floppy" --net 'user,model=ne2000' --pace none --rtc 2001-02-03T04:05:06)
{
    cat <<'END'
wait "GUEST-SHELL-READY" on serial for 120 s
wait "# " on serial for 10 s
END
    ask 'mkdir -p /c /f /h; mount -t iso9660 /dev/sr0 /c && md5sum </c/numbers' 120
    ask 'mount -t msdos /dev/fd0 /f && md5sum </f/part' 240
    ask 'mount -t ext2 /dev/sda /h && md5sum </h/numbers' 120
    ask 'cp /f/part /h/copy; echo written by the guest >/h/letter; echo this as well >/f/letter' 240
    ask 'umount /h /f /c; sync' 60
    ask 'hwclock -r' 10
    ask 'ifconfig eth0 10.0.2.15 up; ping -c 2 10.0.2.2' 30
    ask 'cat /proc/interrupts' 10
    echo quit
} | script
boots
says 'ata1: PATA max PIO4 cmd 0x1f0 ctl 0x3f6 irq 14'
says 'ata[0-9]+\.00: ATAPI'
says 'Floppy drive\(s\): fd0 is 1\.44M'
says 'NE2000 found at 0x300, using IRQ 9'
check 'the disk and the CD are read right' [ "$(grep -c "^$sum  -" "$scratch/first.serial")" -eq 2 ]
says "^$part  -"
says '^Sat Feb  3 04:0[5-9]'
says '2 packets received'
for irq in 0 1 4 6 9 12 14 15; do
    says "^ *$irq: +[0-9]+ +XT-PIC"
done
e2fsck -fn "$scratch/disk" >"$scratch/fsck" 2>&1
status=$?
check "the file system is whole (e2fsck: $status)" [ $status -eq 0 ]
check 'what the guest wrote is on the disk' \
    [ "$(debugfs -R 'cat letter' "$scratch/disk" 2>/dev/null)" = 'written by the guest' ]
check 'and what it copied from the floppy' \
    [ "$(debugfs -R 'cat copy' "$scratch/disk" 2>/dev/null | md5sum | cut -d' ' -f1)" = "$part" ]
check 'and on the floppy' [ "$(mtype -i "$scratch/floppy" ::letter)" = 'this as well' ]
no_findings

# Nothing may be left of the first run: the media are what they were.
cp "$scratch/disk.before" "$scratch/disk"
mdel -i "$scratch/floppy" ::letter
for i in "${!machine[@]}"; do
    case ${machine[i]} in
    "$scratch/disk" | "$scratch/floppy") machine[i]+=,snapshot ;;
    esac
done
boots
repeats
check 'a snapshot leaves the disk alone' cmp -s "$scratch/disk" "$scratch/disk.before"
if [ "$long" ]; then
    resumes 'done-2'
    run lockstep "$RUN_LIMIT" "$scratch/script" --engine lockstep
    ends lockstep 0 'the engines agree to the end'
    same_as_first lockstep 'and it is the same run'
fi
done_here
