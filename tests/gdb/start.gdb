# SPDX-License-Identifier: MIT
# emu386: -S B/tests/gdb/steps.elf
# From the reset on: symbols come by themselves, a breakpoint on a C function before there is paging,
# every group of registers, memory.
source tests/gdb/lib.py
connect
give info symbol start
expect start in section .text
check $pc == (unsigned)&start
check $eip == 0x100000 || $eip == $pc
give p $cr0
expect \[ PE ET \]
check $cpl == 0 && $icount == 0
give break paging
give continue
expect (?s)stopped: breakpoint 1.*paging \(\)
give bt
expect (?s)#0  paging \(\).*#1 .* in kernel
give next
give x/3i $pc
expect => 0x10
give tbreak ready
give continue
give p $cr0
expect PE .*WP.*PG
check ((unsigned)$cr3 & ~0xfff) == (unsigned)&directory

# Registers of every group.
give info registers
expect eax .*\n
expect cs_base +0x0
expect cs_attr +0xc09b +\[ type=11 S DPL=0 P DB G \]
expect gdtr_limit +0x17
expect idtr_base
expect dr7
expect sysenter_cs
expect icount
expect pte_cr2
give info registers cr0 cr2 cr3 cr4
expect cr4 .*PSE
give p $eflags
expect IF
give info float
expect R7: Valid .*\+?3\.14159
expect R6: Valid .*1
check $st1 > 3.14 && $st1 < 3.15
give p $st0 = 2.5
check $st0 == 2.5
give p/x $fctrl
expect 0x37f
check $gdtr_base == &gdt
give p $cs_limit
expect 4294967295
check $ip == $eip && $cs == 8 && $ds == 16
give p $eax = 0x1234
check $eax == 0x1234 && $ax == 0x1234 && $al == 0x34
give p $cr2 = 0x800004
check $pte_cr2.P && $pte_cr2.RW && !$pte_cr2.US && $pte_cr2.frame == ((unsigned)&shared >> 12)
give p $pde_cr2
expect \{P = true, RW = true, US = false,.*PS = false
give p $cr2 = 0xc0000000
check $pde_cr2.PS && $pde_cr2.frame == 0
check $last_vector == -1

# What the processor refuses is refused.
refuse p $cs = 0x50
expect GP
refuse p $cr0 = 0x80000000
give p $pte_cr2.P = 0
check $pte_cr2.P
refuse p $cpl = 3
check $cs == 8 && $cpl == 0
give p $ds = 8
check $ds == 8 && ($ds_attr & 0xf) == 0xb
give p $ds = 16
give p $gs = 0
check $gs == 0

# Memory.
give p pair
expect \{a = 1, b = 2, name = .* "pair"\}
give set var pair.a = 77
check pair.a == 77 && *(int *)(0xc0000000 + (unsigned)&pair) == 77
refuse x/x 0x50000000
expect Cannot access memory at address 0x50000000
refuse set var *(int *)0x50000000 = 1
give set var target = "twelve chars"
give x/s target
expect twelve chars
give find source, +sizeof source, 'b', 'r', 'o', 'w', 'n'
expect source\+10
give compare-sections .text
expect matched
give dump binary memory /dev/null 0x100000 0x300000
give p calls(5)
expect = 32
check total == 11
give info threads
expect protected, paging, 32-bit code
give detach
give connect
check pair.a == 77
give kill
summary
