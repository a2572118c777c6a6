#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# debianpae.sh BUILD - the kernel of Debian 12 with physical address extension (flavour 686-pae) on the
# processor that has it: three levels of page tables and 64-bit entries, to the shell.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
tools cpio gzip
packages linux-image-686-pae busybox-static
unpack linux-image-686-pae 'boot/vmlinuz-*'
kernel=$unpacked
unpack busybox-static bin/busybox
busybox_initrd "$unpacked" "$scratch/initrd.gz"

machine=(-m 128M --cpu ppro -k "$kernel" -i "$scratch/initrd.gz" -a 'console=ttyS0,115200 nokaslr')
cat >"$scratch/end" <<'END'
wait "GUEST-SHELL-READY" on serial for 300 s
wait "# " on serial for 10 s
type "cat /proc/self/maps; echo maps=$?\n" on serial
wait "maps=0" on serial for 10 s
wait "# " on serial for 10 s
cr
quit
END
script <"$scratch/end"
boots
says 'Linux version 6\.1\.[0-9-]+-686-pae '
says '^GUEST-INIT-OK Linux 6\.1\.[0-9-]+-686-pae i686'
says '^b[0-9a-f]{7}-(bf[0-9a-f]{6}|c0000000) rw-p 00000000 00:00 0 +\[stack\]'
check 'CR4.PAE is set' grep -qE '^cr4 .*PAE' "$scratch/first.out"
no_findings
if [ "$long" ]; then
    repeats
    resumes 'maps=0'
    lockstep 200000000
    races GUEST-SHELL-READY -cpu pentium2 -m 128 -kernel "$kernel" -initrd "$scratch/initrd.gz" \
        -append 'console=ttyS0,115200 nokaslr'
fi
done_here
