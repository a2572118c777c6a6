# SPDX-License-Identifier: MIT
# Kernels of multiboot 1 and 2, loaded by the emulator and by GRUB.

MULTIBOOT_GUESTS := $(B)/tests/boot/multiboot1.elf $(B)/tests/boot/multiboot2.elf
$(MULTIBOOT_GUESTS): $(B)/%.elf: %_guest.c tests/boot/multiboot_guest.h
	@mkdir -p $(@D)
	@$(say) CC $@
	$(Q)gcc -m32 -march=i386 -std=gnu11 -O1 -Wall -Wextra -Werror -ffreestanding -fno-pic -fno-pie -fno-builtin \
	    -fno-stack-protector -fno-asynchronous-unwind-tables -nostdlib -static -no-pie -Wl,--build-id=none -I. \
	    -Wl,-Ttext=0x101000 -Wl,--section-start=.multiboot=0x100000 -Wl,-z,noexecstack,-z,max-page-size=4096 -o $@ $<

TEST_NEEDS += $(MULTIBOOT_GUESTS)
SUITES += boot-multiboot2
SUITE_boot-multiboot2 = tests/boot/multiboot2.sh $(B)
