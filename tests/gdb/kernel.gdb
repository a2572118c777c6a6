# SPDX-License-Identifier: MIT
# emu386: -S -a run=segv
# The built-in kernel with its DWARF, which comes out of the emulator: kmain before paging, a page
# fault from ring 3 seen from inside the kernel.
source tests/gdb/lib.py
connect
give break kmain
give continue
expect (?s)stopped: breakpoint 1.*kmain \(magic=
check magic == 0x2badb002
give next
give next
give bt
expect (?s)#0  kmain .*#1 .*high
give add-symbol-file $B/roms/bin/segv.elf
give delete
give tbreak main
give continue
expect main
check $cpl == 3 && ($cs & 3) == 3
give p $cs_attr
expect DPL=3
give next
give monitor maps
expect (?i)08048000|8048000
give break trap if tf->vector == 14 && (tf->cs & 3) == 3 && $cr2 < 4096
give continue
expect stopped: breakpoint
check $cpl == 0 && ($cs & 3) == 0
give bt
expect (?s)#0  trap \(.*#1  <signal handler called>.*#2  .* in (main|null_read|null_write|read_from|write_to)|#2  (write_to|read_from)
give set $eip0 = tf->eip
give frame 2
check $pc == $eip0
give frame 0
check $last_vector == 14
check !$pte_cr2.P
give monitor why
give next
give kill
summary
