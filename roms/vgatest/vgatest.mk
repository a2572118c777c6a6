# SPDX-License-Identifier: MIT
# The VGA test: $(B)/roms/vgatest/vgatest.elf, a multiboot ELF that shows every mode.

VGATEST_CC ?= gcc
VGATEST_FLAGS := -m32 -march=i386 -O2 -std=gnu11 -ffreestanding -fno-pic -fno-pie -fno-builtin \
                 -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
                 -fno-tree-loop-distribute-patterns -mno-sse -mno-mmx -mno-80387 -g \
                 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror \
                 -Wno-array-bounds -I$(B)/roms/vgatest -MMD -MP
VGATEST_OBJS := $(addprefix $(B)/roms/vgatest/,start.o main.o modes.o canvas.o scene.o text.o \
                  planar.o dispi.o motion.o)

$(B)/roms/vgatest/font.inc: devices/vga_font.txt devices/vga_font.awk
	@mkdir -p $(@D)
	$(Q)awk -f devices/vga_font.awk devices/vga_font.txt >$@.tmp
	@mv $@.tmp $@

$(B)/roms/vgatest/%.o: roms/vgatest/%.c
	@mkdir -p $(@D)
	@$(say) CC $<
	$(Q)$(VGATEST_CC) $(VGATEST_FLAGS) -c -o $@ $<

$(B)/roms/vgatest/%.o: roms/vgatest/%.S
	@mkdir -p $(@D)
	@$(say) AS $<
	$(Q)$(VGATEST_CC) -m32 -g -c -o $@ $<

$(B)/roms/vgatest/scene.o: $(B)/roms/vgatest/font.inc

$(B)/roms/vgatest/vgatest.elf: $(VGATEST_OBJS) roms/vgatest/vgatest.ld
	@$(say) LD $@
	$(Q)$(VGATEST_CC) -m32 -nostdlib -static -no-pie -Wl,--build-id=none \
	    -Wl,--no-warn-rwx-segments -T roms/vgatest/vgatest.ld -o $@ $(VGATEST_OBJS)

guests: $(B)/roms/vgatest/vgatest.elf
