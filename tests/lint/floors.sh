#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# floors.sh - who may include whom (docs/architecture.md). Checks every #include "..." of every
# C and assembler file:
# - the emulator's includes are path-qualified from the root and point at the same floor or one
#   below it; cpu/ and devices/ do not see each other, nor do loader/, monitor/ and ui/;
# - only machine/ sees devices/, so that nothing above it depends on a particular chip;
# - main.c and options.c, the top, see machine/ and the floor-4 folders but no processor or chip;
# - X.c includes X.h before anything else, when there is an X.h;
# - guests (roms/) and the emulator share no header, in either direction.
. "$(dirname "$0")/lib.sh"

allowed() { # allowed FOLDER: the folders it may include
    case $1 in
    base) echo base ;;
    mmu) echo base mmu ;;
    cpu) echo base mmu cpu ;;
    devices) echo base mmu devices ;;
    machine) echo base mmu cpu devices machine ;;
    loader) echo base mmu cpu machine loader ;;
    monitor) echo base mmu cpu machine monitor ;;
    ui) echo base mmu cpu machine ui ;;
    top) echo base machine loader monitor ui . ;;
    tests) echo base mmu cpu devices machine loader monitor ui tests . ;;
    *) echo "" ;;
    esac
}

emulator_folder() { # is it a folder of the emulator?
    case $1 in
    base | mmu | cpu | devices | machine | loader | monitor | ui) return 0 ;;
    esac
    return 1
}

check_include() { # check_include FILE FOLDER LINE HEADER
    local file=$1 folder=$2 line=$3 header=$4 target=${4%%/*}

    if [ "$folder" = guest ]; then
        if emulator_folder "$target" || [ "$target" = tests ] || [[ $header == *..* ]]; then
            fail "$file:$line: a guest includes \"$header\": guests share no header with the emulator"
            return 1
        fi
        return 0
    fi
    if [[ $header != */* ]]; then
        target=.
    fi
    if [[ " $(allowed "$folder") " != *" $target "* ]]; then
        fail "$file:$line: $folder may not include \"$header\" (it may include: $(allowed "$folder"))"
        return 1
    fi
}

while IFS= read -r file; do
    case $file in
    roms/*) folder=guest ;;
    */*) folder=${file%%/*} ;;
    *) folder=top ;;
    esac
    good=yes
    first=
    while IFS=: read -r line text; do
        header=${text#*[\"<]}
        header=${header%%[\">]*}
        first=${first:-$header}
        if [[ $text == *\"*\"* ]]; then
            check_include "$file" "$folder" "$line" "$header" || good=no
        fi
    done < <(grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]' "$file")
    own=${file%.c}.h
    if [ "$file" != "$own" ] && [ -f "$own" ] && [ "$first" != "$own" ] &&
        [ "$folder/${first}" != "guest/${own#roms/}" ] && [ "$folder/$first" != "guest/${own##*/}" ]; then
        fail "$file: includes \"$first\" first, should be its own \"$own\""
        good=no
    fi
    [ $good = no ] || pass
done < <(sources '*.c' '*.h' '*.S')
finish
