#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# format.sh - every C file is as clang-format (.clang-format) writes it. `make format` does it.
. "$(dirname "$0")/lib.sh"

while IFS= read -r file; do
    if first=$(${CLANG_FORMAT:-clang-format} --dry-run -Werror "$file" 2>&1); then
        pass
    else
        fail "$(head -n 1 <<<"$first")"
    fi
done < <(sources '*.c' '*.h')
finish
