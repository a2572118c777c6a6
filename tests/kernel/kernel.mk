# SPDX-License-Identifier: MIT
# The demo kernel and its programs: every transcript in every engine, TLB, processor and under QEMU,
# machines of all sizes, everything at once, and Linux as a witness.

kernel_tests := tests/kernel/transcripts.sh $(B)
SUITES += kernel-stress kernel-source kernel-reference kernel-lockstep kernel-qemu kernel-386 kernel-ppro kernel-memory kernel-swap kernel-tour kernel-abi
SUITE_kernel-386 = $(kernel_tests) emu386 - --cpu 386 --tlb 386 --strict
SUITE_kernel-ppro = $(kernel_tests) emu386 - --cpu ppro --tlb large --strict
SUITE_kernel-reference = $(kernel_tests) emu386 s --cpu 486 --tlb 486 --engine reference
SUITE_kernel-lockstep = $(kernel_tests) emu386 l --cpu pentium --engine lockstep --strict
SUITE_kernel-qemu = $(kernel_tests) qemu
SUITE_kernel-memory = tests/kernel/memory.sh $(B)
SUITE_kernel-swap = tests/kernel/swap.sh $(B)
SUITE_kernel-source = tests/kernel/source.sh $(B)
SUITE_kernel-stress = tests/kernel/stress.sh $(B)
SUITE_kernel-tour = tests/kernel/tour.sh $(B)
SUITE_kernel-abi = tests/kernel/abi.sh $(B)

# A host's disk that cannot be read in places, for kernel-swap.
$(B)/tests/kernel/badread.so: tests/kernel/badread.c
	@mkdir -p $(@D)
	@$(say) CC $<
	$(Q)$(CC) $(WARN) -O2 -fPIC -shared -o $@ $< -ldl

TEST_NEEDS += $(B)/tests/kernel/badread.so

KERNEL_SUITES := $(filter kernel-%,$(SUITES))
.PHONY: test-kernel stress
test-kernel: $(B)/emu386 guests $(B)/tests/kernel/badread.so ## test the demo kernel and its programs
	$(call run_suites,$(KERNEL_SUITES))

stress: $(B)/emu386 guests ## the demo kernel's stress test for long, with SEEDS="1 2 3"
	tests/kernel/stress.sh $(B) 600 $(or $(SEEDS),1 2 3)

.PHONY: tour
tour: all ## a guided tour of the address space, from inside and outside
	$(B)/emu386 --tour

.PHONY: golden
golden: $(B)/emu386 guests ## write the transcripts of the kernel's programs anew; look at the difference
	$(kernel_tests) golden
