# SPDX-License-Identifier: MIT
# What the monitor and the report of a triple fault say of code: names, lines, frames, the past.

# Names and lines beside those of binutils.
SUITE_test_monitor_symbols = $(B)/tests/unit/test_monitor_symbols $(B)/roms/kernel.elf $(B)/roms/bin/sh.elf

# Kernels that end in a triple fault, one way each.
CRASH_CASES := 0 1 2 3 4 5 6 7 8 9 10
CRASH_ELFS := $(CRASH_CASES:%=$(B)/tests/monitor/crash-%.elf)

$(B)/tests/monitor/crash-%.elf: tests/monitor/crash.S
	@mkdir -p $(@D)
	@$(say) AS $@
	$(Q)gcc -m32 -g -nostdlib -static -no-pie -ffile-prefix-map=$(CURDIR)=. -DCASE=$* -Wl,--build-id=none \
	    -Wl,--section-start=.multiboot=0x100000 -Wl,--section-start=.real=0x100020 -Wl,-Ttext=0x100100 \
	    -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments -o $@ $<

.PHONY: golden-crash
golden-crash: $(CRASH_ELFS) $$(B)/emu386 ## write tests/monitor/crash.txt anew
	tests/monitor/crash.sh write $(B)

SUITES += monitor-crash
SUITE_monitor-crash = tests/monitor/crash.sh compare $(B)
TEST_NEEDS += $(CRASH_ELFS)

# Walks up the stack from wherever the built-in kernel happens to be.
$(B)/tests/monitor/unwind: $(B)/tests/monitor/unwind.o $(OBJ_base) $(OBJ_mmu) $(OBJ_cpu) $(OBJ_devices) \
                           $(OBJ_machine) $(OBJ_loader) $(OBJ_monitor)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(MONITOR_LIBS)

SUITES += monitor-unwind
SUITE_monitor-unwind = $(B)/tests/monitor/unwind $(B)/roms/kernel.elf $(B)/roms/initrd.img
TEST_NEEDS += $(B)/tests/monitor/unwind
