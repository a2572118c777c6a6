#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# grub.sh BUILD [short] - GRUB 2.06: Debian's rescue CD to its menu and shell, from both machines and under
# two BIOSes; and a hard disk of ours from which it loads a Linux for the 486. GRUB goes to real mode
# for every sector that it reads.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
packages grub-rescue-pc seabios bochsbios vgabios
unpack grub-rescue-pc usr/lib/grub-rescue/grub-rescue-cdrom.iso
cd=$unpacked
unpack bochsbios usr/share/bochs/BIOS-bochs-legacy
bochs=$unpacked
unpack vgabios usr/share/vgabios/vgabios.bin
vga=$unpacked
unpack seabios 'usr/share/seabios/*.bin'
seabios=$files/seabios/usr/share/seabios

script <<'END'
wait "GNU GRUB  version 2.06" on screen for 60 s
key c
wait "grub> " on screen for 20 s
type "ls\n"
wait "(cd" on screen for 20 s
type "a=cd\n"
wait "a=cd" on screen for 20 s
type "echo ab$a\n"
wait "abcd" on screen for 20 s
quit
END
cd_boots() { # cd_boots OPTION...
    machine=("$@" --cdrom "$cd" --boot cdrom)
    boots
}
cd_boots --machine pc --bios "$seabios/bios-256k.bin" --vgabios "$seabios/vgabios-stdvga.bin"
no_findings
repeats
lockstep 30000000
if [ "$long" ]; then
    resumes 'wait "grub> '
    lockstep 150000000
    cd_boots --machine isa --cpu 386 --bios "$bochs" --vgabios "$vga"
    no_findings
    lockstep 150000000
    cd_boots --machine isa --cpu 486 --bios "$seabios/bios.bin" --vgabios "$seabios/vgabios-isavga.bin"
    no_findings
fi

# The disk: nothing of ours runs before the kernel.
[ "$long" ] || done_here
[ -s "$guests/bzImage-6.1-tiny486sx" ] || skip '../shared/guests/bzImage-6.1-tiny486sx is not there'
tools grub-mkimage mke2fs
[ -d /usr/lib/grub/i386-pc ] || skip 'there is no GRUB for the PC here (grub-pc-bin)'
mkdir -p "$scratch/root/boot/grub"
cp "$guests/bzImage-6.1-tiny486sx" "$guests/initrd-486.gz" "$scratch/root/boot"
cat >"$scratch/root/boot/grub/grub.cfg" <<'END'
serial --unit=0 --speed=115200
terminal_output console serial
set timeout=1
menuentry "tiny" {
    linux /boot/bzImage-6.1-tiny486sx console=ttyS0,115200
    initrd /boot/initrd-486.gz
}
END
"$here/grubdisk.sh" "$scratch/disk.img" 32 "$scratch/root" >/dev/null
script <<'END'
wait "GNU GRUB  version 2.06" on serial for 60 s
wait "GUEST-SHELL-READY" on serial for 120 s
type "mkdir /h; mount -t ext2 /dev/sda1 /h && ls /h/boot; echo mount=$?\n" on serial
wait "mount=0" on serial for 20 s
quit
END
for options in "--machine isa --cpu 486 --bios $bochs --vgabios $vga" \
    "--machine isa --cpu 486 --bios $seabios/bios.bin --vgabios $seabios/vgabios-isavga.bin" \
    "--machine pc --bios $seabios/bios-256k.bin --vgabios $seabios/vgabios-stdvga.bin"; do
    # shellcheck disable=SC2206 # words
    machine=($options -m 32M --disk "$scratch/disk.img,snapshot" --boot disk)
    boots
    says 'mount=0'
done
repeats
resumes 'GUEST-SHELL-READY'
done_here
