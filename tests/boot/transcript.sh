#!/bin/bash
# SPDX-License-Identifier: MIT
#
# transcript.sh - boots the demo kernel and compares what the serial port says with transcripts.txt,
# then types into its shell. Needs bash and the emulator under test.
#
# usage: transcript.sh [qemu|emu386|compare] [BUILD]
#   qemu      under qemu-system-i386 (the default)
#   emu386    under BUILD/emu386
#   compare   under both, and besides, both must say the same, byte for byte
# BUILD is the build directory, by default `build`. Prints failures and `N passed, N failed`.

mode=${1:-qemu}
build=${2:-build}
here=$(cd "$(dirname "$0")" && pwd)
kernel=$build/roms/kernel.elf
initrd=$build/roms/initrd.img
scratch=$(mktemp -d) || exit 2
emulator=
trap '[ -n "$emulator" ] && kill "$emulator" 2>/dev/null; rm -rf "$scratch"' EXIT
# shellcheck source=tests/shell.sh
. "$(dirname "$0")/../shell.sh"
memory=64M

for file in "$kernel" "$initrd"; do
    if [ ! -f "$file" ]; then
        echo "transcript.sh: $file is missing: run make guests" >&2
        exit 2
    fi
done

# start EMULATOR APPEND: becomes that emulator, with the serial port on standard input and output.
start() {
    case $1 in
    qemu)
        exec qemu-system-i386 -m "$memory" -kernel "$kernel" -initrd "$initrd" -append "$2" \
            -display none -monitor none -serial stdio -no-reboot \
            -device isa-debug-exit,iobase=0xf4,iosize=4
        ;;
    emu386)
        exec "$build/emu386" -m "$memory" -k "$kernel" -i "$initrd" -a "$2" \
            --display none --serial stdio
        ;;
    *)
        echo "transcript.sh: no such emulator: $1" >&2
        exit 2
        ;;
    esac
}

# escape TEXT: the text as a pattern in which only `?` is special. 
escape() {
    local text=${1//\\/\\\\}
    text=${text//\[/\\[}
    printf '%s' "${text//\*/\\*}"
}

# matches WANT GOT: compares two files line by line; `?` in WANT matches any character.
matches() {
    local want got pattern number=0
    while true; do
        local more_want=0 more_got=0
        IFS= read -r want <&3 || more_want=1
        IFS= read -r got <&4 || more_got=1
        number=$((number + 1))
        [ $more_want = 1 ] && [ $more_got = 1 ] && return 0
        if [ "$want" = ... ]; then
            IFS= read -r want <&3 || return 0
            until [ "$got" = "$want" ]; do
                IFS= read -r got <&4 || break
            done
        fi
        pattern=$(escape "$want")
        # shellcheck disable=SC2053  # the right side is meant as a pattern
        if [ $more_want != $more_got ] || [[ $got != $pattern ]]; then
            printf '  line %d\n    want: %s\n    got:  %s\n' $number "$want" "$got"
            return 1
        fi
    done 3<"$1" 4<"$2"
}

run_case() { # run_case APPEND STATUS: the wanted lines are in $scratch/want
    local each append=$1 expected=$(((($2 << 1) | 1) & 255)) status
    for each in $emulators; do
        (start "$each" "$append") </dev/null >"$scratch/$each.raw" 2>"$scratch/$each.err" &
        emulator=$!
        (sleep 60; kill $emulator) 2>/dev/null &
        local guard=$!
        wait $emulator
        status=$?
        kill $guard 2>/dev/null
        emulator=
        # Every line of the serial port ends with CR LF.
        sed 's/\r$//' "$scratch/$each.raw" >"$scratch/got"
        matches "$scratch/want" "$scratch/got"
        check $? "$each: $append: the transcript"
        [ $status = $expected ]
        check $? "$each: $append: exit status $status instead of $expected"
        [ $status = $expected ] || cat "$scratch/$each.err"
    done
    # The free frames, undefined flags and what random bytes do depend on the machine.
    if [ "$mode" = compare ] && [[ $append != *run=free* && $append != *' crash' &&
        $append != *run=chaos* ]]; then
        cmp "$scratch/qemu.raw" "$scratch/emu386.raw"
        check $? "$append: the emulators differ"
    fi
}

run_all_cases() {
    local line append='' status=''
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        '#'*) ;;
        '@ '*)
            append=${line#@ }
            memory=64M
            : >"$scratch/want"
            ;;
        'm '*) memory=${line#m } ;;
        '= '*) status=${line#= } ;;
        *) [ -n "$append" ] && printf '%s\n' "$line" >>"$scratch/want" ;;
        esac
        # The last line of every case.
        if [ -n "$append" ] && { [ "$line" = "System halted." ] || [[ $line == "Kernel panic"* ]]; }
        then
            run_case "$append" "$status"
            append=
        fi
    done <"$here/transcripts.txt"
}

# await TEXT...: waits until the shell's transcript ends with one of the texts.
await() {
    local tries=0 got text
    while true; do
        got=$(tr -d '\r' <"$scratch/shell"; echo .)
        for text in "$@"; do
            # shellcheck disable=SC2053  # the right side is meant as a pattern
            [[ $got == *$(escape "$text"; echo .) ]] && return 0
        done
        tries=$((tries + 1))
        if [ $tries -gt 300 ] || ! kill -0 "$emulator" 2>/dev/null; then
            echo "  the shell did not come to:"
            printf '%s\n' "$@" | sed 's/^/    /'
            echo "  its last lines:"
            printf '%s\n' "${got%.}" | tail -n 5 | sed 's/^/    /'
            return 1
        fi
        sleep 0.1
    done
}

# say LINE ANSWER [ECHO]: types the line, and expects its echo, the answer and a new prompt; `?` in
# the answer matches any character.
say() {
    printf '%s\r' "$1" >&5
    await "\$ ${3:-$1}"$'\n'"$2"'$ '
    check $? "$each: shell: $1"
}

run_shell() {
    each=$1
    memory=64M
    rm -f "$scratch/keys"
    mkfifo "$scratch/keys"
    : >"$scratch/shell"
    (start "$each" "") <"$scratch/keys" >"$scratch/shell" 2>"$scratch/err" &
    emulator=$!
    exec 5>"$scratch/keys"
    await $'Type help for a list of programs.\n$ '
    check $? "$each: shell: the first prompt"
    say 'echo hi' $'hi\n'
    say '' ''
    say 'ps' "  PID  PPID STATE     FRAMES  MINOR  MAJOR NAME
    1     0 sleeping      ??   ????  ????? sh
    3     1 running       ??     ??     ?? ps
"
    say 'nosuch' $'nosuch: not found\n[127]\n'
    say '/etc/motd' $'/etc/motd: Exec format error\n[126]\n'
    say 'segv' $'segv[6]: Segmentation fault: write to 00000000 at eip 0804???? (not mapped)\n[139]\n'
    say $'exX\177\177cho mistyped\025echo right' $'right\n' \
        $'exX\b \b\b \bcho mistyped'"$(printf '\b \b%.0s' {1..13})echo right"
    # It must not end by itself: a guest that only waits gets through 1000 seconds in 0.1 s of the host under emu386.
    say 'sleep 1000000 &' $'8 started\n'
    # The shell runs before 8 does, and hears of its end at the next prompt; at this one already if the timer takes
    # the processor from kill after it has sent the signal. That depends on the host's load, but not in virtual time.
    local early=()
    [ "$each" = qemu ] && early=($'$ kill 8\n8 done [143]\n$ ')
    printf 'kill 8\r' >&5
    await $'$ kill 8\n$ ' "${early[@]}"
    check $? "$each: shell: kill 8"
    printf '\r' >&5
    await $'$ kill 8\n$ \n8 done [143]\n$ ' "${early[@]/%/$'\n$ '}"
    check $? "$each: shell: the end of 8"
    printf 'spin 1000 3\r' >&5
    await $'$ spin 1000 3\n'
    sleep 1 # until all of them run
    printf '\003' >&5
    await $'^C\n[130]\n$ '
    check $? "$each: shell: Ctrl-C"
    say '' '' # lets the shell collect the orphans
    say 'ps' "  PID  PPID STATE     FRAMES  MINOR  MAJOR NAME
    1     0 sleeping      ??   ????  ????? sh
   1?     1 running       ??     ??     ?? ps
"
    say 'echo hi' $'hi\n'
    say $'\033[A' $'hi\n' 'echo hi'
    say $'ech you\033[D\033[D\033[D\033[Do' $'you\n' $'ech you\b\b\b\bo you\b\b\b\b you'
    say $'echo on\ttwo' $'ontwo\n' 'echo ontwo'
    say $'unam\t' $'emu386-demo\n' 'uname '
    say $'\033[A\033[A\033[B-a' $'emu386-demo demo 1.0 #1 i386\n' \
        $'uname '"$(printf '\b \b%.0s' {1..6})"'echo ontwo'"$(printf '\b \b%.0s' {1..10})"'uname -a'
    say 'echo a "b  c" | cat | hexdump' $'00000000  61 20 62 20 20 63 0a                              |a b  c.|\n'
    say 'nosuch || echo $? ; uname && echo $?' $'nosuch: not found\n[127]\n127\nemu386-demo\n0\n'
    printf 'exit\r' >&5
    await $'System halted.\n'
    check $? "$each: shell: the end"
    kill "$emulator"
    wait "$emulator" 2>/dev/null
    emulator=
    exec 5>&-
}

case $mode in
compare) emulators="qemu emu386" ;;
*) emulators=$mode ;;
esac
run_all_cases
for each in $emulators; do
    run_shell "$each"
done
summary
