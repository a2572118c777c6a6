#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# fetch.sh FOLDER PACKAGE... - gets i386 packages of Debian 12 as FOLDER/PACKAGE.deb, once.
#
# apt does it, with a state of its own below FOLDER: nothing else on the host changes, and nobody has to
# be root. The archive is the one that the host's own sources name, or $DEBIAN_MIRROR. Of a package
# without contents (linux-image-686) the package that it stands for is taken. What is there already needs
# no network. Without success the last line says why; for ten minutes it is then not tried again.

set -u
mkdir -p "${1:?usage: fetch.sh FOLDER PACKAGE...}" || exit 2
folder=$(cd "$1" && pwd)
shift
suite=bookworm
apt=$folder/apt
keys=/usr/share/keyrings/debian-archive-keyring.gpg

fail() {
    echo "$1" | tee "$folder/unavailable"
    exit 1
}

mirror() { # of the host's sources the first that is Debian's main archive
    local from=(/etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources)
    if [ -n "${DEBIAN_MIRROR:-}" ]; then
        echo "$DEBIAN_MIRROR"
    else
        cat "${from[@]}" 2>/dev/null | grep -oE 'https?://[^ ]*/debian/?( |$)' | head -n 1 | tr -d ' '
    fi
}

configure() {
    local uri
    command -v apt-get >/dev/null || fail 'there is no apt-get to fetch packages with'
    [ -f $keys ] || fail "$keys is not there (package debian-archive-keyring)"
    uri=$(mirror)
    [ -n "$uri" ] || fail 'the sources of apt name no Debian archive; DEBIAN_MIRROR=URL does'
    mkdir -p "$apt"/{lists,cache/archives}/partial "$apt/sources" "$apt/empty"
    : >"$apt/status"
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$uri" $suite $keys \
        >"$apt/sources/debian.sources"
    cat >"$apt/apt.conf" <<END
APT::Architecture "i386";
APT::Architectures { "i386"; };
APT::Sandbox::User "";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::Languages "none";
Dir::State::Lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$apt/sources";
Dir::Etc::preferencesparts "$apt/empty";
END
}

own() { # own COMMAND...: apt with the state below FOLDER
    APT_CONFIG=$apt/apt.conf "$@" 2>"$folder/apt.err"
}

contents() { # contents PACKAGE: itself, or what it depends on if it is only a name for that
    local other
    case $1 in
    linux-image-686 | linux-image-686-pae)
        other=$(own apt-cache depends "$1" | awk '/Depends: linux-image-[0-9]/ { print $2; exit }')
        echo "${other:-$1}"
        ;;
    *) echo "$1" ;;
    esac
}

get() { # get PACKAGE
    local real
    real=$(contents "$1")
    rm -rf "$folder/new"
    mkdir "$folder/new" || exit 2
    (cd "$folder/new" && own apt-get download -qq "$real" >/dev/null) ||
        fail "cannot fetch $real: $(grep -m 1 '^E:' "$folder/apt.err" || echo 'apt-get download failed')"
    mv "$folder"/new/*.deb "$folder/$1.deb"
}

exec 9>"$folder/lock"
flock 9
wanted=()
for package; do
    [ -s "$folder/$package.deb" ] || wanted+=("$package")
done
[ ${#wanted[@]} -gt 0 ] || exit 0
if [ -n "$(find "$folder/unavailable" -mmin -10 2>/dev/null)" ]; then
    cat "$folder/unavailable"
    exit 1
fi
rm -f "$folder/unavailable"
configure
if [ -z "$(find "$apt/updated" -mmin -600 2>/dev/null)" ]; then
    own apt-get update -qq
    why=$(grep -m 1 '^[EW]:' "$folder/apt.err")
    # apt takes an archive that it cannot reach for a warning.
    own apt-cache show busybox-static >/dev/null || fail "cannot read the archive's index: ${why:-?}"
    touch "$apt/updated"
fi
for package in "${wanted[@]}"; do
    get "$package"
done
rm -rf "$folder/new" "$folder/apt.err"
