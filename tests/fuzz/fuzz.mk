# SPDX-License-Identifier: MIT
# Hostile input at random: guests that program the chips. A seed gives a run.

FUZZ_BOARD := $(B)/tests/fuzz/board
$(FUZZ_BOARD): $(B)/tests/fuzz/board.o $(OBJ_base) $(OBJ_mmu) $(OBJ_cpu) $(OBJ_devices) $(OBJ_machine)
	@$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

TEST_NEEDS += $(FUZZ_BOARD)
SUITES += fuzz-board
SUITE_fuzz-board = $(FUZZ_BOARD)

.PHONY: fuzz-board
fuzz-board: ## random device programming under ASan and UBSan: N rounds (1000), SEED (1), in build-san
	$(MAKE) B=build-san CC=gcc OPT="-O1 -g" \
	    SAN="-fsanitize=address,undefined -fno-sanitize-recover=undefined" build-san/tests/fuzz/board
	build-san/tests/fuzz/board $(or $(N),1000) $(or $(SEED),1)
