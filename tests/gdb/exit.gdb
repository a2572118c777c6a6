# SPDX-License-Identifier: MIT
# emu386: -S B/tests/gdb/steps.elf
# status: 43
# The guest ends the machine: gdb is told the status.
source tests/gdb/lib.py
connect
give tbreak ready
give continue
give set var command = 9
give continue
expect exited: 43
check $_exitcode == 43
summary
