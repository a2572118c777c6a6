# SPDX-License-Identifier: MIT
# The decoder against Zydis (libzydis-dev). More random strings: run it with a number.

INSN_ORACLE := $(B)/tests/insn/decode_oracle

$(INSN_ORACLE): $(B)/tests/insn/decode_oracle.o $(OBJ_cpu) $(OBJ_mmu) $(OBJ_base)
	$(CC) $(LDFLAGS) -o $@ $^ -lZydis

SUITES += insn-decode
SUITE_insn-decode = $(INSN_ORACLE)
TEST_NEEDS += $(INSN_ORACLE)
