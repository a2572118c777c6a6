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
