# SPDX-License-Identifier: MIT
# The pictures of every video mode against golden.txt and against QEMU (tests/vga/run.sh).

$(B)/tests/vga/picture: $(B)/tests/vga/picture.o
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(UI_LIBS)

SUITES += vga vga-qemu
SUITE_vga = B=$(B) tests/vga/run.sh golden
SUITE_vga-qemu = B=$(B) tests/vga/run.sh qemu
TEST_NEEDS += $(B)/tests/vga/picture $(B)/roms/vgatest/vgatest.elf

.PHONY: images
images: $(B)/emu386 $(B)/roms/vgatest/vgatest.elf $(B)/tests/vga/picture ## take the pictures in docs/images anew
	$(Q)B=$(B) tests/vga/run.sh pictures docs/images/vga
	$(Q)tests/vga/mmu-pictures.sh $(B)/emu386 docs/images/kernel
	$(Q)tests/vga/console-pictures.sh $(B)/emu386 $(B)/roms/vgatest/vgatest.elf docs/images/console
