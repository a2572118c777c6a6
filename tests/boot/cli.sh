#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cli.sh EMULATOR KERNEL - what a user can get wrong on the command line, and what comes back:
# exit status 2, nothing on stdout, exactly one line on stderr that starts with "emu386: " and
# contains the words given here. Then the help: every topic fits a screen, and the man page
# describes the same options. KERNEL is a multiboot ELF kernel; its damaged copies are tried.
set -u

emu=$(realpath "$1")
kernel=$(realpath "$2")
root=$(realpath "$(dirname "$0")/../..")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
passed=0
failed=0

pass() { passed=$((passed + 1)); }
fail() {
    failed=$((failed + 1))
    echo "FAIL: $*"
}

# bad WORDS ARGS...: refused in one line that contains the words
bad() {
    local words=$1 status lines
    shift
    timeout 60 "$emu" "$@" >out 2>err </dev/null
    status=$?
    lines=$(wc -l <err)
    if [ $status != 2 ]; then
        fail "$*: exit status $status instead of 2"
    elif [ -s out ]; then
        fail "$*: something on stdout"
    elif [ "$lines" != 1 ]; then
        fail "$*: $lines lines on stderr: $(head -3 err)"
    elif ! grep -q '^emu386: ' err || ! grep -qF -e "$words" err; then
        fail "$*: \"$(cat err)\" does not say \"$words\""
    else
        pass
    fi
}

# patch FILE OFFSET BYTES: overwrites bytes (printf escapes)
patch() {
    # shellcheck disable=SC2059 # the bytes are escapes on purpose
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# damaged NAME OFFSET BYTES: a copy of the kernel with other bytes
damaged() {
    cp "$kernel" "$1"
    chmod u+w "$1"
    patch "$1" "$2" "$3"
}

# --- values of options -----------------------------------------------------------------------
bad 'at least 1M' -m 0
bad '3584M' -m 3585
bad '3584M' -m 1048575
bad 'multiple of 4K' -m 1048577
bad 'at least 1M' --memory=512K
bad '3584M' -m 4G
bad '3584M' -m 99999999999999999999999M
bad 'suffix K, M or G' -m 3X
bad 'suffix K, M or G' -m 64MB
bad '64M would be right' -m lots
bad '64M would be right' -m -64M
bad '64M would be right' -m ''
bad 'multiple of 4K' -m 2000001
bad '386, 486, pentium or ppro' --cpu 586
bad 'fast, reference or lockstep' --engine turbo
bad 'large, 386, 486 or WAYSxSETS' --tlb small
bad 'large, 386, 486 or WAYSxSETS' --tlb 4
bad '1 to 16 ways, and a power of two of sets' --tlb 4x12
bad '1 to 16 ways, and a power of two of sets' --tlb 17x8
bad '1 to 1221' --speed 0
bad '1 to 1221' --speed 1222
bad '1 to 1221' --speed 10x
bad 'realtime, idle or none' --pace slow
bad 'sdl, term or none' --display vga
bad 'none, stdio, file:F, pty or unix:F' --serial com1
bad 'needs a file name' --serial file:
bad 'none, stdio or file:F' --parallel pty
bad '--serial /dev/null/socket: Not a directory' --serial unix:/dev/null/socket
bad 'only one of the two' --serial stdio --serial stdio
bad 'there are two serial ports' --serial none --serial none --serial none
bad 'none, stdio or file:F' --debugcon yes
bad 'a whole number from 1' --max-insns 0
bad 'a whole number from 1' --max-insns -1
bad 'a whole number from 1' --max-insns 1e6
bad 'a whole number from 1' --max-insns 18446744073709551616
bad 'seconds above 0' --timeout 0
bad 'seconds above 0' --timeout soon
bad 'seconds above 0' --timeout nan
bad 'seconds above 0' --timeout -3
bad 'stop, reset or exit' --on-triple-fault ignore
bad 'no category "pti"' --trace pti
bad 'no category ""' --trace pit,
bad 'file name after the colon' --trace pit:
bad 'YYYY-MM-DDTHH:MM:SS' --rtc today
bad 'YYYY-MM-DDTHH:MM:SS' --rtc 2001-02-03
bad 'no such date' --rtc 2001-02-29T00:00:00
bad 'no such date' --rtc 2000-13-01T00:00:00
bad 'no such date' --rtc 2000-01-01T24:00:00
bad 'file name is empty' --screenshot ''
bad 'pc or isa would be right' --machine q35
bad 'on or off would be right' --machine pc,hpet=yes
bad 'pc,hpet=off would be right' --machine pc,apic=off
bad 'pc,hpet=off would be right' --machine isa,hpet=on
bad 'a port from 1 to 0xffff' --post-port 0
bad 'a port from 1 to 0xffff' --post-port 0x10000
bad 'a port from 1 to 0xffff' --post-port 80h
bad '--append goes to an image' --bios a -a b
bad 'ADDRESS:PORT, unix:PATH or stdio' -g x
bad 'ADDRESS:PORT, unix:PATH or stdio' -g ''
bad 'ADDRESS:PORT, unix:PATH or stdio' -g :65536
bad 'ADDRESS:PORT, unix:PATH or stdio' -g localhost:
bad 'ADDRESS:PORT, unix:PATH or stdio' -g 12x
bad 'goes into brackets' -g ::1:1234
bad 'a path of 1 to' -g unix:
bad 'cannot listen there' -g unix:/nonexistent/socket
bad 'there is a file of this name' -g "unix:$kernel"
bad 'cannot listen there' -g 203.0.113.1:0
bad 'none or user' --net tap
bad 'none or user' --net userx
bad 'hostfwd=, dns, restrict' --net user,
bad 'hostfwd=, dns, restrict' --net user,dsn
bad 'as in tcp::2222-:22' --net user,hostfwd=tcp::2222
bad 'as in tcp::2222-:22' --net user,hostfwd=tcp::0-:22
bad 'as in tcp::2222-:22' --net user,hostfwd=sctp::1-:2
bad 'as in tcp::2222-:22' --net user,hostfwd=tcp:localhost:1-:2
bad 'as in tcp::2222-:22' --net user,hostfwd=tcp::65536-:2
bad 'model token-ring: unknown' --net user,model=token-ring
bad 'an address of one card' --net user,mac=53:54:00:12:34:56
bad 'an address of one card' --net user,mac=52:54:00:12:34:5
bad '3 to 15' --net user,irq=16
bad 'a multiple of 32' --net user,port=0x310
bad 'after pcap=' --net user,pcap=
bad 'cannot write /nonexistent/a' --net user,pcap=/nonexistent/a "$kernel"
bad 'port 0x3f0 of the card' --net user,model=ne2000,port=0x3e0 "$kernel"
bad 'cannot listen on TCP port 203.0.113.1:7777' --net user,hostfwd=tcp:203.0.113.1:7777-:7 "$kernel"
bad '--disk no/such/file: cannot read' --disk no/such/file "$kernel"
bad '--cdrom no/such/file: cannot read' --cdrom no/such/file "$kernel"
bad 'at most 4 disks' --disk a --disk a --disk a --disk a --disk a
bad 'room for three disks' --disk a --disk a --disk a --disk a --cdrom none
bad 'one CD-ROM drive' --cdrom a --cdrom b
bad '--disk needs a value' --disk
bad 'is a PCI card' --machine isa --net user,model=e1000 "$kernel"
bad 'port= and irq=' --net user,irq=9 "$kernel"
bad '--gdb needs a value' -g
bad '--gdb stdio and --serial both need' -g stdio --serial stdio
bad '--gdb stdio and --display term both need' -g stdio --display term
bad '--gdb stdio and the monitor both need' -g stdio -M
bad '-S waits for gdb' -S
bad '--gdb-mode-switch goes with -g' --gdb-mode-switch
bad '--initrd goes to an image' --bios a -i b

# --- the options themselves ------------------------------------------------------------------
bad 'unknown option --bogus' --bogus
bad 'did you mean --serial?' --serail stdio
bad 'did you mean --memory?' --memroy=64M
bad 'did you mean --max-insns?' --max-insn5 10
bad 'unknown option -q' -q
bad 'unknown option -q' -qm 64M
bad '--memory needs a value' -m
bad '--kernel needs a value' --kernel
bad 'takes no value' --exit-on-halt=yes
bad 'no such topic' --help cooking
bad 'no such topic' --help=cooking
bad 'one image at a time' a.elf b.elf
bad 'there is an image already' -k a.elf -k b.elf
bad 'one image at a time' -k a.elf b.elf
bad 'both need the terminal' --display term --serial stdio
bad 'both need the terminal' -M --display term
bad 'with -M, -e or -x' --json
bad 'no/such/script: cannot read' -x no/such/script
bad '--exec needs a value' -e
bad 'both need the terminal' --debugcon stdio --display term
bad '--parallel stdio both need the terminal' --parallel stdio --display term
for later in '--record a' '--replay a'; do
    # shellcheck disable=SC2086 # option and value are two words
    bad 'not available in this version' $later
done

# --- files -----------------------------------------------------------------------------------
base=(--display none)
bad 'no/such/file: no such file' "${base[@]}" no/such/file
bad 'no such file' "${base[@]}" ''
bad 'is a directory' "${base[@]}" .
bad 'is a device' "${base[@]}" /dev/null
bad 'is a device' "${base[@]}" /dev/zero
: >empty
bad 'empty: is empty' "${base[@]}" empty
mkfifo fifo
: >fifo &
bad 'fifo: is empty' "${base[@]}" fifo
wait
printf 'Hello.\n' >text
bad 'is a text file' "${base[@]}" text
bad 'is a text file' "${base[@]}" "$root/LICENSE"
printf '#!/bin/sh\n' >script
bad 'script' "${base[@]}" script
head -c 4096 /dev/zero >zeroes
bad 'not recognised' "${base[@]}" zeroes
truncate -s 1073741825 huge
bad 'too large' "${base[@]}" huge
bad '64-bit ELF' "${base[@]}" "$emu"
printf 'x' >"new
line"
bad 'new?line' "${base[@]}" "new
line"

head -c 30 "$kernel" >torn
bad 'truncated ELF' "${base[@]}" torn
head -c 4200 "$kernel" >torn
bad 'truncated ELF' "${base[@]}" torn
damaged arm 18 '\050'
bad 'another processor' "${base[@]}" arm
damaged shared 16 '\003'
bad '-no-pie' "${base[@]}" shared
damaged object 16 '\001'
bad 'object file' "${base[@]}" object
bad 'or more' "${base[@]}" -m 1M "$kernel"
head -c 70000000 /dev/zero >big
bad 'big: module of 70000000 bytes' "${base[@]}" -i big "$kernel"
bad 'use -m' "${base[@]}" -i 'big with arguments' "$kernel"
bad 'no/initrd: no such file' "${base[@]}" -i 'no/initrd x' "$kernel"
bad 'is a directory' "${base[@]}" -i . "$kernel"

printf '\353\376' >sector
truncate -s 512 sector
patch sector 510 '\125\252'
bad '--initrd' "${base[@]}" -i text -k sector
bad '--append' "${base[@]}" -a quiet -k sector
cp sector bzImage
truncate -s 4096 bzImage
patch bzImage 514 HdrS
bad 'bzImage' "${base[@]}" bzImage
truncate -s 40000 iso
patch iso 32769 CD001
bad 'ISO 9660 image without a boot record' "${base[@]}" iso
cp sector disk
truncate -s 1M disk
patch disk 446 '\200\001\001\000\203\376\377\377\001\000\000\000\100\000\000\000'
bad 'is a hard disk, which firmware boots, so it cannot be given --initrd' "${base[@]}" -i text disk
bad 'there is none; --disk FILE' "${base[@]}" --boot disk
bad 'there is no drive; --cdrom FILE' "${base[@]}" --boot disk,cdrom disk
bad 'there is none; --floppy FILE' "${base[@]}" --boot floppy disk
bad 'is loaded without' "${base[@]}" --boot disk --disk disk -k sector
bad 'disk, cdrom or floppy' "${base[@]}" --boot tape disk
bad 'disk is there twice' "${base[@]}" --boot disk,cdrom,disk disk
bad 'is a hard disk, which firmware boots; without -k' "${base[@]}" -k disk
bad 'is a hard disk, which firmware boots, so it cannot be given --append' "${base[@]}" -a quiet disk
printf 'QFI\373' >qcow
bad 'QCOW2' "${base[@]}" qcow
printf '\037\213\010' >gz
bad 'gunzip' "${base[@]}" gz

bad 'cannot write' "${base[@]}" --screenshot no/such/dir/a.png sector
bad 'cannot write' "${base[@]}" --serial file:no/such/dir/a sector
bad 'cannot write' "${base[@]}" --trace pit:no/such/dir/a sector

# --- a disk is put into its drive and firmware boots it -------------------------------------
# INT 12h knows 639 KiB (27Fh): bit 1 of the exit status. Without firmware nothing is at its vector.
printf '\315\022\075\177\002\017\224\300\272\364\000\356\364' >booted
truncate -s 512 booted
patch booted 510 '\125\252'
boots() { # boots WHAT ARGS...
    timeout 100 "$emu" "${base[@]}" --max-insns 100000000 "${@:2}" >out 2>err
    status=$?
    if [ $status -eq 3 ]; then pass; else fail "$1: exit status $status instead of 3: $(cat err)"; fi
}
boots 'a floppy' booted
truncate -s 1440K booted
boots 'a floppy of the usual size' booted
boots 'a floppy by name' --floppy booted
truncate -s 8M booted
boots 'a disk without partitions' booted --machine isa
cp booted 'name, with commas'
boots 'a name with commas' 'name, with commas' --machine isa
chmod a-w 'name, with commas'
boots 'a file that cannot be written' 'name, with commas' --machine isa

# --- a ROM -----------------------------------------------------------------------------------
bad 'no such file' "${base[@]}" --bios no-such-rom
head -c 65000 /dev/zero >rom
bad 'whole 4 KiB pages' "${base[@]}" --bios rom
truncate -s 1028K rom
bad 'at most 1 MiB' "${base[@]}" --bios rom
# Jumps from the reset vector to F000:0000; there: OUT 80h,11h; OUT 190h,AX=1234h; prints P at
# LPT1; reads E000:0000, where nothing is, and ends with port F4h.
truncate -s 64K rom
patch rom 0 '\260\021\346\200\270\064\022\272\220\001\357\272\170\003\260P\356\102\102\260\015\356'
patch rom 22 '\270\000\340\216\330\240\000\000\272\364\000\356\364'
patch rom 65520 '\352\000\000\000\360'
rom() { # rom STATUS POST-CODE ARGS...
    local exit=$1 want=$2 status
    shift 2
    timeout 20 "$emu" --display none --bios rom --trace post --parallel stdio "$@" >out 2>err
    status=$?
    if [ $status != "$exit" ] || [ "$(cat out)" != P ] || [ "$(sed 's/.*POST code //' err)" != "$want" ]; then
        fail "a ROM with $*: status $status, $(cat out), $(cat err)"
    else
        pass
    fi
}
rom 255 11
rom 255 34 --post-port 0x190
rom 255 34 --post-port 400 --cpu 386 --engine lockstep
truncate -s 64K head
cat head rom >rom128 && mv rom128 rom
patch rom 0 '\100'
rom 129 11 # E0000h is the first byte of 128 KiB
truncate -s 896K head
cat head rom >rom1m && mv rom1m rom
rom 129 11
bad 'belongs to another device (com1)' "${base[@]}" --bios rom --post-port 0x3f8
timeout 20 "$emu" "${base[@]}" --bios rom --exit-on-halt --max-insns 1000 -k sector 2>err
status=$?
if [ $status = 4 ]; then pass; else fail "an image with a ROM: $status, $(cat err)"; fi

# --- help ------------------------------------------------------------------------------------
for topic in '' options running images display keys debugging monitor gdb exit; do
    # shellcheck disable=SC2086 # no topic is no word
    if ! "$emu" --help $topic >out 2>err || [ -s err ]; then
        fail "--help $topic"
    elif [ "$(wc -l <out)" -gt 24 ] || [ "$(wc -L <out)" -gt 80 ]; then
        fail "--help $topic does not fit a screen"
    else
        pass
    fi
done
if [[ $("$emu" --version) == 'emu386 '[0-9]* ]]; then pass; else fail '--version'; fi

{ "$emu" --help options && "$emu" --help running; } | grep -oE -e '--[a-z][a-z-]+' | sort -u >in-help
grep -oE '^\.It .*' "$root/docs/emu386.1" | grep -oE 'Fl -[a-z][a-z-]+' | sed 's/Fl -/--/' |
    sort -u >in-man
if diff in-help in-man >differences; then
    pass
else
    fail "options in --help (<) and in the man page (>) differ: $(grep '^[<>]' differences)"
fi

echo "$passed passed, $failed failed"
[ $failed = 0 ]
