# SPDX-License-Identifier: MIT
# A kernel of multiboot 2, loaded by the emulator and by GRUB.

MB2_GUEST := $(B)/tests/boot/multiboot2.elf
$(MB2_GUEST): tests/boot/multiboot2_guest.c
	@mkdir -p $(@D)
	@$(say) CC $@
	$(Q)gcc -m32 -march=i386 -std=gnu11 -O1 -Wall -Wextra -Werror -ffreestanding -fno-pic -fno-pie -fno-builtin \
	    -fno-stack-protector -fno-asynchronous-unwind-tables -nostdlib -static -no-pie -Wl,--build-id=none \
	    -Wl,-Ttext=0x101000 -Wl,--section-start=.multiboot=0x100000 -Wl,-z,noexecstack,-z,max-page-size=4096 -o $@ $<

TEST_NEEDS += $(MB2_GUEST)
SUITES += boot-multiboot2
SUITE_boot-multiboot2 = tests/boot/multiboot2.sh $(B)
