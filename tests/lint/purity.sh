#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# purity.sh - a machine is a value: no writable globals, no host time, no chance.
# Looks at the objects of base/ mmu/ cpu/ devices/ machine/ loader/ in the build directory $B:
# - nothing of theirs lies in a writable section (.data.rel.ro is constant after linking);
# - they call nothing that asks the host for time, sleep, randomness or its environment;
# - devices/ also allocates nothing and touches no file or stream.
. "$(dirname "$0")/lib.sh"

B=${B:-build}
floors='base mmu cpu devices machine loader'
host='time|gettimeofday|clock_gettime|clock|times|ftime|timespec_get|localtime|localtime_r|gmtime'
host+='|rand|srand|rand_r|random|srandom|random_r|drand48|lrand48|mrand48|getrandom|getentropy'
host+='|arc4random|arc4random_uniform|getenv|secure_getenv|usleep|nanosleep|clock_nanosleep|sleep'
host+='|alarm|setitimer|timer_create|timerfd_create|getpid|gethostname'
owned='malloc|calloc|realloc|free|mmap|open|fopen|read|write|printf|puts|putchar|fputs|fputc|fwrite'
owned+='|fprintf|stdin|stdout|stderr'
inline='__rdtsc|__rdtscp|__builtin_ia32_(rdtsc|rdtscp|rdrand|rdseed)|_rdrand|_rdseed'

check_object() { # check_object OBJECT SOURCE
    local object=$1 source=$2 symbols calls forbidden=$host

    # objdump -t: value, flags, section, size, name; d = debugging or section symbol.
    symbols=$(objdump -t "$object" | awk '
        NF >= 4 && $0 !~ / (d|df) / {
            section = $(NF - 2)
            if (section ~ /^\.(data|bss|tdata|tbss|ldata|lbss)/ && section !~ /^\.data\.rel\.ro/ ||
                section == "*COM*")
                print $NF
        }')
    [[ $source == devices/* ]] && forbidden+="|$owned"
    calls=$(nm -u "$object" | awk '{ print $2 }' | grep -xE "$forbidden")
    [ -z "$symbols" ] || fail "$source: writable: ${symbols//$'\n'/, }"
    [ -z "$calls" ] || fail "$source: calls ${calls//$'\n'/, }"
    [ -n "$symbols$calls" ] || pass
}

for floor in $floors; do
    [ -d "$floor" ] || continue
    while IFS= read -r source; do
        object=$B/${source%.c}.o
        if [ -f "$object" ]; then
            check_object "$object" "$source"
        else
            fail "$source: no $object; build first"
        fi
        line=$(grep -nE "\b($inline)\b" "$source" | head -n 1)
        [ -z "$line" ] || fail "$source:${line%%:*}: asks the host processor for time or chance"
    done < <(find "$floor" -name '*.c' | sort)
done
finish
