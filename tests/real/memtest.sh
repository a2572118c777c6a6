#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# memtest.sh BUILD [short] - Memtest86+ 6.10, loaded directly: its tests find no error in 8 MiB. What it
# draws on the screen goes to the serial port as well.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
packages memtest86+
unpack memtest86+ 'boot/*ia32.bin'

machine=(-m 8M -k "$unpacked" -a 'console=ttyS0,115200')
last='Test #3'
[ "$long" ] && last='Test #10'
script <<END
wait "Memtest86+ v6.10" on screen for 20 s
wait "Testing: " on screen for 60 s
wait "Status: Testing" on screen for 60 s
wait "$last" on screen for 100000 s
wait "Errors: 0" on screen for 10 s
quit
END
boots
says 'Memtest86\+ v6\.10'
no_findings
if [ "$long" ]; then
    repeats
    resumes 'Status: Testing'
    for cpu in pentium 'ppro --tlb 386'; do
        # shellcheck disable=SC2086 # words
        boots --cpu $cpu
    done
fi
lockstep 100000000
done_here
