# SPDX-License-Identifier: MIT
# Sessions of the whole program: scripts of the monitor on a kernel with source lines, and what they
# must say. `make golden-sessions` writes what they say now; read the diff.

RUN_GUEST := $(B)/tests/monitor/guest/run.elf
$(RUN_GUEST): tests/monitor/guest/run.c
	@mkdir -p $(@D)
	@$(say) LD $@
	$(Q)gcc -m32 -march=i686 -O1 -g -fno-pic -fno-stack-protector -fno-omit-frame-pointer -fno-inline \
	    -fno-asynchronous-unwind-tables -ffreestanding -nostdlib -static -no-pie -Wl,--build-id=none \
	    -Wl,-e,start -Wl,-Ttext=0x100100 -Wl,--section-start=.multiboot=0x100000 \
	    -Wl,-z,noexecstack -o $@ $<
TEST_NEEDS += $(RUN_GUEST)

SUITES += monitor-sessions
SUITE_monitor-sessions = tests/monitor/sessions.sh compare $(B)/emu386 $(RUN_GUEST)

.PHONY: golden-sessions
golden-sessions: $(B)/emu386 $(RUN_GUEST) ## write what the monitor's sessions say now
	tests/monitor/sessions.sh golden $(B)/emu386 $(RUN_GUEST)

# What scripts type, and what they wait for.
LINES_GUEST := $(B)/tests/monitor/guest/lines.elf
$(LINES_GUEST): tests/monitor/guest/lines.S
	@mkdir -p $(@D)
	@$(say) LD $@
	$(Q)gcc -m32 -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-e,start -Wl,-Ttext=0x100100 \
	    -Wl,--section-start=.multiboot=0x100000 -Wl,-z,noexecstack -o $@ $<
TEST_NEEDS += $(LINES_GUEST)
SUITES += monitor-wait
SUITE_monitor-wait = tests/monitor/wait.sh $(B)/emu386 $(LINES_GUEST)

# The prompt on a terminal.
SUITES += monitor-prompt
SUITE_monitor-prompt = tests/monitor/prompt.sh $(B)/emu386 $(RUN_GUEST)

# docs/monitor.md is made from the table of commands.
PAGE := $(B)/tests/monitor/page
PAGE_ARGS = docs/monitor.intro.md
$(PAGE): $(B)/tests/monitor/page.o $(OBJ_base) $(OBJ_mmu) $(OBJ_cpu) $(OBJ_devices) $(OBJ_machine) \
         $(OBJ_loader) $(OBJ_monitor)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(MONITOR_LIBS)
TEST_NEEDS += $(PAGE)
SUITES += monitor-page
SUITE_monitor-page = $(PAGE) $(PAGE_ARGS) docs/monitor.md

.PHONY: docs
docs: $(PAGE) ## write docs/monitor.md from the table of the monitor's commands
	$(PAGE) $(PAGE_ARGS) >docs/monitor.md

# Lines that nobody would type.
FUZZ_LINES := $(B)/tests/monitor/fuzz
$(FUZZ_LINES): $(B)/tests/monitor/fuzz.o $(OBJ_base) $(OBJ_mmu) $(OBJ_cpu) $(OBJ_devices) $(OBJ_machine) \
               $(OBJ_loader) $(OBJ_monitor)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(MONITOR_LIBS)
TEST_NEEDS += $(FUZZ_LINES)
SUITES += monitor-fuzz
SUITE_monitor-fuzz = $(FUZZ_LINES) $(RUN_GUEST)
