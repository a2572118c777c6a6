# SPDX-License-Identifier: MIT
# emu386: B/tests/gdb/steps.elf
# A guest that runs already: connecting stops it, Ctrl-C stops it in a busy loop, detaching lets it
# go on, coming back finds it further on, again and again.
source tests/gdb/lib.py
shell sleep 0.3
connect
check runs == 1 && command == 0
give set var command = 7
interrupt-in 0.5
give continue
expect (?s)stopped: SIGINT.*spin \(\)
check loops > 1000
give p ticks
interrupt-in 0.3
give continue
expect SIGINT
give detach
shell sleep 0.2
connect
give set $loops = loops
check command == 7
give detach
shell sleep 0.2
connect
check loops > $loops
give disconnect
connect
check command == 7
python
for i in range(20):
    execute("detach")
    execute("target remote 127.0.0.1:" + PORT)
    if not gdb.selected_inferior().pid:
        note(False, f"reconnect {i}: {answer}")
end
give set var command = 0
give tbreak ready
give continue
expect ready
give kill
summary
