# SPDX-License-Identifier: MIT
# emu386: -S B/tests/gdb/steps.elf
# Watchpoints that see aliases, conditions, ignore counts, thousands of breakpoints, places that are
# not mapped: and memory that stays as it is.
source tests/gdb/lib.py
connect
give tbreak ready
give continue
give set var command = 3
give watch shared.value
expect Hardware watchpoint
give continue
expect stopped: breakpoint 2
check shared.value == 1
give continue
expect stopped: breakpoint 2
check shared.value == 2
give continue
expect stopped: breakpoint 2
check shared.value == 3
give delete
give set var shared.value = 0
give rwatch shared.value
give tbreak ready
give continue
give set var command = 11
give continue
expect (?s)stopped: breakpoint 3.*act
give delete
give awatch shared.value
give tbreak ready
give continue
give set var command = 3
give continue
expect (?s)stopped: breakpoint 5.*alias
check shared.value == 1
give delete
give tbreak ready
give continue

# Conditions are gdb's; 1000 calls, one stop.
give set var total = 0
give set var command = 10
give break leaf if n == 789
give continue
expect stopped: breakpoint
check n == 789 && total == 789 * 788 / 2
give delete
give break leaf
give ignore $bpnum 100
give continue
check n == 890
give delete
give hbreak leaf if n == 950
give continue
check n == 950
give delete
give tbreak ready
give continue

# 2000 breakpoints elsewhere, in memory that is not mapped, too.
python
for i in range(1000):
    gdb.execute(f"break *({0x10100000 + 16 * i})", to_string=True)
    gdb.execute(f"break *({0x1c0000 + i})", to_string=True)
end
give tbreak act
give set var command = 10
give continue
expect stopped: breakpoint .*
check what == 10
give x/2wx 0x1c0000
expect 0x1c0000:\s0x00000000\s0x00000000
give compare-sections .text
expect matched
give delete
give dump binary memory /dev/null 0x100000 0x102000
give kill
summary
