#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# mach.sh BUILD [short] - GNU Mach, the kernel of the Hurd, as a multiboot image on both machines: it finds
# PCI, IDE, floppy, serial and parallel ports and the clock, and then says that nobody has given it a
# system to start.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
tools gunzip
packages gnumach-image-1.8-486
unpack gnumach-image-1.8-486 'boot/gnumach-*.gz'
gunzip -c "$unpacked" >"$scratch/gnumach" || exit 2

script <<'END'
wait "RTC time is 2000-01-01" on screen for 20 s
wait "No bootstrap code loaded with the kernel" on screen for 5 s
quit
END
machine=(-m 32M -k "$scratch/gnumach")
boots
no_findings
repeats
resumes 'No bootstrap'
lockstep 30000000
[ -z "$long" ] || lockstep 150000000
machine=(-m 32M --machine isa -k "$scratch/gnumach")
boots
done_here
