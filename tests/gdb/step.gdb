# SPDX-License-Identifier: MIT
# emu386: -S B/tests/gdb/steps.elf
# Stepping: source lines and instructions, over INT, REP, HLT, IRET, faults and calls, with the timer
# ticking all the while; step-irqs.
source tests/gdb/lib.py
connect
give tbreak ready
give continue

# Lines, into and over calls, out of them.
give set var command = 2
give tbreak calls
give continue
give next
expect return got \* 2
check got == 16
give next
give tbreak ready
give continue
give set var command = 2
give tbreak calls
give continue
give step
expect middle \(n=5\)
give step
expect leaf \(n=5\)
give bt
expect (?s)#0  leaf \(n=5\).*#1 .*middle.*#2 .*calls.*#3 .*act.*#4 .*kernel
give finish
expect middle \(n=5\)
check $eax == total
give tbreak ready
give continue
give set var command = 10
give tbreak count
give continue
give next
give next
give until
expect count \(\)
check total >= 499500
give tbreak ready
give continue

# 3000 single steps while the timer runs: no handler is entered, and time goes on.
give set $before = ticks
give tbreak lines
give set var command = 1
give continue
python
inside = True
for i in range(40):
    gdb.execute("stepi 100", to_string=True)
    inside = inside and gdb.selected_frame().name() == "lines"
note(inside, "an interrupt handler was entered by stepi")
end
give next 200
expect lines \(\)|steps.c
check ticks > $before
give monitor step-irqs on
python
entered = False
for i in range(4000):
    gdb.execute("stepi", to_string=True)
    if gdb.selected_frame().name() == "timer_handler":
        entered = True
        break
note(entered, "with step-irqs on no handler was entered")
end
check $last_vector == 0x20
give bt
expect (?s)#0 .*timer_handler
give monitor step-irqs off
give finish
give tbreak leaf
give set var loops = 0
give tbreak ready
give tbreak lines
# leave the loop: its variable is past the end
give frame function lines
give set var i = 100000
give continue
expect ready

# INT is entered, next goes over it.
give set var command = 5
give tbreak soft_int
give continue
give next
expect total\+\+
check soft_ints == 1
give tbreak ready
give continue
give set var command = 5
give tbreak soft_int
give continue
give stepi
expect soft_handler
give finish
expect soft_int|steps.c
check soft_ints == 2
give tbreak ready
give continue

# REP is one step, as much as it may be; HLT waits for its interrupt.
give set var command = 4
give tbreak copy
give continue
give next 3
give x/i $pc
python
while "rep movs" not in gdb.execute("x/i $pc", to_string=True):
    gdb.execute("stepi", to_string=True)
end
check $ecx == 64
give stepi
check $ecx == 0
give p $_streq(target, source)
expect = 1
give tbreak ready
give continue
give set var command = 6
give tbreak sleep
give continue
python
while "hlt" not in gdb.execute("x/i $pc", to_string=True):
    gdb.execute("stepi", to_string=True)
end
give set $before = ticks
give stepi
expect total\+\+
check ticks == $before + 1
give tbreak ready
give continue

# A step at an instruction that faults goes into the handler, and over it with next.
give set var command = 12
give tbreak fault
give continue
give next
expect total\+\+
check faults == 1
give tbreak ready
give continue
give kill
summary
