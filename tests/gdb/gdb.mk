# SPDX-License-Identifier: MIT
# Sessions of gdb with the stub, on the built-in kernel and on small guests; the protocol by itself.

GDB_GUESTS := $(B)/tests/gdb/steps.elf $(B)/tests/gdb/sector.bin

$(B)/tests/gdb/steps.elf: tests/gdb/guest/steps.c
	@mkdir -p $(@D)
	@$(say) CC $@
	$(Q)gcc -m32 -march=i486 -O0 -g -Wall -Wextra -Werror -ffreestanding -fno-pic -fno-pie \
	    -mgeneral-regs-only -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
	    -ffile-prefix-map=$(CURDIR)=. -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-e,start -Wl,-n \
	    -Wl,-Ttext=0x100100 -Wl,--section-start=.multiboot=0x100000 -Wl,-z,noexecstack \
	    -Wl,--no-warn-rwx-segments -o $@ $<

$(B)/tests/gdb/sector.elf: tests/gdb/guest/sector.S
	@mkdir -p $(@D)
	$(Q)gcc -m32 -g -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-Ttext=0x7c00 -Wl,-n \
	    -Wl,-z,noexecstack -o $@ $<

$(B)/tests/gdb/sector.bin: $(B)/tests/gdb/sector.elf
	@$(say) BIN $@
	$(Q)objcopy -O binary -j .text $< $@

GDB_SESSIONS := $(basename $(notdir $(wildcard tests/gdb/*.gdb)))
SUITES += $(GDB_SESSIONS:%=gdb-%)
$(foreach s,$(GDB_SESSIONS),$(eval SUITE_gdb-$(s) = tests/gdb/run.sh $(B) tests/gdb/$(s).gdb))
TEST_NEEDS += $(GDB_GUESTS)

.PHONY: test-gdb
test-gdb: $(B)/emu386 guests $(GDB_GUESTS) ## run the sessions of gdb
	@tests/gdb/run.sh $(B) tests/gdb/*.gdb
