# SPDX-License-Identifier: MIT
# emu386: -S --on-triple-fault reset B/tests/gdb/steps.elf
# A triple fault is a stop with the registers of the first fault and an explanation; then a restart
# without loading anything, by the monitor and by gdb's run.
source tests/gdb/lib.py
connect extended-remote
give tbreak ready
give continue
give set var command = 8
give continue
expect stopped: SIGILL
expect triple
check $eax == 0x12345678
give x/i $pc
expect ud2
give bt
expect (?s)triple.*act.*kernel
give continue
expect stopped: SIGILL
give monitor reset
give maintenance flush register-cache
check $pc == (unsigned)&start
check runs == 0 && command == 0
give tbreak ready
give continue
expect ready
check runs == 0
give next
give tbreak ready
give run
expect ready
check runs == 0
give monitor version
expect emu386
give kill
give tbreak ready
give run
expect ready
give kill
summary
