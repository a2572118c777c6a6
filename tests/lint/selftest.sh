#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# selftest.sh - does every lint script catch what it is for? Builds a tiny clean project in a
# temporary directory, sees that each script accepts it, then plants one violation at a time and
# sees that the right script refuses it and names the file.

set -u
export LC_ALL=C
lint=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export B=build
passed=0
failed=0

note() { # note yes|no MESSAGE
    if [ "$1" = yes ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s\n' "$2"
    fi
}

spdx='/* SPDX-License-Identifier: MIT */'

source_file() { # source_file PATH LINE... : a file with the licence line and these lines
    mkdir -p "$dir/$(dirname "$1")"
    printf '%s\n' "$spdx" "${@:2}" >"$dir/$1"
}

clean_tree() {
    rm -rf "$dir"
    mkdir -p "$dir/tests/lint"
    cp "$lint/../../.clang-format" "$dir/" 2>/dev/null
    source_file base/a.h '#ifndef BASE_A_H' '#define BASE_A_H' 'int a_get(int x);' '#endif'
    source_file base/a.c '#include "base/a.h"' '' 'static const int a_table[2] = {1, 2};' \
        'static const char *const a_names[] = {"x", "y"};' '' 'int a_get(int x)' '{' \
        '    return a_table[x & 1] + a_names[x & 1][0];' '}'
    source_file mmu/m.c '#include "base/a.h"' 'int m_get(void);' 'int m_get(void)' '{' \
        '    return a_get(1);' '}'
    source_file cpu/c.h '#ifndef CPU_C_H' '#define CPU_C_H' '#endif'
    source_file devices/d.h '#ifndef DEVICES_D_H' '#define DEVICES_D_H' '#endif'
    source_file machine/x.c '#include "cpu/c.h"' '#include "devices/d.h"'
    source_file loader/l.h '#ifndef LOADER_L_H' '#define LOADER_L_H' '#endif'
    source_file ui/u.c '#include "base/a.h"'
    source_file main.c '#include "loader/l.h"'
    source_file roms/kernel/k.h '#ifndef K_H' '#define K_H' '#endif'
    source_file roms/kernel/k.c '#include "kernel/k.h"'
    printf '#!/bin/sh\n# SPDX-License-Identifier: MIT\necho yes\n' >"$dir/tests/good.sh"
}

compile() { # objects of the whole tree, as the build makes them
    local file
    for file in $(cd "$dir" && find base mmu cpu devices machine loader -name '*.c'); do
        mkdir -p "$dir/build/$(dirname "$file")"
        (cd "$dir" && ${CC:-gcc} -O2 -I. -c -o "build/${file%.c}.o" "$file")
    done
}

accepts() { # accepts SCRIPT: the clean tree passes
    local out good=no
    if out=$(bash "$lint/$1" "$dir" 2>&1) &&
        [[ $(tail -n 1 <<<"$out") =~ ^[1-9][0-9]*\ passed,\ 0\ failed$ ]]; then
        good=yes
    fi
    note $good "$1 refuses a clean tree: $out"
}

refuses() { # refuses SCRIPT FILE WHAT: one finding, about FILE
    local out good=no
    if ! out=$(bash "$lint/$1" "$dir" 2>&1) && grep -q "$2" <<<"$out" &&
        [[ $(tail -n 1 <<<"$out") =~ ,\ [1-9][0-9]*\ failed$ ]]; then
        good=yes
    fi
    note $good "$1 does not see $3: $out"
    clean_tree
}

clean_tree
compile
for script in floors purity headers format size spdx shell; do
    accepts $script.sh
done

# floors
source_file base/b.c '#include "mmu/bus.h"'
refuses floors.sh base/b.c 'an upward include'
source_file cpu/c.c '#include "cpu/c.h"' '#include "devices/d.h"'
refuses floors.sh cpu/c.c 'cpu/ looking into devices/'
source_file devices/d.c '#include "devices/d.h"' '#include "cpu/c.h"'
refuses floors.sh devices/d.c 'devices/ looking into cpu/'
source_file ui/v.c '#include "loader/l.h"'
refuses floors.sh ui/v.c 'ui/ looking into loader/'
source_file loader/l.c '#include "loader/l.h"' '#include "devices/d.h"'
refuses floors.sh loader/l.c 'loader/ looking into devices/'
source_file main.c '#include "cpu/c.h"'
refuses floors.sh main.c 'main.c looking into cpu/'
source_file base/b.c '#include "a.h"'
refuses floors.sh base/b.c 'an include without its path'
source_file base/a.c '#include <stdio.h>' '#include "base/a.h"'
refuses floors.sh base/a.c 'the own header not first'
source_file roms/kernel/k.c '#include "base/a.h"'
refuses floors.sh roms/kernel/k.c 'a guest including the emulator'
source_file roms/kernel/k.c '#include "../../base/a.h"'
refuses floors.sh roms/kernel/k.c 'a guest including the emulator by a relative path'
source_file machine/y.c '#include "roms/kernel/k.h"'
refuses floors.sh machine/y.c 'the emulator including a guest'

# purity
impure() { # impure FILE WHAT LINE...
    source_file "$1" "${@:3}"
    compile
    refuses purity.sh "$1" "$2"
}
impure cpu/g.c 'a writable global' 'int g_count = 5;'
impure cpu/g.c 'a zeroed global' 'int g_count;'
impure mmu/g.c 'a common symbol' 'int g_common __attribute__((common));'
impure devices/g.c 'a static in a function' 'int g(void);' 'int g(void)' '{' \
    '    static int n;' '    return n++;' '}'
impure base/g.c 'a thread-local' '__thread int g_t = 1;'
impure machine/g.c 'host time' '#include <time.h>' 'long g(void);' 'long g(void)' '{' \
    '    return time(0);' '}'
impure loader/g.c 'chance' '#include <stdlib.h>' 'int g(void);' 'int g(void)' '{' \
    '    return rand();' '}'
impure base/g.c 'the environment' '#include <stdlib.h>' 'char *g(void);' 'char *g(void)' '{' \
    '    return getenv("X");' '}'
impure devices/g.c 'allocation in a device' '#include <stdlib.h>' 'void *g(unsigned long);' \
    'void *g(unsigned long n)' '{' '    return malloc(n);' '}'
impure cpu/g.c 'the time stamp counter' 'unsigned long long g(void);' 'unsigned long long g(void)' \
    '{' '    return __builtin_ia32_rdtsc();' '}'
compile
source_file cpu/new.c 'extern int nothing;'
rm -f "$dir/build/cpu/new.o"
refuses purity.sh cpu/new.c 'a source that was not built'

# headers
source_file base/n.h '#ifndef BASE_N_H' '#define BASE_N_H' 'uint32_t n_get(void);' '#endif'
refuses headers.sh base/n.h 'a header that needs another one'
source_file base/n.h 'struct n {' '    int x;' '};'
refuses headers.sh base/n.h 'a header without a guard'

# format, size, licence, shell
source_file base/f.h 'int   f_get( void );'
refuses format.sh base/f.h 'bad formatting'
mapfile -t many < <(seq -f '/* %g */' 1 650)
source_file base/s.c "${many[@]}"
refuses size.sh base/s.c 'a long file'
source_file base/s.h "${many[@]:0:220}"
refuses size.sh base/s.h 'a long header'
source_file base/s.c '/* clang-format off */' "${many[@]}" '/* clang-format on */'
accepts size.sh
source_file base/s.c "${many[@]}"
echo 'base/s.c one table that is read as a whole' >"$dir/tests/lint/size-exempt.txt"
accepts size.sh
echo 'base/s.c' >"$dir/tests/lint/size-exempt.txt"
refuses size.sh base/s.c 'an exception without a reason'
echo 'base/gone.c because' >"$dir/tests/lint/size-exempt.txt"
refuses size.sh base/gone.c 'an exception for nothing'
echo 'base/a.c because' >"$dir/tests/lint/size-exempt.txt"
refuses size.sh base/a.c 'an exception that is not needed'
printf 'int p;\n' >"$dir/base/p.c"
refuses spdx.sh base/p.c 'a file without a licence'
printf '#!/bin/sh\n# SPDX-License-Identifier: MIT\ncd $1\n' >"$dir/tests/p.sh"
refuses shell.sh tests/p.sh 'an unguarded cd'

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
