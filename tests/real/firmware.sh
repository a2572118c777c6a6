#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# firmware.sh BUILD [short] - BIOSes alone, to the point where they find nothing to boot: SeaBIOS and
# Bochs's BIOS on both machines, each with the VGA BIOS that goes with it, by file and as installed.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
packages seabios bochsbios vgabios
unpack seabios 'usr/share/seabios/*.bin'
sea=$(dirname "$unpacked")
unpack bochsbios 'usr/share/bochs/BIOS-bochs-*'
bochs=$(dirname "$unpacked")
unpack vgabios usr/share/vgabios/vgabios.bin
lgpl=$unpacked

script <<END
wait "No bootable device." on screen for 30 s
quit
END

firmware() { # firmware WHAT SAID OPTIONS...: SAID is in its log
    local what=$1 said=$2
    machine=("${@:3}" --pace none)
    run log "$RUN_LIMIT" "$scratch/script" --trace "bios:$scratch/log"
    ends log 0 "$what comes to its end"
    check "$what says '$said'" grep -qF -- "$said" "$scratch/log"
    boots
    repeats
    resumes 'No bootable'
    lockstep "$([ "$long" ] && echo 300000000 || echo 10000000)"
}

firmware 'SeaBIOS on pc' 'VBE DISPI: bdf 00:02.0, bar 0' \
    --machine pc --bios "$sea/bios-256k.bin" --vgabios "$sea/vgabios-stdvga.bin"
# After a minute SeaBIOS starts again; without a 440FX it does so by a triple fault.
firmware 'SeaBIOS on isa' 'Unable to lock ram - bridge not found' \
    --machine isa -m 4M --cpu 486 --on-triple-fault reset --bios "$sea/bios.bin" --vgabios "$sea/vgabios-isavga.bin"
firmware "Bochs's BIOS on pc" 'PCI ROM copied to 0xc0000' \
    --machine pc --bios "$bochs/BIOS-bochs-latest" --vgabios "$lgpl"
# 386-clean, both of them
firmware "Bochs's BIOS on isa" 'No bootable device.' \
    --machine isa --cpu 386 --bios "$bochs/BIOS-bochs-legacy" --vgabios "$lgpl"
done_here
