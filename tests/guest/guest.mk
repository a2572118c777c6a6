# SPDX-License-Identifier: MIT
# Bare-metal tests: one multiboot ELF per tests/guest/test_*.S or test_*.c in $(B)/tests/guest.
# GUEST_CC needs -m32; the assembly is for GNU as.

GUEST_CC ?= gcc
GUEST_FLAGS := -m32 -march=i386 -ffreestanding -fno-pic -fno-pie -fno-stack-protector \
               -fcf-protection=none -fno-asynchronous-unwind-tables -mno-sse -mno-mmx -mno-80387 \
               -fno-builtin -fno-tree-loop-distribute-patterns -g -Wa,--noexecstack
GUEST_WARN := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
GUEST_TESTS := $(basename $(notdir $(wildcard tests/guest/test_*.S tests/guest/test_*.c)))
GUEST_ELFS := $(patsubst %,$(B)/tests/guest/%.elf,$(GUEST_TESTS))

$(B)/tests/guest/%.o: tests/guest/%.S tests/guest/rt.inc tests/guest/paging.inc
	@mkdir -p $(@D)
	$(GUEST_CC) $(GUEST_FLAGS) -c -o $@ $<

$(B)/tests/guest/%.o: tests/guest/%.c tests/guest/rt.h
	@mkdir -p $(@D)
	$(GUEST_CC) $(GUEST_FLAGS) $(GUEST_WARN) -O1 -c -o $@ $<

$(B)/tests/guest/%.elf: $(B)/tests/guest/%.o $(B)/tests/guest/rt.o $(B)/tests/guest/report.o \
                        tests/guest/guest.ld
	$(GUEST_CC) -m32 -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noexecstack \
	    -Wl,--no-warn-rwx-segments -T tests/guest/guest.ld -o $@ $(filter %.o,$^)

.PRECIOUS: $(B)/tests/guest/%.o

.PHONY: guest-tests
guest-tests: $(GUEST_ELFS) ## build the bare-metal tests (tests/guest)

# Runs them; EMULATOR=qemu runs them there instead.
EMULATOR ?= emu386
.PHONY: test-guest
test-guest: guest-tests $(if $(filter emu386,$(EMULATOR)),$(B)/emu386) ## run the bare-metal tests
	@B=$(B) tests/guest/run.sh $(EMULATOR)

# The two that share the operand grid of alu.c.
$(B)/tests/guest/alu.o $(B)/tests/guest/test_alu.o $(B)/tests/guest/test_muldiv.o: tests/guest/alu.h
$(B)/tests/guest/test_alu.elf $(B)/tests/guest/test_muldiv.elf: $(B)/tests/guest/alu.o
