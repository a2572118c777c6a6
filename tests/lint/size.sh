#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# size.sh - a .c or .S file has at most 600 lines, a header 200. Tables do not count: lines
# between `clang-format off` and `clang-format on`. Other exceptions stand in size-exempt.txt,
# one "PATH reason" per line; an exception that is not needed (any more) is a finding as well.
. "$(dirname "$0")/lib.sh"

exempt=tests/lint/size-exempt.txt

counted_lines() {
    awk '/clang-format off/ { table = 1 }
         !table { n++ }
         /clang-format on/ { table = 0 }
         END { print n + 0 }' "$1"
}

while IFS= read -r file; do
    limit=600
    [[ $file == *.h ]] && limit=200
    n=$(counted_lines "$file")
    reason=$([ ! -f $exempt ] || awk -v f="$file" '$1 == f { $1 = ""; print }' $exempt)
    if [ "$n" -gt $limit ] && [ -z "$reason" ]; then
        fail "$file: $n lines, the limit is $limit: split it"
    elif [ "$n" -le $limit ] && [ -n "$reason" ]; then
        fail "$exempt: $file has $n lines and needs no exception"
    else
        pass
    fi
done < <(sources '*.c' '*.h' '*.S')

if [ -f $exempt ]; then
    while read -r file reason; do
        [[ -z $file || $file == '#'* ]] && continue
        if [ ! -f "$file" ]; then
            fail "$exempt: there is no $file"
        elif [ -z "$reason" ]; then
            fail "$exempt: no reason given for $file"
        fi
    done <$exempt
fi
finish
