# SPDX-License-Identifier: MIT
# A kernel by Linux's boot protocol that asks the BIOS, in real mode, what setup code asks.

LINUX16 := $(B)/tests/boot/linux16.img
$(LINUX16): tests/boot/linux16_guest.c tests/boot/linux16.ld
	@mkdir -p $(@D)
	@$(say) CC $@
	$(Q)gcc -m16 -march=i386 -std=gnu11 -Os -Wall -Wextra -Werror -ffreestanding -fno-pic -fno-pie -fno-builtin \
	    -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none -c -o $@.o $<
	$(Q)ld -m elf_i386 -T tests/boot/linux16.ld --oformat binary -o $@ $@.o

TEST_NEEDS += $(LINUX16)
SUITES += boot-linux16
SUITE_boot-linux16 = tests/boot/linux16.sh $(B)
