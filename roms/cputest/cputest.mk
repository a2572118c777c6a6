# SPDX-License-Identifier: MIT
# Bare-metal tests: each roms/cputest/test_*.S or test_*.c becomes a multiboot ELF and a 64 KiB
# ROM in $(B)/roms/cputest. GUEST_CC needs -m32; the assembly is for GNU as.

GUEST_CC ?= gcc
GUEST_FLAGS := -m32 -march=i386 -ffreestanding -fno-pic -fno-pie -fno-stack-protector \
               -fcf-protection=none -fno-asynchronous-unwind-tables -mno-sse -mno-mmx -mno-80387 \
               -fno-builtin -fno-tree-loop-distribute-patterns -g -Wa,--noexecstack
GUEST_WARN := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
GUEST_TESTS := $(basename $(notdir $(wildcard roms/cputest/test_*.S roms/cputest/test_*.c)))
CPUTEST := $(B)/roms/cputest
CPUTEST_ELFS := $(patsubst %,$(CPUTEST)/%.elf,$(GUEST_TESTS))
CPUTEST_ROMS := $(patsubst %,$(CPUTEST)/%.rom,$(GUEST_TESTS))

$(CPUTEST)/%.o: roms/cputest/%.S $(wildcard roms/cputest/*.inc)
	@mkdir -p $(@D)
	@$(say) AS $<
	$(Q)$(GUEST_CC) $(GUEST_FLAGS) -c -o $@ $<

$(CPUTEST)/%.o: roms/cputest/%.c roms/cputest/rt.h
	@mkdir -p $(@D)
	@$(say) CC $<
	$(Q)$(GUEST_CC) $(GUEST_FLAGS) $(GUEST_WARN) -O1 -c -o $@ $<

$(CPUTEST)/%.elf: $(CPUTEST)/%.o $(CPUTEST)/rt.o $(CPUTEST)/report.o roms/cputest/cputest.ld
	@$(say) LD $@
	$(Q)$(GUEST_CC) -m32 -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noexecstack \
	    -Wl,--no-warn-rwx-segments -T roms/cputest/cputest.ld -o $@ $(filter %.o,$^)

$(CPUTEST)/%.rom: $(CPUTEST)/%.elf roms/cputest/rom.S roms/cputest/rom.ld
	@$(say) ROM $@
	$(Q)objcopy -O binary $< $(@:.rom=.bin)
	$(Q)$(GUEST_CC) $(GUEST_FLAGS) -DPROGRAM='"$(@:.rom=.bin)"' -c -o $@.o roms/cputest/rom.S
	$(Q)ld -m elf_i386 -T roms/cputest/rom.ld --oformat binary -o $@ $@.o

.PRECIOUS: $(CPUTEST)/%.o

.PHONY: guest-tests
guest-tests: $(CPUTEST_ELFS) $(CPUTEST_ROMS) ## build the bare-metal tests (roms/cputest)

# Runs them; EMULATOR=qemu or EMULATOR=bochs runs them there instead.
EMULATOR ?= emu386
.PHONY: test-guest
test-guest: guest-tests $(if $(filter emu386,$(EMULATOR)),$(B)/emu386) ## run the bare-metal tests
	@B=$(B) tests/guest/run.sh $(EMULATOR)

# The two that share the operand grid of alu.c.
$(CPUTEST)/alu.o $(CPUTEST)/test_alu.o $(CPUTEST)/test_muldiv.o: roms/cputest/alu.h
$(CPUTEST)/test_alu.elf $(CPUTEST)/test_muldiv.elf: $(CPUTEST)/alu.o

# Those that share the tasks of task.S.
$(patsubst %,$(CPUTEST)/test_%.elf,tasks taskfaults debug): $(CPUTEST)/task.o
$(CPUTEST)/test_gates.elf: $(CPUTEST)/gates.o
