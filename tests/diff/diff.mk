# SPDX-License-Identifier: MIT
# emu386 against other processors. make fuzz-cpu N=10000000 SEED=7: random instructions, the host's
# own processor being the oracle.

comma := ,
N ?= 1000000
SEED ?= 1
FUZZ_OBJ := $(addprefix $(B)/tests/diff/,fuzz.o show.o generate.o values.o exclude.o emulated.o native.o ldt.o native_enter.o)
FUZZ_CPU := $(B)/tests/diff/fuzz_cpu

$(B)/tests/diff/%.o: tests/diff/%.S
	@mkdir -p $(@D)
	@$(say) AS $<
	$(Q)$(CC) -c -o $@ $<

$(FUZZ_CPU): $(B)/tests/diff/fuzz_cpu.o $(FUZZ_OBJ) $(OBJ_cpu) $(OBJ_mmu) $(OBJ_base)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

# The same with wrong bodies in it, one at a time.
PLANTED := x_shl x_imul1 x_bound x_aam x_not x_rcr
$(FUZZ_CPU)_planted: $(B)/tests/diff/planted.o $(FUZZ_OBJ) $(OBJ_cpu) $(OBJ_mmu) $(OBJ_base)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) $(addprefix -Wl$(comma)--wrap=,$(PLANTED)) -o $@ $^

$(B)/tests/diff/symptoms: $(B)/tests/diff/symptoms.o $(FUZZ_OBJ) $(OBJ_cpu) $(OBJ_mmu) $(OBJ_base)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

.PHONY: fuzz-cpu
fuzz-cpu: $(FUZZ_CPU) ## compare N random cases with the host's processor (N=1000000 SEED=1)
	$(FUZZ_CPU) -n $(N) -s $(SEED) -j $(JOBS) -u -x

SUITES += fuzz-cpu fuzz-cpu-planted fuzz-cpu-symptoms
SUITE_fuzz-cpu-symptoms = $(B)/tests/diff/symptoms
SUITE_fuzz-cpu-planted = $(FUZZ_CPU)_planted
ISA_SUITES += fuzz-cpu
SUITE_fuzz-cpu = $(FUZZ_CPU) -t -n 200000
TEST_NEEDS += $(FUZZ_CPU) $(FUZZ_CPU)_planted $(B)/tests/diff/symptoms

# emu386 and QEMU side by side, one instruction at a time, through QEMU's gdb stub. Some 5,000 steps
# a second; README.md says what may differ.
QEMU_LOCKSTEP := $(B)/tests/diff/qemu_lockstep
$(QEMU_LOCKSTEP): $(addsuffix .o,$(QEMU_LOCKSTEP) $(B)/tests/diff/gdb_remote) $(OBJ_base) $(OBJ_mmu) \
                  $(OBJ_cpu) $(OBJ_devices) $(OBJ_machine) $(OBJ_loader)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

.PHONY: diff-qemu
diff-qemu: $(QEMU_LOCKSTEP) guests ## compare N instructions of the kernel's boot with QEMU
	$(QEMU_LOCKSTEP) -n $(N) -i $(B)/roms/initrd.img $(B)/roms/kernel.elf

SUITES += diff-qemu
SUITE_diff-qemu = $(QEMU_LOCKSTEP) -t -n 20000 -i $(B)/roms/initrd.img $(B)/roms/kernel.elf \
                  $(addprefix $(CPUTEST)/test_,alu.elf insn.elf rings.elf)
TEST_NEEDS += $(QEMU_LOCKSTEP)
