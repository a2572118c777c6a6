# SPDX-License-Identifier: MIT
# Kernels with one mistake each, and the sanitizer that must (or must not) find it.

STALE_CASES := 0 1 2 3 4 5 6 7 8 9 10 11
STALE_ELFS := $(STALE_CASES:%=$(B)/tests/mmu/stale-%.elf)

$(B)/tests/mmu/stale-%.elf: tests/mmu/stale.S
	@mkdir -p $(@D)
	@$(say) AS $@
	$(Q)gcc -m32 -nostdlib -static -no-pie -DCASE=$* -Wl,--build-id=none -Wl,-Ttext=0x100100 \
	    -Wl,--section-start=.multiboot=0x100000 -Wl,-z,noexecstack -o $@ $<

.PHONY: test-strict
test-strict: $(STALE_ELFS) $$(B)/emu386 ## the MMU sanitizer on kernels with one mistake each
	@tests/mmu/strict.sh $(B)

SUITES += strict
SUITE_strict = tests/mmu/strict.sh $(B)
TEST_NEEDS += $(STALE_ELFS)
