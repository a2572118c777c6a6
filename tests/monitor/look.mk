# SPDX-License-Identifier: MIT
# Every command that looks, at several moments of a boot: nothing changes, JSON is JSON.

$(B)/tests/monitor/look: $(B)/tests/monitor/look.o $(OBJ_base) $(OBJ_mmu) $(OBJ_cpu) $(OBJ_devices) \
                         $(OBJ_machine) $(OBJ_loader) $(OBJ_monitor)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(MONITOR_LIBS)

SUITES += monitor-look
SUITE_monitor-look = $(B)/tests/monitor/look $(B)/roms/kernel.elf $(B)/roms/initrd.img
TEST_NEEDS += $(B)/tests/monitor/look
