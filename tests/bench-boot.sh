#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# bench-boot.sh - real boots, timed from outside beside qemu-system-i386: from the start of the process
# to lines that the guest writes to its serial port. The emulators take turns.
#
#   tests/bench-boot.sh [-k RUNS] [-o FILE.csv] [GUEST...]
#
#   kernel     the built-in kernel, from 64 MiB and nothing to its greeting
#   debian     Debian 12's kernel (i386, flavour 686) and busybox to a shell; the packages are those of
#              tests/real (fetch.sh), the initial RAM disk is made here
#   debianpae  the same with flavour 686-pae: three levels of page tables
#
# For every line: the least and the median of the seconds here and there, and QEMU's least as a multiple of
# emu386's: above 1 emu386 is faster. The load of the machine is printed with it: on a busy one only ratios
# mean anything, and those little. The CSV has every run. Without QEMU there is only one side.
# Environment: B (build directory), EMU386, QEMU.

# shellcheck disable=SC1091,SC2154 # lib.sh sets name, scratch, unpacked, emu386
set -u
runs=3 csv='' guests_wanted=()
while [ $# -gt 0 ]; do
    case $1 in
    -k) runs=${2:?} && shift ;;
    -o) csv=${2:?} && shift ;;
    -*) sed -n '3,12s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) guests_wanted+=("$1") ;;
    esac
    shift
done
[ ${#guests_wanted[@]} -gt 0 ] || guests_wanted=(kernel debian debianpae)

set -- "${B:-build}"
. "$(dirname "$0")/real/lib.sh"
EMU386=${EMU386:-$emu386}
QEMU=${QEMU:-qemu-system-i386}
emulators=(emu386)
command -v "$QEMU" >/dev/null && emulators+=(qemu)

# What a guest is: the lines that are waited for, in their order, and the options of both.
guest_kernel() {
    marks=('emu386 demo kernel' 'Type help')
    ours=(-m 64M)
    theirs=(-m 64 -kernel "$build/roms/kernel.elf" -initrd "$build/roms/initrd.img")
}

debian_flavour() { # debian_flavour NAME: the kernel linux-image-NAME
    local kernel
    tools cpio gzip
    packages "linux-image-$1" busybox-static
    unpack "linux-image-$1" 'boot/vmlinuz-*'
    kernel=$unpacked
    unpack busybox-static bin/busybox
    busybox_initrd "$unpacked" "$scratch/initrd.gz"
    marks=('Linux version' 'Freeing initrd memory' 'Run /init' 'GUEST-SHELL-READY')
    ours=(--cpu ppro -m 128M -k "$kernel" -i "$scratch/initrd.gz" -a 'console=ttyS0,115200 nokaslr')
    theirs=(-cpu pentium2 -m 128 -kernel "$kernel" -initrd "$scratch/initrd.gz"
        -append 'console=ttyS0,115200 nokaslr')
}
guest_debian() { debian_flavour 686; }
guest_debianpae() { debian_flavour 686-pae; }

start_emu386() {
    exec timeout 300 "$EMU386" --display none --pace none --serial stdio "${ours[@]}"
}

start_qemu() {
    exec timeout 300 "$QEMU" -accel tcg -display none -monitor none -serial stdio "${theirs[@]}"
}

since() { # since TIME: milliseconds matter here
    awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }'
}

# boot EMULATOR: appends "EMULATOR MARK SECONDS" for each mark to $scratch/times.
boot() {
    local line mark=0 start=$EPOCHREALTIME from
    exec {from}< <("start_$1" 2>/dev/null </dev/null)
    local pid=$!
    while [ $mark -lt ${#marks[@]} ] && IFS= read -r line <&"$from"; do
        if [[ $line == *"${marks[$mark]}"* ]]; then
            echo "$1 $mark $(since "$start")" >>"$scratch/times"
            mark=$((mark + 1))
        fi
    done
    kill $pid 2>/dev/null
    exec {from}<&-
    wait $pid 2>/dev/null
    check "$1 comes to '${marks[-1]}'" [ $mark -eq ${#marks[@]} ]
}

table() { # table GUEST: a row for each mark
    local mark
    for mark in "${!marks[@]}"; do
        for emulator in "${emulators[@]}"; do
            awk -v e="$emulator" -v m="$mark" '$1 == e && $2 == m { print $3 }' "$scratch/times" | sort -n |
                awk '{ t[NR] = $1 } END { print NR ? t[1] " " t[int((NR + 1) / 2)] : "- -" }'
        done | paste -sd ' ' | awk -v what="$1: ${marks[$mark]}" '{
            printf "%-32s %8s %8s", what, $1, $2
            if (NF > 2) printf " %8s %8s %8s", $3, $4, ($1 + 0 ? sprintf("%.2f", $3 / $1) : "-")
            print ""
        }'
    done
}

[ -z "$csv" ] || echo 'guest,emulator,mark,seconds' >"$csv"
printf '%-32s %8s %8s' 'seconds to' 'emu386' 'median'
[ ${#emulators[@]} -eq 1 ] || printf ' %8s %8s %8s' 'qemu' 'median' 'x'
echo
for guest in "${guests_wanted[@]}"; do
    declare -F "guest_$guest" >/dev/null || { echo "bench-boot.sh: no guest $guest" >&2; exit 2; }
    "guest_$guest"
    : >"$scratch/times"
    for ((run = 0; run < runs; run++)); do
        for emulator in "${emulators[@]}"; do
            boot "$emulator"
        done
    done
    table "$guest"
    [ -z "$csv" ] || sed "s/^/$guest /; s/ /,/g" "$scratch/times" >>"$csv"
done
read -r load _ </proc/loadavg
echo "# $runs runs each by turns, load average $load"
done_here
