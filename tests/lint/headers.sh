#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# headers.sh - every header compiles alone and twice (its guard works), with gcc and with clang.
# Guests' headers are compiled as guests are: 32 bits, freestanding.
. "$(dirname "$0")/lib.sh"

B=${B:-build}
warn='-std=gnu11 -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wundef -Werror'
guest='-m32 -march=i386 -ffreestanding -fno-pic -Iroms -Iroms/user -Iroms/cputest'
user="${guest/-ffreestanding/} -isystem roms/libc/include"
ui=$(pkg-config --cflags sdl2 libpng ncursesw 2>/dev/null)

while IFS= read -r header; do
    case $header in
    roms/libc/* | roms/user/*) flags="$warn $user" ;;
    roms/*) flags="$warn $guest" ;;
    ui/*) flags="$warn -I. -I$B/gen $ui" ;;
    *) flags="$warn -I. -I$B/gen" ;;
    esac
    for cc in "${GCC:-gcc}" "${CLANG:-clang}"; do
        # shellcheck disable=SC2086
        if errors=$(printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
            $cc $flags -Wno-unused-function -iquote . -fsyntax-only -x c - 2>&1); then
            pass
        else
            fail "$header: does not compile alone with $cc: $(grep -m 1 error <<<"$errors")"
        fi
    done
done < <(sources '*.h')
finish
