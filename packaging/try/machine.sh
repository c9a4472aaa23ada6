# A Debian 12 to try the package on, for the scripts that source this: a debootstrap folder with systemd as its first
# process, in namespaces of its own. It has no network but its loopback, so nothing is fetched while something is
# installed; what is installed there of Debian is fetched once, before. Wants $folder, $package and $python.

machine=$folder/machine
address=192.168.77.2
debian="python3 adduser ca-certificates libpq5 openssl apache2 libapache2-mod-wsgi-py3 kamailio kamailio-sqlite-modules sqlite3 postgresql"

fail() { echo "try-deb.sh: $*" >&2; exit 1; }

make_base() {
    if [ ! -d "$folder/base" ]; then
        debootstrap --variant=minbase --include=systemd-sysv,dbus bookworm "$folder/base.new" >"$folder/debootstrap.log"
        mv "$folder/base.new" "$folder/base"
    fi
    chroot "$folder/base" apt-get -qq update
    # shellcheck disable=SC2086 # words
    chroot "$folder/base" apt-get -qq -y install --download-only $debian >"$folder/download.log"
    echo "$debian" >"$folder/debian"
}

new_machine() { # named $1
    [ "$(cat "$folder/debian" 2>/dev/null)" = "$debian" ] || make_base
    rm -rf --one-file-system "$machine"
    cp -a "$folder/base" "$machine"
    cp "$package" "$machine/root/autoprov.deb"
    echo "$1" >"$machine/etc/hostname"
    echo "127.0.0.1 localhost $1" >"$machine/etc/hosts"
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
