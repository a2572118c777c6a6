# SPDX-License-Identifier: MIT
# Every command that looks, at several moments of a boot: nothing changes, JSON is JSON.

$(B)/tests/monitor/look: $(B)/tests/monitor/look.o $(OBJ_base) $(OBJ_mmu) $(OBJ_cpu) $(OBJ_devices) \
                         $(OBJ_machine) $(OBJ_loader) $(OBJ_monitor)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(MONITOR_LIBS)

SUITES += monitor-look
SUITE_monitor-look = $(B)/tests/monitor/look $(B)/roms/kernel.elf $(B)/roms/initrd.img
TEST_NEEDS += $(B)/tests/monitor/look

# Kernels that do one thing after the other, some of them mistakes.
LOOK_GUESTS := $(patsubst %,$(B)/tests/monitor/guest/%.elf,look pae frames apic)
$(LOOK_GUESTS): $(B)/tests/monitor/guest/%.elf: tests/monitor/guest/%.S
	@mkdir -p $(@D)
	@$(say) AS $@
	$(Q)gcc -m32 -g -nostdlib -static -no-pie -ffile-prefix-map=$(CURDIR)=. -Wl,--build-id=none -Wl,-e,start -Wl,-Ttext=0x100100 \
	    -Wl,--section-start=.multiboot=0x100000 -Wl,-Tdata=0x120000 -Wl,-Tbss=0x130000 \
	    -Wl,-z,noexecstack -o $@ $<
TEST_NEEDS += $(LOOK_GUESTS)

# Sessions with what they must say.
TRANSCRIPT := $(B)/tests/monitor/transcript
$(TRANSCRIPT): $(B)/tests/monitor/transcript.o $(OBJ_base) $(OBJ_mmu) $(OBJ_cpu) $(OBJ_devices) \
               $(OBJ_machine) $(OBJ_loader) $(OBJ_monitor)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(MONITOR_LIBS)
TEST_NEEDS += $(TRANSCRIPT)

# Which transcript on which guest.
transcripts = look:look pae:pae finite:look frames:frames
transcript_args = $(B)/tests/monitor/guest/$(word 2,$(subst :, ,$(1))).elf tests/monitor/$(word 1,$(subst :, ,$(1))).txt
$(foreach t,$(transcripts),$(eval SUITES += monitor-$(word 1,$(subst :, ,$(t)))-transcript)$(eval SUITE_monitor-$(word 1,$(subst :, ,$(t)))-transcript = $(TRANSCRIPT) $(call transcript_args,$(t))))

.PHONY: golden-monitor
golden-monitor: $(TRANSCRIPT) $(LOOK_GUESTS) ## write what the monitor says now into tests/monitor/*.txt
	$(foreach t,$(transcripts),$(TRANSCRIPT) --golden $(call transcript_args,$(t)) &&) true

# What the built-in kernel does, step by step.
SUITES += monitor-builtin
SUITE_monitor-builtin = tests/monitor/builtin.sh $(B)

# The schema of the answers in JSON.
KEYS := $(B)/tests/monitor/keys
$(KEYS): $(KEYS).o
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^
TEST_NEEDS += $(KEYS)
SUITES += monitor-json
SUITE_monitor-json = tests/monitor/keys.sh compare $(B)

.PHONY: docs-json
docs-json: $(B)/emu386 $(KEYS) $(LOOK_GUESTS) $$(CRASH_ELFS) ## write docs/monitor-json.md from what the monitor says
	tests/monitor/keys.sh write $(B)
