#!/bin/sh
# SPDX-License-Identifier: MIT
# pieces.sh - the tables from which handlers are copied (splice.c), as C: pieces.sh COPIES h_alu.o h_flow.o ...
# One set for each object, by pieces.awk and layout.awk; in the directory COPIES lies its counterpart for copies.
# Offsets are relative to the function that chooses the handlers, which is the one that the object exports.
set -eu
here=$(dirname "$0")
copies=$1
shift
list='' comma=''
for object; do
    nm "$object" >"$copies/nm.tmp"
    anchor=$(awk '$2 == "T" { print $3; exit }' "$copies/nm.tmp")
    objdump -drw "$copies/$(basename "$object")" |
        awk -v anchor="$anchor" -f "$here/pieces.awk" -f "$here/layout.awk" "$copies/nm.tmp" -
    echo "extern const char ${anchor}[];"
    list="$list$comma    {${anchor}_pieces, ${anchor}_code, ${anchor}_outs, ${anchor}}"
    comma=',
'
done
echo "static const struct object objects[] = {"
echo "$list,"
echo "    {NULL, NULL, NULL, NULL}};"
