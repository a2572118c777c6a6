# SPDX-License-Identifier: MIT
# emu386: -S --gdb-mode-switch -k B/tests/gdb/sector.bin
# The same boot sector with a stub that tells when code becomes 16 or 32 bits wide: gdb disassembles
# each as what it is, by itself.
source tests/gdb/lib.py
connect
give x/i $pc
expect ljmp +\$0x7c0,\$0x5
give show architecture
expect i8086
give stepi
check $pc == 0x7c05
give break *0x7c33
give continue
check $pc == 0x7c33
give x/2i $pc
expect (?s)mov +\$0x12345678,%eax.*add +\$0x11111111,%eax
give show architecture
expect i386
give stepi
check $pc == 0x7c38 && $eax == 0x12345678
give stepi 2
check $cs == 16
give x/i $pc
expect mov +%cr0,%eax
give show architecture
expect i8086
give stepi
check $pc == 0x7c47
give kill
summary
