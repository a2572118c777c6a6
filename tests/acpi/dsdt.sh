#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# dsdt.sh write|compare - compiles machine/acpi_dsdt.asl with iasl (Debian's acpica-tools) into
# machine/acpi_dsdt.c, or compares the two. The compiler's own version is no part of the comparison.
set -u
export LC_ALL=C

asl=machine/acpi_dsdt.asl c=machine/acpi_dsdt.c
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT

if ! command -v iasl >/dev/null; then
    echo "SKIP: iasl is not installed (acpica-tools)"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi

cpp -P -x c "$asl" >"$dir/dsdt.asl" &&
    iasl -p "$dir/dsdt" "$dir/dsdt.asl" >"$dir/log" 2>&1
if [ ! -s "$dir/dsdt.aml" ]; then
    cat "$dir/log"
    echo "0 passed, 1 failed"
    exit 1
fi

{
    echo "/* SPDX-License-Identifier: MIT */"
    echo "/* acpi_dsdt.c - acpi_dsdt.asl, compiled: \`make dsdt\` writes this file. */"
    echo '#include "machine/acpi.h"'
    echo
    echo "/* clang-format off */"
    echo "const uint8_t acpi_dsdt[] = {"
    od -An -v -tx1 "$dir/dsdt.aml" | sed 's/ \(..\)/0x\1,/g; s/^/    /'
    echo "};"
    echo "const uint32_t acpi_dsdt_size = sizeof acpi_dsdt;"
} >"$dir/dsdt.c"

if [ "${1-}" = write ]; then
    cp "$dir/dsdt.c" "$c"
    exit 0
fi

# Bytes 9 (checksum) and 32-35 (version of the compiler) of the header may differ.
bytes() { grep -o '0x[0-9a-f][0-9a-f]' "$1" | sed -e 10d -e 33,36d; }
if [ "$(bytes "$dir/dsdt.c")" = "$(bytes "$c")" ]; then
    echo "1 passed, 0 failed"
else
    echo "FAIL $c is not what $asl compiles to: make dsdt"
    echo "0 passed, 1 failed"
    exit 1
fi
