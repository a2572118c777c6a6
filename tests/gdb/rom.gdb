# SPDX-License-Identifier: MIT
# emu386: -S --bios B/roms/cputest/test_debug.rom
# Real mode from the reset vector on: pc is linear, so code, steps and breakpoints are right.
source tests/gdb/lib.py
set architecture i8086
connect
check $pc == 0xfffffff0
give p $cs_base
expect 0xffff0000
check $ip == 0xfff0 && $cs == 0xf000
give x/i $pc
expect 0xfffffff0:\s+cli
give stepi 2
check $pc < 0x100000 && $pc >= 0xe0000
check $pc == (unsigned)$cs_base + $ip
give p $cr0
give x/3i $pc
give break *($pc + 0)
give stepi
give kill
summary
