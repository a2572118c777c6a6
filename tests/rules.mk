# SPDX-License-Identifier: MIT
# How the tests are run. A suite is a program that ends with the line "N passed, N failed"; to
# add one, in any .mk file:
#     SUITES += NAME              it is part of `make test`
#     SUITE_NAME = COMMAND        run from the project's root; $(B)/emu386 is the emulator
#     TEST_NEEDS += FILE...       what must be built before
#     ISA_SUITES += NAME          it records the instructions that it executes (tests/isa.h)
# Unit tests (tests/unit/test_*.c) are found by themselves. Put what takes long first.

JOBS ?= $(shell nproc)

# Whole boots. Guests run under QEMU as well: two witnesses of the same hardware.
boot_args = $(B)/emu386 $(B)/roms/kernel.elf $(B)/roms/initrd.img
SUITES += boot-window-use boot-window boot-terminal boot-transcript boot-cli snap guest-lockstep guest-reference guest guest-rom guest-qemu guest-qemu-rom guest-bochs
SUITES += boot-mmuview acpi-dsdt
SUITE_acpi-dsdt = tests/acpi/dsdt.sh compare
SUITE_boot-mmuview = $(if $(SAN),ASAN_OPTIONS=detect_leaks=0) tests/boot/mmuview.sh $(B)/emu386
SUITES += boot-vnc
SUITE_boot-vnc = $(if $(SAN),ASAN_OPTIONS=detect_leaks=0) tests/boot/vnc.sh $(B)/emu386
# The package is built with its own flags: once is enough.
SUITES += $(if $(SAN),,boot-package)
SUITE_boot-package = tests/boot/package.sh $(B)
# SDL and the drivers it loads keep memory until the end; all other suites look for leaks of ours.
SUITE_boot-window = $(if $(SAN),ASAN_OPTIONS=detect_leaks=0) tests/boot/window.sh $(boot_args)
SUITE_boot-window-use = $(if $(SAN),ASAN_OPTIONS=detect_leaks=0) tests/boot/window_use.sh $(boot_args)
SUITE_boot-terminal = tests/boot/terminal.sh $(boot_args) $(B)/roms/vgatest/vgatest.elf
SUITE_boot-transcript = tests/boot/transcript.sh compare $(B)
SUITE_boot-cli = tests/boot/cli.sh $(B)/emu386 $(B)/roms/kernel.elf
SUITE_snap = $(B)/tests/snap/snap $(B)/roms/kernel.elf $(B)/roms/initrd.img
SUITE_guest = B=$(B) tests/guest/run.sh emu386
SUITE_guest-rom = B=$(B) tests/guest/run.sh emu386-rom
# Lockstep runs the engine and the reference layer side by side.
SUITE_guest-lockstep = B=$(B) tests/guest/run.sh emu386 --engine lockstep
SUITE_guest-reference = ISA_DIR= B=$(B) tests/guest/run.sh emu386 --engine reference --cpu 486
ISA_SUITES += guest-lockstep
$(foreach m,386 486 pentium,$(eval SUITES += guest-$(m))$(eval SUITE_guest-$(m) = B=$(B) tests/guest/run.sh emu386 --cpu $(m)))
SUITE_guest-qemu = B=$(B) tests/guest/run.sh qemu
SUITE_guest-qemu-rom = B=$(B) tests/guest/run.sh qemu-rom
SUITE_guest-bochs = B=$(B) tests/guest/run.sh bochs
TEST_NEEDS += guest-tests $(B)/tests/snap/snap

LINTS := selftest headers format purity floors size spdx shell runner
lint_suites := $(addprefix lint-,$(LINTS))
$(foreach l,$(LINTS),$(eval SUITE_lint-$(l) = B=$(B) GCC=gcc CLANG=$(CLANG) CLANG_FORMAT=$(CLANG_FORMAT) tests/lint/$(l).sh))

# The engine's handlers in machine code; sanitizers and -O0 have another dispatch.
SUITES += $(if $(SAN),,engine-leaves engine-splice)
SUITE_engine-leaves = B=$(B) tests/engine/leaves.sh
SUITE_engine-splice = B=$(B) tests/engine/splice.sh
SUITES += $(if $(SAN)$(filter-out -O2 -g,$(OPT)),,engine-start)
SUITE_engine-start = B=$(B) tests/engine/start.sh

unit_suites := $(UNIT)
$(foreach u,$(UNIT),$(eval SUITE_$(u) = $(B)/tests/unit/$(u)))

# $(call run_suites,NAMES): writes the table and runs it. (The table is written when the recipe is expanded, so
# its folder must be there before.)
define run_suites
@rm -rf $(B)/isa
@mkdir -p $(B)/isa
@$(shell mkdir -p $(B)/tests)$(file >$(B)/tests/$@.suites)$(foreach s,$(1),$(file >>$(B)/tests/$@.suites,$(s) $(SUITE_$(s))))ISA_DIR=$(B)/isa JOBS=$(JOBS) tests/run.sh $(B)/tests/$@.suites
endef

# Sanitizers put counters into writable sections, so their build is not looked at.
# ONLY picks suites by name, with %: make test ONLY='monitor-% unit-base_%'
all_suites = $(filter $(or $(ONLY),%),$(SUITES) $(unit_suites) $(if $(SAN),,$(lint_suites)) wait isa)

.PHONY: test isa test-unit test-san test-clang lint
test: $$(B)/emu386 guests unit $$(TEST_NEEDS) ## run every test; the last line is the sum
	$(call run_suites,$(all_suites))

isa: $$(B)/emu386 unit $$(TEST_NEEDS) ## print every row of the instruction set and the tests that executed it
	$(call run_suites,$(ISA_SUITES))
	@$(ISA) $(B)/isa/*.txt

# Both layers side by side, on whatever there is to execute: the bare-metal tests on every processor, the
# kernel and its programs, disks, the benchmarks, and random code.
$(foreach m,386 486 pentium,$(eval SUITE_guest-lockstep-$(m) = B=$(B) tests/guest/run.sh emu386 --engine lockstep --cpu $(m)))
SUITE_bench-lockstep = B=$(B) EMU_OPTIONS="--engine lockstep" tests/bench.sh --smoke
LOCKSTEP_SUITES = kernel-lockstep bench-lockstep guest-lockstep guest-lockstep-386 guest-lockstep-486 \
    guest-lockstep-pentium guest-chips-lockstep guest-chips-lockstep-isa disk-lockstep test_cpu_handlers test_cpu_code test_cpu_ports
.PHONY: test-lockstep
test-lockstep: $(B)/emu386 guests unit $$(TEST_NEEDS) ## run both engines side by side over tests, kernel and benchmarks
	$(call run_suites,$(LOCKSTEP_SUITES))

test-unit: unit ## run the unit tests
	$(call run_suites,$(unit_suites))

lint: $$(OBJ_all) ## check structure: floors, purity, headers, format, sizes, licence lines
	$(call run_suites,$(lint_suites))

test-san: ## run every test but lint under AddressSanitizer and UBSan (in build-san)
	$(MAKE) B=build-san CC=gcc OPT="-O1 -g" \
	    SAN="-fsanitize=address,undefined -fno-sanitize-recover=undefined" test

test-clang: ## build everything with clang (in build-clang) and run the unit tests
	$(MAKE) B=build-clang CC=$(CLANG) all test-unit

.PHONY: bench-boot
bench-boot: $$(B)/emu386 guests ## time real boots beside qemu-system-i386
	B=$(B) tests/bench-boot.sh -o $(B)/bench-boot.csv

.PHONY: bench-display
bench-display: $$(B)/emu386 $$(B)/roms/vgatest/vgatest.elf ## measure what the window costs and how soon it is there
	B=$(B) tests/bench-display.sh --check
