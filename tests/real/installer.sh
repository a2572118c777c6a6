#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# installer.sh BUILD - the installer of Debian 12 to its language menu, on the VGA's text screen; the cursor
# keys move the bar. Kernel and initial RAM disk are those of the package for network boots. nomodeset:
# without it the kernel finds the display interface and leaves text mode.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
tools convert
packages debian-installer-12-netboot-i386
folder='usr/lib/debian-installer/images/12/i386/text/debian-installer/i386'
unpack debian-installer-12-netboot-i386 "$folder/linux"
kernel=$unpacked
unpack debian-installer-12-netboot-i386 "$folder/initrd.gz"

blue() { # blue PICTURE: how many of its points are of the dialog's background
    convert "$1" -format %c histogram:info: | awk '/#0000AA/ { n += $1 } END { print n + 0 }'
}

machine=(-m 768M -k "$kernel" -i "$unpacked" -a 'nokaslr nomodeset')
script <<END
wait "[!!] Select a language" on screen for 400 s
wait "English" on screen for 10 s
screenshot $scratch/menu.png
key down down down
until icount \$icount + 100000000
screenshot $scratch/moved.png
quit
END
boots
check 'the menu is blue' [ "$(blue "$scratch/menu.png")" -gt 20000 ]
check 'the cursor keys move its bar' [ "$(cksum <"$scratch/menu.png")" != "$(cksum <"$scratch/moved.png")" ]
no_findings
if [ "$long" ]; then
    repeats
    resumes 'Select a language'
    lockstep 200000000
fi
done_here
