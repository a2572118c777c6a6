# SPDX-License-Identifier: MIT
# Whole-machine tests on a boot of the built-in kernel: snapshots and determinism.

$(B)/tests/snap/snap: $(B)/tests/snap/snap.o $(OBJ_base) $(OBJ_mmu) $(OBJ_cpu) $(OBJ_devices) \
                      $(OBJ_machine) $(OBJ_loader)
	$(CC) $(LDFLAGS) -o $@ $^

.PHONY: test-snap
test-snap: $(B)/tests/snap/snap guests ## snapshots at random points of a boot, and determinism
	$(B)/tests/snap/snap $(B)/roms/kernel.elf $(B)/roms/initrd.img
