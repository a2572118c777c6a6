#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tinylinux.sh BUILD [short] - Linux 6.1 for a 486SX with busybox, loaded directly: kernel and initial RAM
# disk of ../shared/guests, on the 486 with the kernel's emulation of the coprocessor. Its console is
# the serial port, where the commands are typed.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
shared bzImage-6.1-tiny486sx initrd-486.gz

machine=(--machine isa --cpu 486 -m 16M -k "$guests/bzImage-6.1-tiny486sx" -i "$guests/initrd-486.gz"
    -a 'console=ttyS0,115200 no387')
script <<'END'
wait "GUEST-SHELL-READY" on serial for 60 s
wait "# " on serial for 10 s
type "awk 'BEGIN { print 355 / 113 }'\n" on serial
wait "\n3.14159\n" on serial for 10 s
type "uname -srm; cat /proc/meminfo\n" on serial
wait "MemFree" on serial for 10 s
wait "# " on serial for 10 s
quit
END
boots
says '^Linux version 6\.1\.[0-9]+-tiny486sx|Linux version 6\.1\.[0-9]+-tiny486sx'
says '^GUEST-INIT-OK Linux 6\.1\.[0-9]+-tiny486sx i486'
says '^Linux 6\.1\.[0-9]+-tiny486sx i486'
repeats
resumes '3\.14159'
no_findings
lockstep 60000000
if [ "$long" ]; then
    lockstep 400000000
    races GUEST-SHELL-READY -M isapc -cpu 486,-fpu -m 16 -nodefaults \
        -kernel "$guests/bzImage-6.1-tiny486sx" -initrd "$guests/initrd-486.gz" \
        -append 'console=ttyS0,115200 no387'
fi
done_here
