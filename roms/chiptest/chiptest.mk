# SPDX-License-Identifier: MIT
# Bare-metal tests of the PC's chips: $(B)/roms/chiptest/chiptest.elf, multiboot, with the runtime of
# roms/cputest; tests/guest/chips.sh runs it here and under QEMU. It lies at 2 MiB, where address bit 20 is 0.

CHIPTEST := $(B)/roms/chiptest
CHIPTEST_OBJS := $(patsubst roms/%,$(B)/roms/%.o,$(basename $(wildcard roms/chiptest/*.c roms/chiptest/*.S)))

$(CHIPTEST)/%.o: roms/chiptest/%.c roms/chiptest/chiptest.h roms/cputest/rt.h
	@mkdir -p $(@D)
	@$(say) CC $<
	$(Q)$(GUEST_CC) $(GUEST_FLAGS) $(GUEST_WARN) -Iroms -O1 -c -o $@ $<

$(CHIPTEST)/%.o: roms/chiptest/%.S
	@mkdir -p $(@D)
	@$(say) AS $<
	$(Q)$(GUEST_CC) $(GUEST_FLAGS) -c -o $@ $<

$(CHIPTEST)/chiptest.elf: $(CHIPTEST_OBJS) $(CPUTEST)/rt.o $(CPUTEST)/report.o roms/cputest/cputest.ld
	@$(say) LD $@
	$(Q)$(GUEST_CC) -m32 -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noexecstack \
	    -Wl,--no-warn-rwx-segments -Wl,--defsym=rt_base=0x200000 -T roms/cputest/cputest.ld -o $@ \
	    $(filter %.o,$^)

TEST_NEEDS += $(CHIPTEST)/chiptest.elf
SUITES += guest-chips guest-chips-486 guest-chips-isa guest-chips-snap guest-chips-lockstep guest-chips-qemu guest-chips-qemu-isa
SUITE_guest-chips = B=$(B) tests/guest/chips.sh emu386 pc
SUITE_guest-chips-486 = B=$(B) tests/guest/chips.sh emu386 pc --cpu 486
SUITE_guest-chips-isa = B=$(B) tests/guest/chips.sh emu386 isa --cpu 386
SUITE_guest-chips-lockstep = B=$(B) tests/guest/chips.sh emu386 pc --engine lockstep
SUITE_guest-chips-lockstep-isa = B=$(B) tests/guest/chips.sh emu386 isa --cpu 386 --engine lockstep
SUITE_guest-chips-snap = B=$(B) tests/guest/chips.sh snap pc
SUITE_guest-chips-qemu = B=$(B) tests/guest/chips.sh qemu pc
SUITE_guest-chips-qemu-isa = B=$(B) tests/guest/chips.sh qemu isa
