# SPDX-License-Identifier: MIT
# Disks: the guest of roms/disktest under emu386 and QEMU, kills at any moment, a full host disk.

DISKTEST := $(B)/roms/disktest
DISKTEST_OBJS := $(addprefix $(DISKTEST)/,start.o main.o ide.o disk.o cdrom.o write.o)

$(DISKTEST)/%.o: roms/disktest/%.c roms/disktest/disktest.h
	@mkdir -p $(@D)
	@$(say) CC $<
	$(Q)$(GUEST_CC) $(GUEST_FLAGS) $(GUEST_WARN) -O2 -Iroms/disktest -c -o $@ $<

$(DISKTEST)/%.o: roms/disktest/%.S
	@mkdir -p $(@D)
	@$(say) AS $<
	$(Q)$(GUEST_CC) $(GUEST_FLAGS) -c -o $@ $<

$(DISKTEST)/disktest.elf: $(DISKTEST_OBJS) roms/vgatest/vgatest.ld
	@$(say) LD $@
	$(Q)$(GUEST_CC) -m32 -nostdlib -static -no-pie -Wl,--build-id=none \
	    -Wl,--no-warn-rwx-segments -T roms/vgatest/vgatest.ld -o $@ $(DISKTEST_OBJS)

DISK_IMAGE := $(B)/tests/disk/image
$(DISK_IMAGE): $(B)/tests/disk/image.o $(OBJ_base) $(OBJ_mmu) $(OBJ_cpu) $(OBJ_devices) $(OBJ_machine)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

TEST_NEEDS += $(DISKTEST)/disktest.elf $(DISK_IMAGE)
SUITES += disk-check disk-isa disk-lockstep disk-qemu disk-qemu-isa disk-snap disk-kill disk-full
SUITE_disk-check = B=$(B) tests/disk/run.sh check --machine pc
SUITE_disk-isa = B=$(B) tests/disk/run.sh check --machine isa --cpu 386
SUITE_disk-lockstep = B=$(B) tests/disk/run.sh check --machine pc --engine lockstep
SUITE_disk-qemu = B=$(B) tests/disk/run.sh qemu pc
SUITE_disk-qemu-isa = B=$(B) tests/disk/run.sh qemu isapc
SUITE_disk-snap = B=$(B) tests/disk/run.sh snap
SUITE_disk-kill = B=$(B) tests/disk/run.sh kill
SUITE_disk-full = B=$(B) tests/disk/run.sh full

.PHONY: test-disk
test-disk: $(B)/emu386 $(DISKTEST)/disktest.elf $(DISK_IMAGE) ## the disk test; 200 kills at random moments
	@B=$(B) ROUNDS=100 tests/disk/run.sh kill
