# SPDX-License-Identifier: MIT
# The decoder against Zydis (libzydis-dev). More random strings: run it with a number.

INSN_ORACLE := $(B)/tests/insn/decode_oracle

$(INSN_ORACLE): $(B)/tests/insn/decode_oracle.o $(OBJ_cpu) $(OBJ_mmu) $(OBJ_base)
	$(CC) $(LDFLAGS) -o $@ $^ -lZydis

SUITES += insn-decode
SUITE_insn-decode = $(INSN_ORACLE)
TEST_NEEDS += $(INSN_ORACLE)

# The instruction set against vectors captured from a processor (sst286.md).
SST286 := $(B)/tests/insn/sst286

$(SST286): $(SST286).o $(SST286)_rig.o $(SST286)_rules.o $(OBJ_cpu) $(OBJ_mmu) $(OBJ_base)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

$(B)/tests/insn/%.txt: tests/insn/%.txt.gz
	@mkdir -p $(@D)
	$(Q)gzip -dc $< >$@.tmp
	@mv $@.tmp $@

SUITES += insn-sst286
SUITE_insn-sst286 = $(SST286) -c $(B)/tests/insn/sst286-dev.txt tests/insn/sst286-exclusions.txt
TEST_NEEDS += $(SST286) $(B)/tests/insn/sst286-dev.txt
ISA_SUITES += insn-sst286

# The coverage page. Suites in ISA_SUITES leave recordings in $(B)/isa: see tests/isa.h.
ISA := $(B)/tests/insn/isa

$(ISA): $(ISA).o $(OBJ_cpu) $(OBJ_mmu) $(OBJ_base)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

# It comes after the others: see all_suites.
SUITE_isa = $(ISA) --check tests/insn/isa-unexecuted.txt $(B)/isa/*.txt
TEST_NEEDS += $(ISA)
ISA_SUITES += test_cpu_handlers test_cpu_model
