# SPDX-License-Identifier: MIT
# Names, lines and frames: the monitor's view of ELF files and DWARF, beside that of binutils.

SUITE_test_monitor_symbols = $(B)/tests/unit/test_monitor_symbols $(B)/roms/kernel.elf $(B)/roms/bin/sh.elf
