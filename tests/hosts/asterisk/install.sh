#!/bin/sh
# A real Asterisk (Debian sid's) in a folder of its own, for `make test-asterisk`; a second time it is there already.
# Usage: install.sh FOLDER. It needs root, for chroot; nothing outside of FOLDER is changed.
set -eu
folder=$1
mirror=${MIRROR:-http://deb.debian.org/debian}
[ -e "$folder/.asterisk-is-there" ] && exit 0
[ "$(id -u)" -eq 0 ] || { echo "make test-asterisk: needs root, for debootstrap and chroot: sudo make test-asterisk" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "make test-asterisk: first apt-get install debootstrap" >&2; exit 1; }

[ -e "$folder/etc/apt/sources.list" ] || debootstrap --variant=minbase --include=ca-certificates sid "$folder" "$mirror"
printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d" # no service starts
chmod 755 "$folder/usr/sbin/policy-rc.d"
cp /etc/resolv.conf "$folder/etc/resolv.conf"
export DEBIAN_FRONTEND=noninteractive
# A mirror that stands still is good enough; packages are signed all the same.
chroot "$folder" apt-get -o Acquire::Check-Valid-Until=false -qq update
chroot "$folder" apt-get -qq --no-install-recommends install asterisk
touch "$folder/.asterisk-is-there"
