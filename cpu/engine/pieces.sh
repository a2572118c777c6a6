#!/bin/sh
# SPDX-License-Identifier: MIT
# pieces.sh - the tables of the handlers that can be copied (splice.c), as C: pieces.sh h_alu.o h_flow.o ...
# One table for each object, by pieces.awk, relative to the function that chooses its handlers, which is the
# one that the object exports.
set -eu
here=$(dirname "$0")
tables='' anchors=''
for object; do
    anchor=$(nm "$object" | awk '$2 == "T" { print $3; exit }')
    echo "static const int32_t ${anchor}_pieces[] = {"
    objdump -drw --no-show-raw-insn "$object" | awk -v anchor="$anchor" -f "$here/pieces.awk"
    echo "    0, 0};"
    echo "extern const char ${anchor}[];"
    tables="$tables ${anchor}_pieces," anchors="$anchors $anchor,"
done
echo "static const int32_t *const objects[] = {$tables NULL};"
echo "static const char *const anchors[] = {$anchors NULL};"
