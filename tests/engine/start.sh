#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# start.sh - what a run costs before and besides the guest: the host instructions of a whole run of an
# empty guest (start, wiring, loading, end), the libraries that are linked, and the memory of the process
# over that of the guest after benchmarks that fill every table there is.
#
#     B=build tests/engine/start.sh
. "$(dirname "$0")/../lint/lib.sh"

B=${B:-build}
elf=$B/roms/bench/bench.elf
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

bench=() # the command of a run: begin TEST MEMORY
begin() {
    bench=("$B/emu386" -m "$2" --display none --pace none --serial none -a "bench=$1 n=1" "$elf")
}

# A library that brings a desktop along is loaded by who wants a window (ui/late.h).
case $(uname -m) in
x86_64)
    wide=$(objdump -p "$B/emu386" | grep -c 'NEEDED.*\(SDL\|vnc\|slirp\)')
    if [ "$wide" -eq 0 ]; then pass; else fail "$wide libraries are linked that few runs want"; fi
    ;;
esac

# 25 million take a processor of today less than ten milliseconds.
begin empty 64M
refs=$(valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "${bench[@]}" 2>&1 >/dev/null |
    sed -n 's/.*I *refs: *//p' | tr -d ,)
if [ "${refs:-999999999}" -lt 25000000 ]; then pass; else fail "an empty run takes ${refs:-no} host instructions"; fi

# Of the guest's memory only what it touches counts, at most all of it.
for test in sort fault cr3_64 interp codedata; do
    begin "$test" 64M
    timeout 120 /usr/bin/time -o "$tmp/rss" -f %M "${bench[@]}" >/dev/null 2>&1 </dev/null
    rss=$(tail -n 1 "$tmp/rss")
    if [ "${rss:-999999}" -le $((128 * 1024)) ]; then pass; else fail "$test: ${rss:-no} KiB for a guest of 64 MiB"; fi
done
begin empty 3G
timeout 120 /usr/bin/time -o "$tmp/rss" -f %M "${bench[@]}" >/dev/null 2>&1 </dev/null
rss=$(tail -n 1 "$tmp/rss")
if [ "${rss:-999999}" -le $((64 * 1024)) ]; then pass; else fail "${rss:-no} KiB for a guest of 3 GiB that touches nothing"; fi
finish
