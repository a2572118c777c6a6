# SPDX-License-Identifier: MIT
# Bare-metal tests of the network cards: $(B)/roms/nettest/NAME.elf, multiboot, with the runtime of
# roms/cputest; tests/guest/net.sh runs them here and under QEMU.

NETTEST := $(B)/roms/nettest
NETTEST_CARDS := ne2000 e1000
NETTEST_ELFS := $(NETTEST_CARDS:%=$(NETTEST)/%.elf)

$(NETTEST)/%.o: roms/nettest/%.c roms/nettest/nettest.h roms/cputest/rt.h
	@mkdir -p $(@D)
	@$(say) CC $<
	$(Q)$(GUEST_CC) $(GUEST_FLAGS) $(GUEST_WARN) -Iroms -O1 -c -o $@ $<

$(NETTEST)/%.elf: $(NETTEST)/%.o $(NETTEST)/net.o $(CPUTEST)/rt.o $(CPUTEST)/report.o roms/cputest/cputest.ld
	@$(say) LD $@
	$(Q)$(GUEST_CC) -m32 -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noexecstack \
	    -Wl,--no-warn-rwx-segments -T roms/cputest/cputest.ld -o $@ $(filter %.o,$^)

.PRECIOUS: $(NETTEST)/%.o

TEST_NEEDS += $(NETTEST_ELFS)
SUITES += guest-net guest-net-lockstep guest-net-qemu
SUITE_guest-net = B=$(B) tests/guest/net.sh emu386
SUITE_guest-net-lockstep = B=$(B) tests/guest/net.sh emu386 --engine lockstep
SUITE_guest-net-qemu = B=$(B) tests/guest/net.sh qemu
