# SPDX-License-Identifier: MIT
# The benchmark guest: $(B)/roms/bench/bench.elf, one multiboot ELF with every test in it.

BENCH_CC ?= gcc
BENCH_FLAGS := -m32 -march=i386 -O2 -std=gnu11 -ffreestanding -fno-pic -fno-pie -fno-builtin \
               -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
               -fno-tree-loop-distribute-patterns -mno-sse -mno-mmx -mno-80387 -g \
               -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror \
               -Wno-array-bounds
BENCH_OBJS := $(addprefix $(B)/roms/bench/,start.o main.o compute.o memory.o system.o strings.o \
              repsizes.o float.o)

$(B)/roms/bench/%.o: roms/bench/%.c roms/bench/bench.h
	@mkdir -p $(@D)
	$(BENCH_CC) $(BENCH_FLAGS) -c -o $@ $<

$(B)/roms/bench/float.o: BENCH_FLAGS := $(filter-out -mno-80387,$(BENCH_FLAGS)) -mfpmath=387

$(B)/roms/bench/%.o: roms/bench/%.S
	@mkdir -p $(@D)
	$(BENCH_CC) -m32 -g -c -o $@ $<

$(B)/roms/bench/bench.elf: $(BENCH_OBJS) roms/bench/bench.ld
	$(BENCH_CC) -m32 -nostdlib -static -no-pie -Wl,--build-id=none -Wl,--no-warn-rwx-segments \
	    -T roms/bench/bench.ld -o $@ $(BENCH_OBJS)

.PHONY: bench-guest
bench-guest: $(B)/roms/bench/bench.elf ## build the benchmark guest (roms/bench)

.PHONY: bench
bench: $(B)/emu386 $(B)/roms/bench/bench.elf ## measure emu386 beside QEMU and Bochs where they are installed
	@B=$(B) tests/bench.sh -o $(B)/bench.csv

.PHONY: bench-sizes
bench-sizes: $(B)/emu386 $(B)/roms/bench/bench.elf ## measure REP by instruction, width and size, as `make bench` does
	@B=$(B) tests/bench.sh --sizes -n 4 -k 3 -o $(B)/bench-sizes.csv

.PHONY: bench-count
bench-count: $(B)/emu386 $(B)/roms/bench/bench.elf ## host instructions for a guest instruction, exactly
	@B=$(B) CC=$(CC) tests/bench.sh --count

# Counts are those of the optimisation that is the default.
SUITES += bench $(if $(SAN)$(filter-out -O2 -g,$(OPT)),,bench-count)
SUITE_bench = B=$(B) tests/bench.sh --smoke
SUITE_bench-count = B=$(B) CC=$(CC) tests/bench.sh --count
TEST_NEEDS += $(B)/roms/bench/bench.elf
