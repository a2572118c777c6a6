#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# debianroot.sh BUILD - Debian 12 (i386) itself on an IDE disk: to its login prompt, logged in, a C
# program compiled and run, and powered off. Once with the kernel loaded directly on the ISA machine, once
# from the master boot record on by firmware and GRUB on the PCI machine. The disk is made here, by
# debootstrap, which has to be root; it is kept in BUILD/real.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
[ "$long" ] || skip 'takes minutes: make test-real'
[ "$(id -u)" = 0 ] || skip 'debootstrap and chroot need root'
tools debootstrap chroot mke2fs grub-mkimage depmod cpio gzip xz
[ -d /usr/lib/grub/i386-pc ] || skip 'there is no GRUB for the PC here (grub-pc-bin)'
packages linux-image-686 busybox-static
unpack linux-image-686 'boot/vmlinuz-*'
kernel=$unpacked
unpack busybox-static bin/busybox
busybox=$unpacked
unpack linux-image-686 'lib/modules/*'

root=$files/debian12
install_debian() { # into $root
    local mirror
    mirror=$(awk '/^URIs: / { print $2; exit }' "$files/apt/sources/debian.sources")
    rm -rf "$root"
    debootstrap --arch=i386 --variant=minbase --include=busybox-static,udev bookworm "$root.new" "$mirror" &&
        printf '#!/bin/sh\nexit 101\n' >"$root.new/usr/sbin/policy-rc.d" &&
        chmod +x "$root.new/usr/sbin/policy-rc.d" &&
        DEBIAN_FRONTEND=noninteractive LC_ALL=C chroot "$root.new" apt-get -qq -y install \
            --no-install-recommends sysvinit-core sysv-rc initscripts kmod procps iproute2 ifupdown gcc \
            libc6-dev &&
        chroot "$root.new" passwd -qd root &&
        echo emu386 >"$root.new/etc/hostname" &&
        sed -i '/^[1-6]:/d' "$root.new/etc/inittab" &&
        echo 'T0:2345:respawn:/sbin/getty -L ttyS0 115200 vt100' >>"$root.new/etc/inittab" &&
        rm -rf "$root.new"/usr/share/{doc,man,locale,info} "$root.new"/var/{lib/apt/lists,cache/apt}/* \
            "$root.new/usr/sbin/policy-rc.d" &&
        mv "$root.new" "$root"
}
if [ ! -d "$root" ]; then
    rm -rf "$root.new"
    install_debian >"$scratch/install.log" 2>&1 || skip "Debian cannot be installed: $(tail -n 1 "$scratch/install.log")"
fi

disk() { # disk FILE DEVICE-OF-ROOT MAKE...: an image of $root, made once
    [ -s "$1" ] || { echo "$2 / ext4 defaults 0 1" >"$root/etc/fstab" && "${@:3}" >/dev/null; }
    check "$(basename "$1") is made" [ -s "$1" ]
}
ext4=(-t ext4 -O '^metadata_csum,^64bit')
modules crc32c_generic sd_mod pata_legacy ext4
busybox_initrd "$busybox" "$scratch/initrd-isa.gz" "${module_files[@]}"
disk "$files/debian12-isa.img" /dev/sda mke2fs -q "${ext4[@]}" -L root -E root_owner=0:0 -d "$root" \
    "$files/debian12-isa.img" 600M
modules crc32c_generic sd_mod ata_piix ext4
busybox_initrd "$busybox" "$scratch/initrd-pci.gz" "${module_files[@]}"
mkdir -p "$root/boot/grub"
cp "$kernel" "$root/boot/vmlinuz"
cp "$scratch/initrd-pci.gz" "$root/boot/initrd.gz"
cat >"$root/boot/grub/grub.cfg" <<'END'
serial --unit=0 --speed=115200
terminal_output console serial
set timeout=1
menuentry "Debian" {
    linux /boot/vmlinuz console=ttyS0,115200 nokaslr guest.root=/dev/sda1
    initrd /boot/initrd.gz
}
END
disk "$files/debian12-grub.img" /dev/sda1 "$here/grubdisk.sh" "$files/debian12-grub.img" 700 "$root" "${ext4[@]}"

script <<'END'
wait "emu386 login: " on serial for 600 s
type "root\n" on serial
wait "# " on serial for 60 s
type "cat /proc/self/maps\n" on serial
wait "[stack]" on serial for 30 s
type "printf '#include <math.h>\\n#include <stdio.h>\\nint main(void)\\n{\\nprintf(\"pi=%%f\\\\n\", 4 * atan(1));\\n}\\n' >t.c\n" on serial
type "gcc -O2 -o t t.c -lm && ./t\n" on serial
wait "pi=3.141593" on serial for 120 s
type "sync; poweroff\n" on serial
wait "reboot: " on serial for 120 s
quit
END

machine=(--machine isa -m 128M -k "$kernel" -i "$scratch/initrd-isa.gz" --disk "$files/debian12-isa.img,snapshot"
    -a 'console=ttyS0,115200 nokaslr guest.root=/dev/sda')
boots
says '^GUEST-SWITCH-ROOT /dev/sda'
says 'INIT: version 3\.06 booting'
says 'pi=3\.141593'
says '^b[0-9a-f]{7}-(bf[0-9a-f]{6}|c0000000) rw-p 00000000 00:00 0 +\[stack\]'
no_findings
repeats
lockstep 200000000

machine=(--machine pc -m 128M --disk "$files/debian12-grub.img,snapshot")
boots
says 'GNU GRUB  version 2\.06'
says '^GUEST-SWITCH-ROOT /dev/sda1'
says 'pi=3\.141593'
resumes 'wait ". " on serial'
no_findings
lockstep 400000000
races 'emu386 login: ' -M pc -cpu pentium2 -m 128 -net none \
    -drive "file=$files/debian12-grub.img,format=raw,if=ide,snapshot=on"
done_here
