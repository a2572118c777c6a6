#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tour.sh BUILD - `emu386 --tour`: what the kernel and its programs say, and what the emulator's MMU has
# at that moment, must agree: every mapped page lies in an area of /proc/self/maps that allows what the
# page allows, the number of pages is the number of frames that the kernel counts, and each frame that
# pagemap named is the one that the page tables, the TLB and rmap have.

set -u
build=${1:?usage: tour.sh BUILD}
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"

tour() { # tour OPTIONS...: the text to $scratch/tour
    XDG_CONFIG_HOME=/dev/null/none timeout 200 "$build/emu386" --tour "$@" </dev/null \
        >"$scratch/raw" 2>"$scratch/err"
    local status=$?
    tr -d '\r' <"$scratch/raw" >"$scratch/tour"
    return $status
}

chapter() { # chapter NAME: its text to $scratch/chapter
    awk -v name="=== $1:" '/^===/ { on = index($0, name) == 1 } on' "$scratch/tour" >"$scratch/chapter"
    [ -s "$scratch/chapter" ]
    check $? "there is a chapter $1"
}

# The pages of the MMU, from the first table of `maps` in the chapter: START END RIGHTS.
mmu_pages() {
    awk '/^--> / { outside = 1 }
         outside && /^[0-9a-f]+-[0-9a-f]+ .* user r/ {
             match($0, /user r[w-]/)
             print substr($1, 1, 8), substr($1, 10, 8), substr($0, RSTART + 5, 2)
         }
         / of it for user code/ { exit }' "$scratch/chapter"
}

# Both sides of a number: say WHAT KERNEL MMU
same() {
    [ -n "$2" ] && [ "$2" = "$3" ]
    check $? "$1: the kernel has ${2:-nothing}, the MMU ${3:-nothing}"
}

layout_agrees() {
    local start end rights low high allowed inside
    chapter layout
    grep -E '^  \| [0-9a-f]{8}-' "$scratch/chapter" | sed -E 's/^  \| (.{8})-(.{8}) (....).*/\1 \2 \3/' \
        >"$scratch/areas"
    mmu_pages >"$scratch/pages"
    [ "$(wc -l <"$scratch/areas")" -ge 8 ] && [ "$(wc -l <"$scratch/pages")" -ge 4 ]
    check $? "layout: areas and pages to compare"
    # One page at a time: -s joins what follows each other across areas.
    while read -r start end rights; do
        for ((page = 0x$start; page < 0x$end; page += 4096)); do
            inside=1
            while read -r low high allowed; do
                if [ $page -ge $((0x$low)) ] && [ $page -lt $((0x$high)) ]; then
                    [ "$rights" = r- ] || [[ $allowed == ?w* ]]
                    inside=$?
                fi
            done <"$scratch/areas"
            check $inside "$(printf 'layout: page %08x (%s) is in an area that allows it' $page "$rights")"
        done
    done <"$scratch/pages"
    grep -A 4 '^00000000, page directory' "$scratch/chapter" | grep -q 'not mapped'
    check $? "layout: nothing at 0"
    grep -A 4 '^c0100000 ' "$scratch/chapter" | grep -q 'physical 00100000 .*supervisor'
    check $? "layout: the kernel belongs to the supervisor"
}

demand_agrees() {
    local frames kib
    chapter demand
    frames=$(sed -nE '/^\.bss, /s/.* ([0-9]+) in all/\1/p' "$scratch/chapter" | head -n 1)
    kib=$(sed -nE 's/.* ([0-9]+)K of it for user code/\1/p' "$scratch/chapter" | head -n 1)
    same "demand: frames" "$frames" $((${kib:-0} / 4))
    # Every 16th page: the writable ones are at least that many, most of them with neighbours absent.
    [ "$(mmu_pages | grep -c ' rw$')" -ge 16 ]
    check $? "demand: one page for each that was touched"
}

# The frame in the last `page ADDRESS` of what is read.
mmu_frame() { # mmu_frame ADDRESS
    awk -v at="$1, page directory" 'index($0, at) == 1 { on = 1 }
        on && /^  physical / { frame = substr($2, 1, 5); on = 0 }
        END { print frame }'
}

# Up to the Nth stop of the chapter, with what the MMU showed there.
until_stop() { # until_stop N
    awk -v n="$1" '/^--> / { if (!inside) stops++; inside = 1 } /^  \[/ { inside = 0 }
        stops <= n' "$scratch/chapter"
}

cow_agrees() {
    local parent child text
    chapter cow
    text=$(until_stop 1)
    child=$(sed -nE 's/^after fork.*child has frame 0x([0-9a-f]+)$/\1/p' <<<"$text")
    same "cow: the child's frame after fork()" "$child" "$(mmu_frame 60000000 <<<"$text")"
    grep -q '^  60000000  user r-  cr3 [0-9a-f]* (child) (current), [0-9a-f]*$' <<<"$text"
    check $? "cow: the frame is in two address spaces, read-only"
    text=$(until_stop 2)
    child=$(sed -nE 's/^the child writes.*child has frame 0x([0-9a-f]+)$/\1/p' <<<"$text")
    parent=$(sed -nE 's/^the child writes.*parent has frame 0x([0-9a-f]+),.*/\1/p' <<<"$text")
    same "cow: the child's frame after its write" "$child" "$(mmu_frame 60000000 <<<"$text")"
    same "cow: the parent's frame, by rmap" "$parent" \
        "$(awk '/^physical / { frame = substr($2, 1, 5) } /^  60000000  user r-/ { last = frame }
               END { print last }' <<<"$text")"
    text=$(until_stop 3)
    parent=$(sed -nE 's/^the parent writes: it has frame 0x([0-9a-f]+)$/\1/p' <<<"$text")
    same "cow: the parent's frame after its write" "$parent" "$(mmu_frame 60000000 <<<"$text")"
}

shm_agrees() {
    local frame text
    chapter shm
    text=$(until_stop 1)
    frame=$(sed -nE 's/^  child:  50000000 is frame 0x([0-9a-f]+)$/\1/p' <<<"$text")
    same "shm: the child's frame" "$frame" "$(mmu_frame 50000000 <<<"$text")"
    text=$(until_stop 2)
    frame=$(sed -nE 's/^  parent: 50000000 is frame 0x([0-9a-f]+)$/\1/p' <<<"$text")
    same "shm: the parent's frame" "$frame" "$(mmu_frame 50000000 <<<"$text")"
    same "shm: the same at 51000000" "$frame" "$(mmu_frame 51000000 <<<"$text")"
    grep -q '^  51000000  user r-' <<<"$text"
    check $? "shm: rmap finds it there, read-only"
}

swapper_agrees() {
    local counts kib
    chapter swapper
    counts=$(sed -nE 's/.*pagemap: ([0-9]+) of ([0-9]+) pages are in the swap.*/\2 - \1/p' \
        "$scratch/chapter")
    kib=$(sed -nE 's/.* ([0-9]+)K of it for user code/\1/p' "$scratch/chapter" | head -n 1)
    same "swapper: pages that are present" "$((${counts:-0}))" $((${kib:-0} / 4))
    grep -A 3 '^60000000, page directory' "$scratch/chapter" | grep -q 'not present'
    check $? "swapper: the first page is out"
}

tour
check $? "the tour ends well"
grep -q '^The end of the tour' "$scratch/tour"
check $? "it comes to its end"
! grep -q 'WRONG' "$scratch/tour"
check $? "the programs find everything as expected"
layout_agrees
demand_agrees
cow_agrees
shm_agrees
swapper_agrees

# The same with another engine, another TLB and the oldest processor.
cp "$scratch/tour" "$scratch/first"
tour --cpu 386 --tlb 386
check $? "the tour on a 386"
diff <(grep -v '^  TLB' "$scratch/first") <(grep -v '^  TLB' "$scratch/tour") >"$scratch/diff"
check $? "the same tour on a 386: $(head -n 4 "$scratch/diff")"
"$build/emu386" --tour kernel.elf >/dev/null 2>"$scratch/err"
[ $? -eq 2 ] && grep -q 'built-in kernel' "$scratch/err"
check $? "--tour with an image is refused"
summary
