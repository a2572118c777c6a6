#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# shell.sh - every shell script passes shellcheck, warnings included.
. "$(dirname "$0")/lib.sh"

while IFS= read -r file; do
    if findings=$(shellcheck -S warning -f gcc "$file" 2>&1); then
        pass
    else
        fail "$(head -n 3 <<<"$findings")"
    fi
done < <(
    sources '*.sh'
    grep -lI '^#!.*sh$' start check .ci/* 2>/dev/null
)
finish
