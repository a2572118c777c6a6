#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# bench.sh - how fast the emulator is, measured from outside: fixed work in one guest image
# (roms/bench), host time around it, the time of an empty run subtracted, several runs of every
# emulator by turns, checksums compared.
#
#   tests/bench.sh [-n WORK] [-k RUNS] [-o FILE.csv] [-e EMULATORS] [TEST...]   the table
#   tests/bench.sh --sizes [-n WORK] [-k RUNS] [-o FILE.csv] [-e EMULATORS]   REP by instruction and size
#   tests/bench.sh --smoke         only the checksums, quickly (make test)
#   tests/bench.sh --count [--record] [TEST...]   host instructions for a guest instruction
#   tests/bench.sh --checksums     write tests/bench-checksums.txt, from QEMU
#
# Emulators: emu386, qemu and bochs, those that are installed. emu386 and QEMU load the multiboot
# image, Bochs gets the same bytes as a ROM. Debian's Bochs is built with its debugger, which
# costs it its chaining of handlers: an optimised build is faster. The CSV has every single run.
# Columns: guest instructions (emu386's own count), then for each emulator the least and the
# median seconds, then each other's least time as a multiple of emu386's: above 1 emu386 is faster.
#
# --sizes runs one test, repsizes, which marks on the serial port where each of its parts begins and ends; these are
# timed from here. Rows: instruction and how the stretches lie; columns: sizes, each with MB/s here, and how many
# times as fast that is as under the others.
#
# --count runs each test under valgrind's cachegrind: exact and independent of the machine's load.
# It compares with tests/bench-count.txt and fails where a row costs 3 % more or less; --record
# writes that file. The numbers belong to one compiler: with another one only a table is made.
# Environment: B (build directory), EMU386, QEMU, BOCHS, VALGRIND, CC (commands), BOCHS_DISPLAY (its
# display_library: term, nogui), BOCHS_PLUGINS (its plugin_ctrl), EMU_OPTIONS.

B=${B:-build}
EMU386=${EMU386:-$B/emu386}
QEMU=${QEMU:-qemu-system-i386}
BOCHS=${BOCHS:-bochs}
BOCHS_DISPLAY=${BOCHS_DISPLAY:-term}
BOCHS_PLUGINS=${BOCHS_PLUGINS:-unmapped=1, biosdev=1, speaker=0, extfpuirq=1, parallel=0, serial=1, gameport=0}
VALGRIND=${VALGRIND:-valgrind}
CC=${CC:-gcc}
read -r -a emu_options <<<"${EMU_OPTIONS:-}"
elf=$B/roms/bench/bench.elf
here=$(dirname "$0")
golden=$here/bench-checksums.txt
counts=$here/bench-count.txt
integer='sort crc32 sieve matmul fib sha interp chase4k chase256k chase8m string'
system='syscall sysenter fault cr3 cr3_1 cr3_16 cr3_64 invlpg tlb switch timer port'
strings='repmovs replarge repsmall repoverlap repscan smc codedata copyrun'
all="$integer $system $strings nbody"
exact="$all repsizes" # where time is not of interest
work=5 runs=5 csv='' mode=table record='' tests=() emulators=()

while [ $# -gt 0 ]; do
    case $1 in
    -n) work=$2; shift ;;
    -k) runs=$2; shift ;;
    -o) csv=$2; shift ;;
    -e) read -r -a emulators <<<"$2"; shift ;;
    --sizes) mode=sizes ;;
    --smoke) mode=smoke ;;
    --count) mode=count ;;
    --record) record=1 ;;
    --checksums) mode=checksums ;;
    -*) sed -n '3,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) tests+=("$1") ;;
    esac
    shift
done
[ $mode = table ] || all=$exact
[ ${#tests[@]} -gt 0 ] || read -r -a tests <<<"$all"
[ -f "$elf" ] || { echo "bench.sh: $elf is missing: make bench-guest" >&2; exit 2; }
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

if [ ${#emulators[@]} -eq 0 ]; then
    emulators=(emu386)
    command -v "$QEMU" >/dev/null && emulators+=(qemu)
    command -v "$BOCHS" >/dev/null && emulators+=(bochs)
fi

# run_NAME TEST N: one run; what the guest prints goes to $tmp/out.
run_emu386() {
    timeout 900 "$EMU386" -m 64M --display none --pace none --serial "file:$tmp/out" "${emu_options[@]}" \
        --trace "summary:$tmp/summary" -a "bench=$1 n=$2" "$elf" >/dev/null 2>"$tmp/err" </dev/null
}
run_qemu() {
    timeout 900 "$QEMU" -m 64 -display none -monitor none -serial stdio -kernel "$elf" \
        -append "bench=$1 n=$2" -device isa-debug-exit,iobase=0xf4,iosize=4 -no-reboot \
        >"$tmp/out" 2>"$tmp/err" </dev/null
}
# Its terminal display needs a terminal; only the serial port is of interest. A build with the
# debugger has to be told to go on.
run_bochs() {
    local rc=''
    "$BOCHS" --help 2>&1 | grep -q -- '-rc ' && rc="-rc $tmp/debugger"
    TERM=xterm timeout 900 script -qec "$BOCHS -q -f $tmp/bochsrc $rc" /dev/null \
        >/dev/null 2>&1 </dev/null
}

# The image and the command line as a ROM in the BIOS's place, and a video ROM that does nothing.
prepare_bochs() { # prepare_bochs TEST N
    objcopy -O binary "$elf" "$tmp/bench.bin" &&
        "$CC" -m32 -DPROGRAM="\"$tmp/bench.bin\"" -DCOMMAND_LINE="\"bench=$1 n=$2\"" \
            -c -o "$tmp/rom.o" roms/cputest/rom.S &&
        ld -m elf_i386 -T roms/cputest/rom.ld --oformat binary -o "$tmp/rom" "$tmp/rom.o" || exit 2
    { printf '\125\252\001\313'; head -c 507 /dev/zero; printf '\065'; } >"$tmp/vga.rom"
    cat >"$tmp/bochsrc" <<CONFIG
plugin_ctrl: $BOCHS_PLUGINS
config_interface: textconfig
display_library: $BOCHS_DISPLAY
memory: guest=64, host=64
romimage: file="$tmp/rom"
vgaromimage: file="$tmp/vga.rom"
cpu: count=1, ips=500000000, model=p2_klamath, reset_on_triple_fault=0
clock: sync=none
com1: enabled=1, mode=file, dev="$tmp/out"
port_e9_hack: enabled=0
log: "$tmp/err"
panic: action=fatal
error: action=report
info: action=ignore
debug: action=ignore
CONFIG
    echo continue >"$tmp/debugger"
}

# run EMULATOR TEST N: sets micros and sum (the checksum, empty if it failed), for emu386 insns.
run() {
    [ "$1" != bochs ] || prepare_bochs "$2" "$3"
    : >"$tmp/out"
    rm -f "$tmp/summary"
    local start=${EPOCHREALTIME/[.,]/}
    "run_$1" "$2" "$3"
    micros=$((${EPOCHREALTIME/[.,]/} - start))
    sum=$(tr -d '\r' <"$tmp/out" | sed -n "s/^$2 checksum=\([0-9a-f]*\)$/\1/p")
    [ "$1" != emu386 ] || insns=$(sed -n 's/.*instructions *\([0-9][0-9]*\).*/\1/p' "$tmp/summary" | head -n 1)
    insns=${insns:-0}
}

write_checksums() {
    for t in "${tests[@]}"; do
        run qemu "$t" 1
        [ -n "$sum" ] || { echo "bench.sh: QEMU failed on $t" >&2; exit 1; }
        echo "$t $sum"
    done >"$tmp/golden" && cp "$tmp/golden" "$golden"
}

passed=0 failed=0
check() { # check TRUTH TEXT
    if [ "$1" = yes ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $2"
    fi
}
finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

smoke() {
    for t in "${tests[@]}"; do
        want=$(sed -n "s/^$t //p" "$golden")
        run emu386 "$t" 1
        check "$([ -n "$want" ] && [ "$sum" = "$want" ] && echo yes)" \
            "$t: checksum ${sum:-none}, must be ${want:-recorded}"
    done
    finish
}

# host TEST: host and guest instructions of one small run, in `host` and `insns`.
host() {
    host=$("$VALGRIND" --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "$EMU386" -m 64M \
        --display none --pace none --serial none --trace "summary:$tmp/summary" "${emu_options[@]}" \
        -a "bench=$1 n=1" "$elf" 2>&1 >/dev/null </dev/null | sed -n 's/.*I *refs: *//p' | tr -d ,)
    insns=$(sed -n 's/.*instructions *\([0-9][0-9]*\).*/\1/p' "$tmp/summary" | head -n 1)
}

count() {
    local compiler same='' before
    compiler=$("$CC" --version | head -n 1)
    [ -f "$counts" ] && [ "$(sed -n 's/^# compiler: //p' "$counts")" = "$compiler" ] && same=1
    host empty
    local empty_host=$host empty_insns=$insns
    echo "# compiler: $compiler" >"$tmp/counts"
    for t in "${tests[@]}"; do
        host "$t"
        per=$(awk -v h=$((host - empty_host)) -v i=$((insns - empty_insns)) 'BEGIN { printf "%.2f", h / i }')
        echo "$t $per" | tee -a "$tmp/counts"
        if [ -z "$same" ] || [ -n "$record" ]; then
            continue
        fi
        before=$(sed -n "s/^$t //p" "$counts")
        check "$(awk -v a="$per" -v b="${before:-0}" 'BEGIN { if (a < b * 1.03 && a > b * 0.97) print "yes" }')" \
            "$t: $per host instructions for a guest instruction, $counts says ${before:-nothing}"
    done
    awk -v set="$integer" 'BEGIN { n = split(set, a, " "); for (k in a) is[a[k]] = 1 }
        $1 in is { s += log($2); m++; if ($2 > w) w = $2 }
        END { if (m) printf "# integer group: geometric mean %.2f, worst row %.2f\n", exp(s / m), w }' "$tmp/counts"
    if [ -n "$record" ] && [ -n "$same" ]; then # rows that were not asked for stay
        awk 'NR == FNR { if ($1 != "#") row[$1] = $0; next }
            $1 in row { print row[$1]; delete row[$1]; next }
            { print }
            END { for (r in row) print row[r] }' "$tmp/counts" "$counts" >"$tmp/merged"
        cp "$tmp/merged" "$counts"
    elif [ -n "$record" ]; then
        cp "$tmp/counts" "$counts"
    fi
    if [ -z "$same" ] && [ -z "$record" ]; then
        echo "recorded with another compiler: nothing is compared"
        passed=1
    fi
    [ -n "$record" ] || finish
}

# All runs go to the CSV first; the table is made from it.
table() {
    local out=${csv:-$tmp/bench.csv} e i
    echo 'test,emulator,run,work,microseconds,checksum,instructions' >"$out"
    for t in empty "${tests[@]}"; do
        for ((i = 1; i <= runs; i++)); do
            for e in "${emulators[@]}"; do
                insns=0
                run "$e" "$t" "$work"
                echo "$t,$e,$i,$work,$micros,${sum:-FAILED},$insns" >>"$out"
            done
        done
    done
    awk -F, -v list="${emulators[*]}" -f "$here/bench.awk" "$out"
    ! grep -q 'FAILED' "$out"
}

# One run: a line "INSTRUCTION,PLACE,SIZE,EMULATOR,RUN,WORK,MICROSECONDS" for each part, then its checksum.
time_parts() { # time_parts EMULATOR RUN
    local line part='' start now
    [ "$1" != bochs ] || prepare_bochs repsizes "$work"
    rm -f "$tmp/out"
    mkfifo "$tmp/out"
    "run_$1" repsizes "$work" &
    while IFS= read -r line; do
        now=${EPOCHREALTIME/[.,]/}
        line=${line%$'\r'}
        case $line in
        *checksum=*) echo "checksum,${line##*=},,$1,$2,$work,0" ;;
        '') echo "$part,$1,$2,$work,$((now - start))" ;;
        *) part=${line// /,} start=${EPOCHREALTIME/[.,]/} ;;
        esac
    done <"$tmp/out"
    wait
}

sizes() {
    local out=${csv:-$tmp/sizes.csv} e i
    echo 'instruction,place,bytes,emulator,run,work,microseconds' >"$out"
    for ((i = 1; i <= runs; i++)); do
        for e in "${emulators[@]}"; do
            time_parts "$e" "$i" >>"$out"
        done
    done
    awk -F, -v list="${emulators[*]}" -f "$here/bench-sizes.awk" "$out"
}

case $mode in
sizes) sizes ;;
smoke) smoke ;;
count) count ;;
checksums) write_checksums ;;
*) table ;;
esac
