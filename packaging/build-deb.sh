#!/usr/bin/env bash
# Builds build/deb/autoprov_VERSION_amd64.deb on Debian 12: our code and the wheels of constraints.txt in an
# environment of their own under /usr/lib/autoprov, because Debian 12's Flask, lxml, requests, rich, SQLAlchemy and
# waitress are older than pyproject.toml allows. Wheels come from the network now; installing asks for none.
#
# Usage: packaging/build-deb.sh [VERSION]     without it the version of pyproject.toml
set -euo pipefail
cd "$(dirname "$0")/.."

python=/usr/bin/python3
if [ "$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" != 3.11 ]; then
    echo "build-deb.sh: $python is not Debian 12's Python 3.11, for which the package is made" >&2
    exit 1
fi
for tool in dpkg-buildpackage dh; do
    command -v "$tool" >/dev/null || { echo "build-deb.sh: $tool is missing: apt install dpkg-dev debhelper" >&2; exit 1; }
done
upstream=$("$python" -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["version"])')
version=${1:-$upstream}
build=build/deb
tree=$build/autoprov-$version
stage=$tree/stage
home=$stage/usr/lib/autoprov
packages=$home/lib/python3.11/site-packages
umask 022
trap 'echo "build-deb.sh: failed in line $LINENO: $BASH_COMMAND" >&2' ERR

mkdir -p build
exec 9>build/.deb-lock
flock --nonblock 9 || { echo "build-deb.sh: another build is at work in $build" >&2; exit 1; }
rm -rf "$build"
mkdir -p "$packages" "$home/bin" "$stage/usr/bin" "$stage/etc/apache2/conf-available" "$build/source"

# Everything that is installed goes through one wheel of ours, built in a copy that leaves no traces in the checkout.
# psycopg without its "binary" takes Debian's libpq5, and with it Debian's OpenSSL. PyMySQL wants nothing of Debian's.
cp -r pyproject.toml constraints.txt README.md LICENSE autoprov autoprov_* registrar_plugin sipxconfig_client \
    sipxconfig_server simulated_phone "$build/source/"
find "$build/source" -name __pycache__ -prune -exec rm -rf {} +
"$python" -m venv "$build/tools"
pip=("$build/tools/bin/pip" -qq --disable-pip-version-check)
"${pip[@]}" wheel --wheel-dir "$build/wheels" --constraint constraints.txt "$build/source" psycopg PyMySQL
"${pip[@]}" install --no-index --find-links "$build/wheels" --no-compile --target "$packages" autoprov psycopg PyMySQL
# Scripts that would run with the build's Python, and what only a compiler or the wheels' own tests want.
rm -rf "$packages/bin" "$packages/lxml/includes" "$packages/sqlalchemy/testing" "$packages/certifi/tests"
find "$packages" \( -name '*.pyx' -o -name '*.pxd' -o -name '*.pxi' -o -name '*.h' -o -name '*.c' \) -delete
# Trust what the machine trusts, a company's own authority included.
ln -sf /etc/ssl/certs/ca-certificates.crt "$packages/certifi/cacert.pem"

# An environment in venv's sense (PEP 405), without a copy of Python.
printf 'home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11\n' >"$home/pyvenv.cfg"
ln -s ../../../bin/python3.11 "$home/bin/python3"
install -m 755 packaging/autoprov-launcher "$home/bin/autoprov"
ln -s ../lib/autoprov/bin/autoprov "$stage/usr/bin/autoprov"

# Apache's CGI and mod_wsgi run Debian's Python with these two packages alone, which need no library.
cp -r apache cgi "$home/"
chmod 755 "$home/cgi/autoprov.cgi"
for name in autoprov_phones autoprov_web; do
    ln -s "lib/python3.11/site-packages/$name" "$home/$name"
done
install -m 644 packaging/apache-autoprov.conf "$stage/etc/apache2/conf-available/autoprov.conf"

cp -r packaging/debian "$tree/debian"
cp -r packaging/systemd "$tree/systemd"
for unit in autoprov autoprov@; do
    install -D -m 644 packaging/sandbox.conf "$tree/systemd/$unit.service.d/10-sandbox.conf"
done
cp -r README.md CHANGELOG.md docs contrib "$tree/"
find "$tree/contrib" \( -name __pycache__ -o -name '*.so' -o -name '*.o' \) -prune -exec rm -rf {} +
PYTHONPATH=$packages "$python" packaging/manual_page.py packaging/autoprov.8.in >"$tree/autoprov.8"

date=$(date -R -u ${SOURCE_DATE_EPOCH:+--date=@$SOURCE_DATE_EPOCH})
cat >"$tree/debian/changelog" <<END
autoprov ($version) bookworm; urgency=medium

  * What changed is told in /usr/share/doc/autoprov/CHANGELOG.md.

 -- $(sed -n 's/^Maintainer: //p' packaging/debian/control)  $date
END
(cd "$tree" && dpkg-buildpackage --build=binary --no-sign >../build.log 2>&1) || { tail -30 "$build/build.log" >&2; exit 1; }
ls "$build"/autoprov_"$version"_amd64.deb
