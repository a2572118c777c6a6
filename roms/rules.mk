# SPDX-License-Identifier: MIT
# The demo kernel and its programs: $(B)/roms/kernel.elf and $(B)/roms/initrd.img.
# Freestanding 386 code: no libc, no x87, nothing newer than the 80386. The host compiler does.

ROMS := $(B)/roms

GCC_INCLUDE := $(shell $(CC) -print-file-name=include)
GUEST_CFLAGS := $(WARN) -m32 -march=i386 -O2 -g -ffreestanding -fno-builtin -nostdinc \
        -isystem $(GCC_INCLUDE) \
        -fno-pic -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables -fno-omit-frame-pointer \
        -fno-common -fcf-protection=none -mno-sse -mno-mmx -mno-80387 -ffile-prefix-map=$(CURDIR)=. \
        -Iroms -MMD -MP
GUEST_LD := ld -m elf_i386 -nostdlib -static -z noexecstack --no-warn-rwx-segments --fatal-warnings

LIB_SRC := $(wildcard roms/lib/*.c)
KERNEL_SRC := $(wildcard roms/kernel/*.c roms/kernel/*.S roms/drivers/*.c \
        roms/boot/*.c roms/boot/*.S)
guest_obj = $(patsubst %,$(B)/%.o,$(basename $(1)))
LIB_OBJ := $(call guest_obj,$(LIB_SRC))
KERNEL_OBJ := $(call guest_obj,$(KERNEL_SRC))

# User space: the shared C library, what stands in front of every program, what programs share.
LIBC_OBJ := $(call guest_obj,$(filter-out roms/libc/crt.S,$(wildcard roms/libc/*.c roms/libc/*.S))) \
        $(LIB_SRC:roms/%.c=$(B)/roms/libc/%.o)
CRT_OBJ := $(B)/roms/libc/crt.o
COMMON_OBJ := $(call guest_obj,$(wildcard roms/user/common/*.c))
PROGRAMS := $(patsubst roms/user/%.c,%,$(wildcard roms/user/*.c))
PROGRAM_OBJ := $(PROGRAMS:%=$(B)/roms/user/%.o)
STATIC_PROGRAMS := $(patsubst roms/user/static/%.c,%,$(wildcard roms/user/static/*.c))
STATIC_OBJ := $(STATIC_PROGRAMS:%=$(B)/roms/user/static/%.o)
GUEST_DATA := $(wildcard roms/user/etc/*)

# The library's own headers stand before the compiler's.
USER_CFLAGS := $(filter-out -ffreestanding -nostdinc -isystem $(GCC_INCLUDE),$(GUEST_CFLAGS)) -nostdinc \
        -isystem roms/libc/include -isystem $(GCC_INCLUDE)
# In the library addresses are relative; two programs want a function's real address, not its PLT's.
$(LIBC_OBJ) $(B)/roms/user/layout.o $(B)/roms/user/library.o: USER_CFLAGS += -fPIC

guests: $(ROMS)/kernel.elf $(ROMS)/initrd.img

$(call guest_obj,$(filter %.c,$(KERNEL_SRC))) $(LIB_OBJ): $(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(GUEST_CFLAGS) -c -o $@ $<

$(filter-out $(LIB_SRC:roms/%.c=$(B)/roms/libc/%.o),$(call guest_obj,$(wildcard roms/libc/*.c))) \
        $(COMMON_OBJ) $(PROGRAM_OBJ) $(STATIC_OBJ): $(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(USER_CFLAGS) -c -o $@ $<

$(LIB_SRC:roms/%.c=$(B)/roms/libc/%.o): $(B)/roms/libc/%.o: roms/%.c
	@mkdir -p $(@D)
	$(CC) $(USER_CFLAGS) -c -o $@ $<

$(call guest_obj,$(filter %.S,$(KERNEL_SRC)) $(wildcard roms/libc/*.S)): $(B)/%.o: %.S
	@mkdir -p $(@D)
	$(CC) -m32 -march=i386 -g -ffile-prefix-map=$(CURDIR)=. -Iroms -MMD -MP -c -o $@ $<

$(ROMS)/kernel.elf: roms/kernel/kernel.ld $(KERNEL_OBJ) $(LIB_OBJ)
	$(GUEST_LD) -T $< -o $@ $(filter %.o,$^)

# Programs and library keep their symbols in $(ROMS)/bin/NAME.elf, for a debugger; the initrd gets
# them stripped.
GUEST_LD_SHARED := $(filter-out -static,$(GUEST_LD)) --hash-style=sysv -z norelro -z defs

$(ROMS)/bin/libc.so.elf: roms/libc/libc.ld $(LIBC_OBJ)
	@mkdir -p $(@D)
	$(GUEST_LD_SHARED) -shared -soname libc.so -Bsymbolic-functions -T $< -o $@ $(filter %.o,$^)

$(ROMS)/common.a: $(COMMON_OBJ)
	rm -f $@
	ar rcsD $@ $^

$(PROGRAMS:%=$(ROMS)/bin/%.elf): $(ROMS)/bin/%.elf: roms/user/user.ld $(CRT_OBJ) $(B)/roms/user/%.o \
        $(ROMS)/common.a $(ROMS)/bin/libc.so.elf
	@mkdir -p $(@D)
	$(GUEST_LD_SHARED) -dynamic-linker /lib/libc.so -T $< -o $@ $(filter-out %.ld,$^)

# Programs that know nothing of ours: linked as on any Linux.
$(STATIC_PROGRAMS:%=$(ROMS)/bin/%.elf): $(ROMS)/bin/%.elf: $(B)/roms/user/static/%.o
	@mkdir -p $(@D)
	$(GUEST_LD) -Ttext-segment=0x08048000 -z norelro -o $@ $<

$(ROMS)/bin/%: $(ROMS)/bin/%.elf
	objcopy --strip-all $< $@

$(ROMS)/mkinitrd: roms/mkinitrd.c
	@mkdir -p $(@D)
	$(CC) $(WARN) -O2 -o $@ $<

ALL_PROGRAMS := $(sort $(PROGRAMS) $(STATIC_PROGRAMS))
$(ROMS)/initrd.img: $(ROMS)/mkinitrd $(ROMS)/bin/libc.so $(ALL_PROGRAMS:%=$(ROMS)/bin/%) $(GUEST_DATA)
	$< $@ /lib/libc.so=$(ROMS)/bin/libc.so $(foreach p,$(ALL_PROGRAMS),/bin/$(p)=$(ROMS)/bin/$(p)) \
	    $(foreach f,$(GUEST_DATA),$(f:roms/user%=%)=$(f))

# The BIOS services that kernels of Linux call before they enter protected mode. In GNU as's Intel syntax.
BIOS_SRC := $(wildcard roms/bios/*.S)
BIOS_OBJ := $(call guest_obj,$(BIOS_SRC))
$(BIOS_OBJ): $(B)/%.o: %.S roms/bios/bios.inc
	@mkdir -p $(@D)
	gcc -m32 -march=i386 -Wa,--fatal-warnings -Iroms -c -o $@ $<

$(ROMS)/bios.bin: roms/bios/bios.ld $(BIOS_OBJ)
	ld -m elf_i386 -T $< --oformat binary -o $@ $(filter %.o,$^)
