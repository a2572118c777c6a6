#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# normalise.sh [n] - makes a transcript on standard input comparable: what depends on the compiler
# (addresses of code, data and locals, places in files) becomes dots, and the number of a frame
# becomes a letter, the first one A, the next different one B: that two are the same or not is
# still to be seen. With n, decimal numbers become #.

numbers=()
[ "${1:-}" != n ] || numbers=(-e 's/ *\b[0-9]+\b/ #/g')

sed -E -e 's/\r$//' \
    -e 's/\b0804(8000|7fff)\b/text:\1/g' \
    -e 's/\b08[0-9a-f]{6}\b/08....../g' \
    -e 's/\btext:(8000|7fff)\b/0804\1/g' \
    -e 's/\b40000000\b/library:base/g' \
    -e 's/\b40[0-9a-f]{6}\b/40....../g' \
    -e 's/\blibrary:base\b/40000000/g' \
    -e '/libc\.so/s/\b6000[1-9a-f]000\b/6000..../g' \
    -e 's/\bbf(ff[0-9a-d]...|ff(e|f)(..[1-9a-f]|.[1-9a-f].|[1-9a-f]..)|[0-9a-e].....|f[0-9a-e]....)\b/bf....../g' \
    -e 's/ 0000[0-9a-f]000 01:00 [0-9]+ +/ offset 01:00 inode /' \
    -e 's/[0-9]+ (pages more|in all)/# \1/' -e 's/there are [0-9]+ frames/there are # frames/' \
    -e '/^damaged\[/d' \
    -e 's/^([0-9]+ random ones:).*/\1 .../' "${numbers[@]}" |
    awk '{
        line = ""
        while (match($0, /frame 0x[0-9a-f]+/)) {
            frame = substr($0, RSTART + 6, RLENGTH - 6)
            if (!(frame in letter))
                letter[frame] = sprintf("%c", 65 + known++)
            line = line substr($0, 1, RSTART + 5) letter[frame]
            $0 = substr($0, RSTART + RLENGTH)
        }
        print line $0
    }'
