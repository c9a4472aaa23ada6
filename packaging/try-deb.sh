#!/usr/bin/env bash
# Tries the package on clean Debian 12 machines, and prints what was run and seen. As root.
#
# try/alone.sh    from `apt install` over the first phone's row, parts in processes of their own, Apache's CGI and an
#                 upgrade, to a purge that leaves nothing
# try/beside.sh   beside a Kamailio, an Apache with mod_wsgi and a PostgreSQL, which come and go
#
# Usage: packaging/try-deb.sh [PACKAGE [alone|beside]...]     TRY_DEB_FOLDER=/var/tmp/autoprov-try-deb
set -euo pipefail
cd "$(dirname "$0")/.."

package=$(realpath "${1:-$(ls build/deb/autoprov_*_amd64.deb)}")
folder=${TRY_DEB_FOLDER:-/var/tmp/autoprov-try-deb}
python=$PWD/.venv/bin/python
trials=("${@:2}")
[ ${#trials[@]} -gt 0 ] || trials=(alone beside)
mkdir -p "$folder"
. packaging/try/machine.sh

[ "$(id -u)" = 0 ] || fail "needs root, for debootstrap and namespaces"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt install debootstrap"

for trial in "${trials[@]}"; do
    (
        trap halt EXIT
        . "packaging/try/$trial.sh"
    )
done
