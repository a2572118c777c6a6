# SPDX-License-Identifier: MIT
# emu386: -S -k B/tests/gdb/sector.bin
# A boot sector: 16-bit code in a segment that is not at 0, 32-bit code and back, with a target
# description that stays the same.
source tests/gdb/lib.py
connect
give set architecture i8086
give file $B/tests/gdb/sector.elf
check $pc == 0x7c00 && $cs == 0
give x/i $pc
expect ljmp +\$0x7c0,\$0x5
give stepi
check $cs == 0x7c0 && $ip == 5 && $pc == 0x7c05
give x/2i $pc
expect (?s)mov +\$0x7c0,%ax.*mov +%ax,%ds
give break *0x7c11
give continue
expect breakpoint 1
give stepi 2
check $ax == 0x2345
give stepi
give p/x $pc
check $pc == 0x7c31
give break *0x7c33
give continue
check $pc == 0x7c33 && $cs == 8
give set architecture i386
give x/2i $pc
expect (?s)mov +\$0x12345678,%eax.*add +\$0x11111111,%eax
give stepi 2
check $eax == 0x23456789
give stepi
check $cs == 16 && $cs_base == 0x7c00 && $pc == 0x7c00 + $ip
give set architecture i8086
give x/i $pc
expect mov +%cr0,%eax
give delete
give break *0x7c11
give continue
check $pc == 0x7c11 && $cs == 0x7c0
give p $pc = 0x7c14
check $ip == 0x14
give kill
summary
