#!/usr/bin/env bash
# Tries the package on a clean Debian 12, and prints what was run and seen: from `apt install` over the first phone's
# row, parts in processes of their own, Apache and an upgrade, to a purge that leaves nothing. As root.
#
# The machine is a debootstrap folder with systemd as its first process, in namespaces of its own: it has no network but
# its loopback, so nothing is fetched while the package is installed. What it needs of Debian is fetched once, before.
#
# Usage: packaging/try-deb.sh [PACKAGE]     TRY_DEB_FOLDER=/var/tmp/autoprov-try-deb
set -euo pipefail
cd "$(dirname "$0")/.."

package=$(realpath "${1:-$(ls build/deb/autoprov_*_amd64.deb)}")
folder=${TRY_DEB_FOLDER:-/var/tmp/autoprov-try-deb}
machine=$folder/machine
python=$PWD/.venv/bin/python
address=192.168.77.2
mkdir -p "$folder"

fail() { echo "try-deb.sh: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "needs root, for debootstrap and namespaces"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt install debootstrap"

make_base() {
    debootstrap --variant=minbase --include=systemd-sysv,dbus bookworm "$folder/base.new" >"$folder/debootstrap.log"
    chroot "$folder/base.new" apt-get -qq update
    chroot "$folder/base.new" apt-get -qq -y install --download-only python3 adduser ca-certificates openssl apache2 >/dev/null
    mv "$folder/base.new" "$folder/base"
}

# The machine's first process sees this script's namespaces as its own, and the folder as its root.
boot() {
    cat >"$folder/boot.sh" <<'END'
set -e
root=$1
ip link set lo up
ip address add "$2/24" dev lo
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
export container=chroot
exec chroot "$root" /lib/systemd/systemd --system --unit=multi-user.target
END
    unshare --net --pid --mount --uts --ipc --cgroup --fork bash "$folder/boot.sh" "$machine" "$address" \
        >"$folder/boot.log" 2>&1 </dev/null &
    unshare_pid=$!
    for _ in $(seq 60); do
        first=$(pgrep -P "$unshare_pid" || true)
        case "$([ -z "$first" ] || inside systemctl is-system-running 2>/dev/null || true)" in
            running | degraded) return ;;
        esac
        sleep 0.5
    done
    fail "systemd did not come up: $folder/boot.log"
}

halt() {
    [ -z "${first:-}" ] || kill -9 "$first" 2>/dev/null || true
    [ -z "${unshare_pid:-}" ] || wait "$unshare_pid" 2>/dev/null || true
    rm -rf --one-file-system "$machine"
}

inside() {
    nsenter --target "$first" --all --root env -i -C / PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
        COLUMNS=150 DEBIAN_FRONTEND=noninteractive SYSTEMD_PAGER=cat SYSTEMD_COLORS=0 "$@"
}

title() { printf '\n== %s\n' "$*"; }

run() {
    printf '$ %s\n' "$*"
    inside bash -c "$*" 2>&1 | sed -E 's/\r.*\r//'
}

expect() { # what a command prints has to match
    local pattern=$1 seen
    shift
    seen=$(run "$@") || true
    printf '%s\n' "$seen"
    grep -Eq -- "$pattern" <<<"$seen" || fail "expected to see: $pattern"
}

until_seen() { # the same, once it comes true
    local pattern=$1
    shift
    for _ in $(seq 60); do
        ! inside bash -c "$*" 2>/dev/null | grep -Eq -- "$pattern" || break
        sleep 0.5
    done
    expect "$pattern" "$@"
}

phone() { # a simulated phone on the machine's network; it knows nothing but where to boot from
    printf '(a %s with the MAC %s is plugged in, and boots from %s)\n' "$2" "$1" "$3"
    nsenter --target "$first" --net timeout 60 "$python" -m simulated_phone --boot-server "$3" --mac "$1" --model "$2" \
        --firmware "$4" --listen "$address" --exit-after registered |
        grep -E 'registration.cfg|"label": "[^"]|registered' | sed -E 's/, "(program|contact)".*//' || fail "the phone did not register"
}

everything() { # all files of the machine, without those that apt and systemd keep of their own doing
    inside find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/tmp \
        -o -path /var/log/journal -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache \
        -o -path /var/lib/systemd \) -prune -o ! -path '/root/autoprov*.deb' -printf '%p %u %g %m\n' |
        grep -Ev '^/var/log/(apt|dpkg|apache2)|^/etc/(passwd|group|shadow|gshadow)-? |^/var/lib/apache2/(module|conf/[a-z_]+ )' | sort
    inside cat /etc/passwd /etc/group
    inside find /run -name '*autoprov*' -not -path '/run/systemd/propagate/*'
}

[ -d "$folder/base" ] || make_base
trap halt EXIT
rm -rf --one-file-system "$machine"
cp -a "$folder/base" "$machine"
cp "$package" "$machine/root/autoprov.deb"
echo phones >"$machine/etc/hostname"
echo "127.0.0.1 localhost phones" >"$machine/etc/hosts"
version=$(dpkg-deb --field "$package" Version)
dpkg-deb --raw-extract "$package" "$folder/next"
sed -i "s/^Version: .*/Version: $version+next/" "$folder/next/DEBIAN/control"
dpkg-deb --root-owner-group --build "$folder/next" "$machine/root/autoprov-next.deb" >/dev/null
rm -rf "$folder/next"

title "A bare Debian 12, without network"
boot
run "grep PRETTY_NAME /etc/os-release; dpkg --list | grep -c ^ii; command -v python3 || echo no python3"
title "Install there, and purge at once: does it take all it needs, and leave nothing?"
run "apt-get -q -y install /root/autoprov.deb | tail -n 4"
expect "version $version" "autoprov --version"
run "apt-get -q -y purge autoprov | tail -n 3"
[ -z "$(inside find / -xdev -name '*autoprov*' -not -path '/root/*' -not -path '/proc/*')" ] || fail "something is left"
echo "(no file of that name is left)"
run "apt-get -q -y install apache2 >/dev/null; systemctl is-active apache2"
everything >"$folder/before"

title "Install"
run "apt-get -q -y install /root/autoprov.deb | grep -Ev 'Reading|^Get:|^Need'"
expect "enabled" "systemctl is-enabled autoprov.service autoprov@web.service"
expect "condition failed|ConditionPathExists" "systemctl status autoprov.service | head -n 6"
run "id autoprov; ls -ld /etc/autoprov /var/lib/autoprov; zcat /usr/share/man/man8/autoprov.8.gz | head -n 3"

title "The units"
run "systemd-analyze verify --man=no autoprov.service autoprov@web.service && echo nothing to say"
run "systemd-analyze security autoprov.service --no-pager | tail -n 2; systemd-analyze security autoprov@web.service | tail -n 1"

title "Set up"
cat >"$machine/root/answers.toml" <<END
host = "embedded"
pbx = "192.168.77.10"
address = "$address"
END
run "cat /root/answers.toml"
expect "wrote /etc/autoprov/autoprov.toml" "autoprov setup --answers /root/answers.toml"
expect "says all of that already" "autoprov setup --answers /root/answers.toml | head -n 1"
run "find /etc/autoprov /var/lib/autoprov -printf '%M %u:%g %p\n'"
[ -z "$(inside find /etc/autoprov /var/lib/autoprov -perm /007)" ] || fail "something is open to everybody"
echo "(nothing of it is open to everybody)"

title "Run, and plug in a phone"
expect "^active" "systemctl start autoprov; systemctl is-active autoprov"
phone 64167f5d0410 VVX_410 "http://$address:8480/" 5.9.5.0614
until_seen "64167f5d0410" "cd /root && autoprov phones --unassigned"
run "autoprov timeline 64167f5d0410 | tail -n 8"
expect "exit code 0" "autoprov check >/root/check; echo exit code \$?; grep -c ' ok ' /root/check; rm /root/check"
run "ps -C autoprov -o user,pid,rss,args"

expect "now shows" "runuser -u nobody -- env HOME=/tmp autoprov demo --once | tail -n 1"

title "Each part in a process of its own"
run "systemctl disable --now autoprov 2>&1"
run "systemctl enable --now autoprov@{inventory,worker,registrar,web,console} 2>&1 | tail -n 1"
phone 0004f2c10335 SPIP_335 "http://$address:8480/" 4.0.14.1388
until_seen "0004f2c10335" "autoprov phones --unassigned"
run "systemctl list-units --plain --no-legend 'autoprov*'"

title "Apache"
printf 'boot = "apache"\n' >"$machine/root/apache.toml"
run "autoprov setup --answers /root/apache.toml --change >/root/said; sed -n '/changed/,/DHCP/p' /root/said"
run "grep -E '^    (usermod|chgrp|a2enmod)' /root/said >/root/steps; bash -e /root/steps | grep -v ^Module; rm /root/said /root/steps"
expect "Syntax OK" "apachectl configtest"
run "systemctl restart 'autoprov@*'"
phone 482567e48800 Trio_8800 "http://$address:8483/" 5.4.3.2007
until_seen "482567e48800" "autoprov phones --unassigned"
run "grep -E 'registration|own' /var/log/apache2/autoprov.log | head -n 3"

title "Upgrade"
run "echo '# a line of mine' >>/etc/autoprov/autoprov.toml; md5sum /etc/autoprov/autoprov.toml /etc/autoprov/secrets/* >/root/sums"
before=$(inside systemctl show --property MainPID autoprov@web)
run "apt-get -q -y install /root/autoprov-next.deb | tail -n 3"
[ "$(inside systemctl show --property MainPID autoprov@web)" != "$before" ] || fail "the parts were not restarted"
expect "\\+next" "dpkg-query --show autoprov"
expect "OK" "md5sum --check /root/sums; stat -c '%U:%G %a' /var/lib/autoprov"
until_seen "482567e48800" "autoprov phones --unassigned"
run "systemctl disable --now autoprov@{inventory,worker,registrar,web,console} 2>/dev/null; systemctl enable --now autoprov 2>/dev/null"
before=$(inside systemctl show --property MainPID autoprov)
run "cp /root/autoprov.deb /root/autoprov-again.deb; apt-get -q -y --allow-downgrades install /root/autoprov-again.deb | tail -n 1"
[ "$(inside systemctl show --property MainPID autoprov)" != "$before" ] || fail "the service was not restarted"
run "systemctl list-units --plain --no-legend 'autoprov*'"

title "Remove: settings and phones stay"
run "apt-get -q -y remove autoprov | tail -n 2"
expect "autoprov.toml" "ls /etc/autoprov /var/lib/autoprov; systemctl is-active apache2"

title "Purge: nothing is left"
run "apt-get -q -y purge autoprov | tail -n 2"
run "a2dismod -q -f asis headers cgid; systemctl restart apache2; systemctl is-active apache2; rm -f /root/*.toml /root/sums"
everything >"$folder/after"
diff "$folder/before" "$folder/after" || fail "left behind, or missing: above"
echo "(the machine's files, users and groups are what they were before)"
