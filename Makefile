# SPDX-License-Identifier: MIT
# emu386: `make` builds the emulator and its guest images, `make help` lists the rest.

B ?= build
ifeq ($(origin CC),default) # make's own default is cc
CC := gcc
endif
CLANG ?= clang
PKG_CONFIG ?= pkg-config
CLANG_FORMAT ?= clang-format
SAN ?=
OPT ?= -O2 -g

WARN := -std=gnu11 -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wmissing-prototypes \
        -Wstrict-prototypes -Wundef -Wvla -Wpointer-arith -Wwrite-strings -Wno-unused-parameter -Werror
IS_CLANG := $(findstring clang,$(shell $(CC) --version))
WARN += $(if $(IS_CLANG),-Winitializer-overrides,-Woverride-init)

# Libraries that only some runs want are loaded by those (ui/late.h), where that is known how.
LATE := $(filter x86_64-%,$(shell $(CC) -dumpmachine))
UI_CFLAGS := $(if $(LATE),-DLATE) $(shell $(PKG_CONFIG) --cflags sdl2 libpng ncursesw libvncserver slirp 2>/dev/null)
UI_LIBS := $(shell $(PKG_CONFIG) --libs libpng ncursesw $(if $(LATE),,sdl2 libvncserver slirp) 2>/dev/null)
MONITOR_LIBS := $(shell $(PKG_CONFIG) --libs libdw libelf readline 2>/dev/null)

CFLAGS = $(WARN) $(OPT) $(SAN) $(PROFILE) -I. -I$(B)/gen -MMD -MP
LDFLAGS = $(SAN) $(PROFILE)

# Commands are shown with V=1.
Q := $(if $(V),,@)
say := $(if $(V),:,printf '  %-4s %s\n')

# The floors, bottom to top. A unit test links the floors up to its own.
FLOORS := base mmu cpu devices machine loader monitor ui
src = $(sort $(wildcard $(1)/*.c $(1)/engine/*.c $(1)/gdb/*.c))
obj = $(patsubst %.c,$(B)/%.o,$(call src,$(1)))
OBJ_base := $(call obj,base)
OBJ_mmu := $(call obj,mmu)
OBJ_cpu := $(call obj,cpu)
OBJ_devices := $(call obj,devices)
OBJ_machine := $(call obj,machine)
OBJ_loader := $(call obj,loader)
OBJ_monitor := $(call obj,monitor)
OBJ_ui := $(call obj,ui)
OBJ_all := $(foreach f,$(FLOORS),$(OBJ_$(f)))

.PHONY: all
all: $(B)/emu386 guests ## build ./emu386 and its guests (the default)

# `make` leaves the program where one looks for it; other build directories keep theirs.
ifeq ($(B),build)
all: emu386
emu386: $(B)/emu386
	$(Q)cp -f $< $@
endif

# The top floor. The built-in kernel is assembled into the program.
OBJ_options := $(patsubst %.c,$(B)/%.o,$(sort $(wildcard options*.c)))
OBJ_top := $(B)/main.o $(B)/media.o $(B)/ports.o $(B)/roms.o $(B)/debuggers.o $(B)/tour.o $(OBJ_options) $(B)/builtin.o
BUILTIN_KERNEL := $(B)/roms/kernel.elf
BUILTIN_INITRD := $(B)/roms/initrd.img
BUILTIN_TOUR := roms/tour.txt
BUILTIN_BIOS := $(B)/roms/bios.bin

$(B)/emu386: $(OBJ_top) $(OBJ_all)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(UI_LIBS) $(MONITOR_LIBS)

late_callers := $(filter-out $(B)/ui/late.o,$(OBJ_ui))
$(B)/gen/ui/late_names.h: $(late_callers)
	@mkdir -p $(@D)
	$(Q)nm -u $^ | sed -n 's/^ *U \(SDL_.*\)$$/SDL(\1)/p; s/^ *U \(rfb.*\)$$/VNC(\1)/p; s/^ *U \(slirp_.*\)$$/SLIRP(\1)/p' | \
	    sort -u >$@
$(B)/ui/late.o: $(if $(LATE),$(B)/gen/ui/late_names.h)

$(B)/ui/%.o: ui/%.c
	@mkdir -p $(@D)
	@$(say) CC $<
	$(Q)$(CC) $(CFLAGS) $(UI_CFLAGS) -c -o $@ $<

# gcc keeps the cold paths of handlers from taking registers only if it does not know they are cold.
ENGINE_CFLAGS := $(if $(IS_CLANG),,-fno-guess-branch-probability -flive-range-shrinkage)
# Two words of the trail are two stores: put together in a vector register first they cost 4 % of a boot.
HANDLER_CFLAGS := -fno-tree-slp-vectorize
$(B)/cpu/engine/h_%.o $(B)/cpu/engine/generic.o $(B)/gen/cpu/engine/h_%.o: PROFILE :=
$(B)/cpu/engine/%.o: CFLAGS += $(ENGINE_CFLAGS)
$(B)/cpu/engine/h_%.o: CFLAGS += $(HANDLER_CFLAGS)

# How handlers are copied (cpu/engine/splice.c) is seen in the machine code of the same source, compiled for it.
ifneq ($(filter x86_64-%,$(shell $(CC) -dumpmachine)),)
handler_objects := $(patsubst %.c,$(B)/%.o,$(wildcard cpu/engine/h_*.c))
copied_objects := $(handler_objects:$(B)/%=$(B)/gen/%)
$(copied_objects): CFLAGS += $(ENGINE_CFLAGS) $(HANDLER_CFLAGS) -g0 -fno-pic $(if $(IS_CLANG),,-fno-ipa-icf) -DFOR_COPIES
$(copied_objects): $(B)/gen/%.o: %.c
	@mkdir -p $(@D)
	@$(say) CC $< for copies
	$(Q)$(CC) $(CFLAGS) -c -o $@ $<

pieces := $(addprefix cpu/engine/,pieces.sh pieces.awk layout.awk)
$(B)/gen/cpu/engine/pieces.inc: $(pieces) $(handler_objects) $(copied_objects)
	@mkdir -p $(@D)
	$(Q)$< $(B)/gen/cpu/engine $(handler_objects) >$@.tmp
	@mv $@.tmp $@
$(B)/cpu/engine/splice.o: $(B)/gen/cpu/engine/pieces.inc
endif

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@$(say) CC $<
	$(Q)$(CC) $(CFLAGS) -c -o $@ $<

$(B)/builtin.o: builtin.S $(BUILTIN_KERNEL) $(BUILTIN_INITRD) $(BUILTIN_TOUR) $(BUILTIN_BIOS)
	@mkdir -p $(@D)
	@$(say) AS $<
	$(Q)$(CC) -DBUILTIN_KERNEL='"$(BUILTIN_KERNEL)"' -DBUILTIN_INITRD='"$(BUILTIN_INITRD)"' \
	    -DBUILTIN_TOUR='"$(BUILTIN_TOUR)"' -DBUILTIN_BIOS='"$(BUILTIN_BIOS)"' -c -o $@ $<

# The built-in font is drawn in a text file; this makes the table that vga_font.c includes.
$(B)/gen/devices/vga_font.inc: devices/vga_font.txt devices/vga_font.awk
	@mkdir -p $(@D)
	$(Q)awk -f devices/vga_font.awk devices/vga_font.txt >$@.tmp
	@mv $@.tmp $@

$(B)/devices/vga_font.o: $(B)/gen/devices/vga_font.inc

# Unit tests: tests/unit/test_FLOOR_WHAT.c links its floor and the ones below it.
UNIT := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
BELOW_base := base
BELOW_mmu := base mmu
BELOW_cpu := base mmu cpu
BELOW_devices := base mmu devices
BELOW_machine := base mmu cpu devices machine
BELOW_loader := base mmu cpu devices machine loader
BELOW_monitor := base mmu cpu devices machine monitor
BELOW_ui := base mmu cpu devices machine ui
BELOW_top := base options
floor_of = $(word 2,$(subst _, ,$(1)))
objs_below = $(foreach f,$(BELOW_$(call floor_of,$(1))),$(OBJ_$(f)))

.SECONDEXPANSION:
$(B)/tests/unit/test_%: $(B)/tests/unit/test_%.o $$(call objs_below,test_$$*)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(if $(filter ui_%,$*),$(UI_LIBS)) $(if $(filter monitor_%,$*),$(MONITOR_LIBS))

.PRECIOUS: $(B)/tests/unit/%.o
.PHONY: unit
unit: $(addprefix $(B)/tests/unit/,$(UNIT)) ## build the unit tests

-include $(wildcard roms/rules.mk)
-include $(wildcard tests/rules.mk)
-include roms/cputest/cputest.mk
-include roms/nettest/nettest.mk
-include roms/chiptest/chiptest.mk
-include tests/insn/insn.mk
-include tests/snap/snap.mk
-include tests/diff/diff.mk
-include tests/mmu/mmu.mk
-include tests/kernel/kernel.mk
-include tests/gdb/gdb.mk
-include tests/disk/disk.mk
-include tests/fuzz/fuzz.mk
-include $(wildcard tests/monitor/*.mk)
-include roms/bench/bench.mk
-include roms/vgatest/vgatest.mk
-include tests/vga/vga.mk
-include tests/real/real.mk
-include tests/boot/multiboot2.mk
-include tests/boot/linux16.mk

.PHONY: guests
guests: ## build the kernel, its programs and the other images in roms/

# Twice with gcc: first to count what the benchmarks do, then with what was counted.
.PHONY: pgo
pgo: ## build with profile-guided optimisation, into build-pgo
	$(MAKE) B=build-pgo CC=gcc PROFILE="-fprofile-generate -fprofile-update=single" build-pgo/emu386 bench-guest
	B=build-pgo tests/bench.sh --smoke
	find build-pgo -name '*.o' ! -path '*/roms/*' -delete
	$(MAKE) B=build-pgo CC=gcc PROFILE="-fprofile-use -fprofile-partial-training -Wno-missing-profile" build-pgo/emu386

.PHONY: dsdt
dsdt: ## compile machine/acpi_dsdt.asl again (iasl)
	tests/acpi/dsdt.sh write

.PHONY: format
format: ## rewrite every C file as .clang-format says
	$(CLANG_FORMAT) -i $$(git ls-files '*.c' '*.h')

.PHONY: clean
clean: ## remove everything that was built
	rm -rf build build-*

PREFIX ?= /usr/local
.PHONY: install
install: all $(B)/emu386.bash $(B)/_emu386 ## install program, man page, completion, icon: DESTDIR, PREFIX (/usr/local)
	install -D -m 755 $(B)/emu386 $(DESTDIR)$(PREFIX)/bin/emu386
	install -D -m 644 docs/emu386.1 $(DESTDIR)$(PREFIX)/share/man/man1/emu386.1
	install -D -m 644 $(B)/emu386.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/emu386
	install -D -m 644 $(B)/_emu386 $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_emu386
	install -D -m 644 ui/share/emu386.desktop $(DESTDIR)$(PREFIX)/share/applications/emu386.desktop
	install -D -m 644 ui/share/emu386.svg $(DESTDIR)$(PREFIX)/share/icons/hicolor/scalable/apps/emu386.svg

# Shell completion is made from the program's own list of options.
$(B)/emu386.bash $(B)/_emu386: $(B)/emu386 ui/share/completion.awk
	$(Q)for t in '' options running; do $(B)/emu386 --help $$t; done | awk -f ui/share/completion.awk -v shell=$(if $(filter %.bash,$@),bash,zsh) >$@.tmp
	@mv $@.tmp $@

.PHONY: deb
deb: ## build the Debian package in $(B)/deb, from what is committed
	rm -rf $(B)/deb
	mkdir -p $(B)/deb/emu386
	git archive HEAD | tar -x -C $(B)/deb/emu386
	cd $(B)/deb/emu386 && dpkg-buildpackage -b -us -uc

.PHONY: help
help: ## list the targets and the variables
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(filter %akefile %.mk,$(MAKEFILE_LIST))
	@echo
	@echo '  B=DIR         where to build (build)      CC=gcc|clang   the compiler (gcc)'
	@echo '  OPT=FLAGS     optimisation (-O2 -g)       SAN=FLAGS      sanitizers, with another B'
	@echo '  JOBS=N        suites that run at a time'
	@echo '  ONLY=PATTERNS for test: suites by name, with %: ONLY="monitor-% snap"'

# Not below real/: there a whole Debian may be unpacked, with folders of that name.
-include $(shell find $(B) -path $(B)/real -prune -o -name '*.d' -print 2>/dev/null)
