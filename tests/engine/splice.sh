#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# splice.sh - copies of handlers (cpu/engine/splice.c): nearly all of them can be copied, and are free to let the
# record's register lag; registers are filled in; the memory of the copies is never both written and executed under
# one address, and a run without it ends the same.
#
#     B=build tests/engine/splice.sh
. "$(dirname "$0")/../lint/lib.sh"

B=${B:-build}
elf=$B/roms/bench/bench.elf
table=$B/gen/cpu/engine/pieces.inc
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

if [ "$(uname -m)" != x86_64 ]; then
    pass # handlers are not copied here
    finish
fi

handlers=$(nm "$B"/cpu/engine/h_*.o | grep -c ' t ')
pieces=$(grep -c '/\*' "$table")
if [ "$pieces" -gt $((handlers * 8 / 10)) ]; then
    pass
else
    fail "only $pieces of $handlers handlers can be copied: what has become of their code?"
fi

# P_EXACT is the sixth number of a row: for returns and indirect jumps, which end a block anyway.
exact=$(awk '/\/\*/ && $6 + 0' "$table" | wc -l)
if [ "$exact" -lt 150 ]; then pass; else fail "$exact handlers are copied with the record's register as it is"; fi
for field in a b i.base i.index i.rm to after; do
    if grep -q "offsetof(struct rec, $field)" "$table"; then pass; else fail "$field is not filled in anywhere"; fi
done

# While a guest runs, the memory is there twice.
"$B/emu386" --display none --pace none --serial none -m 64M -a 'bench=crc32 n=100' "$elf" >/dev/null 2>&1 </dev/null &
guest=$!
maps=''
for _ in $(seq 100); do
    maps=$(grep -s emu386-handlers "/proc/$guest/maps") && [ "$(wc -l <<<"$maps")" -ge 2 ] && break
    sleep 0.02
done
kill "$guest" && wait "$guest" 2>/dev/null
rights=$(awk '{ print $2 }' <<<"$maps" | sort | tr '\n' ' ')
if [ "$rights" = 'r-xs rw-s ' ]; then pass; else fail "the memory of the copies is mapped '$rights'"; fi

# Where files may not grow, there is none of it; nothing else changes.
summary() {
    "$B/emu386" --display none --pace none --serial none --exit-on-halt -m 64M -a "bench=$1 n=1" \
        --trace summary "$elf" 2>&1 </dev/null
}
state() { grep -E '^(instructions|state hash)' <<<"$1"; }
copied() { sed -n 's/^engine: .*copied \([0-9]*\),.*/\1/p' <<<"$1"; }
for test in sort smc codedata fault; do
    with=$(summary "$test") without=$(ulimit -f 0 && summary "$test")
    if [ -n "$(state "$with")" ] && [ "$(state "$with")" = "$(state "$without")" ]; then
        pass
    else
        fail "$test: $with; without copies: $without"
    fi
    if [ "$(copied "$with")" -gt 2 ] && [ "$(copied "$without")" -eq 0 ]; then
        pass
    else
        fail "$test: $(copied "$with") blocks copied, without $(copied "$without")"
    fi
done
finish
