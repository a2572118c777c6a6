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

# Hostile bytes: the suite replays the corpus and mutations of it; `make fuzz-gdb` searches for more.
GDB_CORPUS := $(wildcard tests/gdb/corpus/*)
GDB_FUZZ := $(B)/tests/gdb/fuzz
$(GDB_FUZZ): $(B)/tests/gdb/fuzz.o $(foreach f,base mmu cpu devices machine monitor,$(OBJ_$(f)))
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(MONITOR_LIBS)

SUITES += gdb-fuzz
SUITE_gdb-fuzz = $(GDB_FUZZ) 150 $(GDB_CORPUS)
TEST_NEEDS += $(GDB_FUZZ)

T ?= 60
.PHONY: fuzz-gdb
fuzz-gdb: ## fuzz the gdb stub for T seconds (60) with libFuzzer, ASan and UBSan (in build-fuzz)
	@mkdir -p build-fuzz/corpus-gdb
	$(MAKE) B=build-fuzz CC=$(CLANG) OPT="-O1 -g" SAN="-fsanitize=fuzzer-no-link,address,undefined" \
	    $(foreach f,base mmu cpu devices machine monitor,$(patsubst $(B)/%,build-fuzz/%,$(OBJ_$(f))))
	$(CLANG) -std=gnu11 -DFUZZER -I. -O1 -g -fsanitize=fuzzer,address,undefined -o build-fuzz/fuzz-gdb \
	    tests/gdb/fuzz.c $(foreach f,base mmu cpu devices machine monitor,$(patsubst $(B)/%,build-fuzz/%,$(OBJ_$(f)))) \
	    $(MONITOR_LIBS)
	build-fuzz/fuzz-gdb -max_total_time=$(T) -max_len=4096 build-fuzz/corpus-gdb tests/gdb/corpus

SUITES += gdb-clients
SUITE_gdb-clients = tests/gdb/clients.sh $(B)
