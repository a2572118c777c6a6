#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# spdx.sh - every source file says its licence within its first three lines.
. "$(dirname "$0")/lib.sh"

while IFS= read -r file; do
    if head -n 3 "$file" | grep -q 'SPDX-License-Identifier: MIT'; then
        pass
    else
        fail "$file: no 'SPDX-License-Identifier: MIT' in the first three lines"
    fi
done < <(
    sources '*.c' '*.h' '*.S' '*.inc' '*.ld' '*.sh' '*.mk' '*.awk' '*.py' Makefile
    grep -lI '^#!' start check .ci/* 2>/dev/null
)
finish
