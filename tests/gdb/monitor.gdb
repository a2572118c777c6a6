# SPDX-License-Identifier: MIT
# emu386: -S B/tests/gdb/steps.elf
# The monitor inside gdb: every kind of command, points of its own, commands that run.
source tests/gdb/lib.py
connect
give monitor help
expect json
give monitor help page
give monitor r
expect (?i)eax
give monitor x/4 0x100000
give monitor nonsense
expect nonsense
give tbreak ready
give continue
give monitor page 0xc0000000
expect (?i)c0000000
give monitor idt
give monitor break exc 0x80
give set var command = 5
give continue
expect stopped
expect (?i)80
check $pc == (unsigned)&soft_handler
give bt 1
expect soft_handler
give monitor delete
give monitor break -p 0x900000
give monitor delete
give monitor trace irq 0
interrupt-in 0.3
give continue
expect interrupt line 0
give monitor delete
give monitor si 3
give maintenance flush register-cache
give set var command = 10
give monitor until exec leaf
give maintenance flush register-cache
check $pc == (unsigned)&leaf
give monitor json on
give monitor r
expect \{
give monitor json off
give monitor quit
summary
