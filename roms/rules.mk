# SPDX-License-Identifier: MIT
# The demo kernel and its programs: $(B)/roms/kernel.elf and $(B)/roms/initrd.img.
# Freestanding 386 code: no libc, no x87, nothing newer than the 80386. The host compiler does.

ROMS := $(B)/roms

GUEST_CFLAGS := $(WARN) -m32 -march=i386 -O2 -g -ffreestanding -fno-builtin -nostdinc \
        -isystem $(shell $(CC) -print-file-name=include) \
        -fno-pic -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables -fno-omit-frame-pointer \
        -fno-common -fcf-protection=none -mno-sse -mno-mmx -mno-80387 -ffile-prefix-map=$(CURDIR)=. \
        -Iroms -MMD -MP
GUEST_LD := ld -m elf_i386 -nostdlib -static -z noexecstack --no-warn-rwx-segments --fatal-warnings

LIB_SRC := $(wildcard roms/lib/*.c)
KERNEL_SRC := $(wildcard roms/kernel/*.c roms/kernel/*.S roms/drivers/*.c)
PROGRAMS := $(patsubst roms/user/%.c,%,$(wildcard roms/user/*.c))
USER_LIB_SRC := $(wildcard roms/user/lib/*.c roms/user/lib/*.S)
GUEST_DATA := $(wildcard roms/user/etc/*)

guest_obj = $(patsubst %,$(B)/%.o,$(basename $(1)))
LIB_OBJ := $(call guest_obj,$(LIB_SRC))
KERNEL_OBJ := $(call guest_obj,$(KERNEL_SRC))
USER_LIB_OBJ := $(call guest_obj,$(USER_LIB_SRC))
PROGRAM_OBJ := $(PROGRAMS:%=$(B)/roms/user/%.o)
GUEST_C_OBJ := $(call guest_obj,$(filter %.c,$(LIB_SRC) $(KERNEL_SRC) $(USER_LIB_SRC))) $(PROGRAM_OBJ)
GUEST_S_OBJ := $(call guest_obj,$(filter %.S,$(KERNEL_SRC) $(USER_LIB_SRC)))

guests: $(ROMS)/kernel.elf $(ROMS)/initrd.img

$(GUEST_C_OBJ): $(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(GUEST_CFLAGS) -c -o $@ $<

$(GUEST_S_OBJ): $(B)/%.o: %.S
	@mkdir -p $(@D)
	$(CC) -m32 -march=i386 -g -ffile-prefix-map=$(CURDIR)=. -Iroms -MMD -MP -c -o $@ $<

$(ROMS)/kernel.elf: roms/kernel/kernel.ld $(KERNEL_OBJ) $(LIB_OBJ)
	$(GUEST_LD) -T $< -o $@ $(filter %.o,$^)

# Programs keep their symbols in $(ROMS)/bin/NAME.elf, for a debugger; the initrd gets them stripped.
$(PROGRAMS:%=$(ROMS)/bin/%.elf): $(ROMS)/bin/%.elf: $(B)/roms/user/%.o roms/user/user.ld \
        $(USER_LIB_OBJ) $(LIB_OBJ)
	@mkdir -p $(@D)
	$(GUEST_LD) -T roms/user/user.ld -o $@ $(filter %.o,$^)

$(ROMS)/bin/%: $(ROMS)/bin/%.elf
	objcopy --strip-all $< $@

$(ROMS)/mkinitrd: roms/mkinitrd.c
	@mkdir -p $(@D)
	$(CC) $(WARN) -O2 -o $@ $<

$(ROMS)/initrd.img: $(ROMS)/mkinitrd $(PROGRAMS:%=$(ROMS)/bin/%) $(GUEST_DATA)
	$< $@ $(foreach p,$(PROGRAMS),/bin/$(p)=$(ROMS)/bin/$(p)) \
	    $(foreach f,$(GUEST_DATA),$(f:roms/user%=%)=$(f))
