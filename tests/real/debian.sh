#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# debian.sh BUILD [short] - the kernel of Debian 12 (i386, flavour 686) with a busybox of Debian's in an
# initial RAM disk made here, loaded directly, to its shell on the serial port. The memory map of a
# process shows the border at C0000000h between programs and kernel that this emulator is about.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
tools cpio gzip
packages linux-image-686 busybox-static
unpack linux-image-686 'boot/vmlinuz-*'
kernel=$unpacked
unpack busybox-static bin/busybox
busybox_initrd "$unpacked" "$scratch/initrd.gz"

machine=(-m 128M -k "$kernel" -i "$scratch/initrd.gz" -a 'console=ttyS0,115200 nokaslr')
script <<'END'
wait "GUEST-SHELL-READY" on serial for 120 s
wait "# " on serial for 10 s
type "cat /proc/self/maps; echo maps=$?\n" on serial
wait "maps=0" on serial for 10 s
wait "/ # " on serial for 10 s
type "cat /proc/interrupts; awk 'BEGIN { print 355 / 113 }'\n" on serial
wait "\n3.14159\n" on serial for 10 s
quit
END
boots
says 'Linux version 6\.1\.[0-9-]+-686 '
says 'SMBIOS 2\.8 present'
says 'DMI: emu386 pc '
says 'Run /init as init process'
says '^GUEST-INIT-OK Linux 6\.1\.[0-9-]+-686 i686'
says '^b[0-9a-f]{7}-(bf[0-9a-f]{6}|c0000000) rw-p 00000000 00:00 0 +\[stack\]'
says 'hpet0: 3 comparators, 64-bit 14\.318180 MHz counter'
says 'clocksource: Switched to clocksource tsc[[:space:]]*$' # which was not found unstable
no_findings
if [ "$long" ]; then
    repeats
    resumes 'maps=0'
    lockstep 200000000
    races GUEST-SHELL-READY -cpu pentium2 -m 128 -kernel "$kernel" -initrd "$scratch/initrd.gz" \
        -append 'console=ttyS0,115200 nokaslr'
fi

# A processor that will not do: the kernel's real-mode code says what is missing.
without() { # without CPU WORDS
    timeout 60 "$emu386" --display none --serial stdio --cpu "$1" -m 64M -k "$kernel" --max-insns 20000000 \
        -a 'console=ttyS0 earlyprintk=ttyS0' >"$scratch/said" 2>&1
    check "--cpu $1: $2" grep -q "$2" "$scratch/said"
}
without 486 'This kernel requires an i586 CPU, but only detected an i486 CPU'
without pentium '^cmov'

if [ "$long" ]; then # the same without PCI and APIC
    machine=(--machine isa "${machine[@]}")
    boots
    says '^GUEST-INIT-OK Linux 6\.1\.[0-9-]+-686 i686'
    says 'XT-PIC'
    no_findings
    repeats
fi
done_here
