# The package beside a Kamailio at which phones register, an Apache with mod_wsgi, and a PostgreSQL, all of them
# Debian's: sourced by try-deb.sh. What is done to the three stands in docs/hosts/kamailio.md, apache/README.md and
# docs/settings.md.

cursor() { inside journalctl -q -n 0 --show-cursor | sed -n 's/^-- cursor: //p'; }

quiet() { # no part said anything that somebody would have to read, since the last time
    local said
    said=$(inside journalctl -q -o cat --after-cursor "$read_up_to" -u 'autoprov*' |
        grep -E ' (WARNING|ERROR|CRITICAL) |Traceback|Failed|Killed' || true)
    read_up_to=$(cursor)
    [ -z "$said" ] || fail "the journal says: $said"
    echo "(no warning and no error in the journal of the parts)"
}

stands() { # a phone boots, registers, and has its row
    phone "$@"
    until_seen "$1" "autoprov phones --unassigned"
}

begun() { # all parts; for a moment the worker may have asked an inventory that did not answer yet
    until_seen "HEP listener listens" "journalctl -q -o cat -u autoprov@hep -n 3"
    until_seen "config system probed" "journalctl -q -o cat -u autoprov@worker -n 10 | tac | sed '/^Started/q'"
    read_up_to=$(cursor)
}

parts="inventory,worker,hep,web,console"
all_run() { until_seen "^(active ?){5}\$" "sleep 6; systemctl is-active autoprov@{$parts} | xargs"; }

new_machine pbx
title "Another bare Debian 12, with a Kamailio, an Apache and a PostgreSQL"
boot
run "apt-get -q -y install kamailio kamailio-sqlite-modules sqlite3 apache2 libapache2-mod-wsgi-py3 postgresql >/dev/null 2>&1; systemctl is-active apache2 postgresql"
cat >"$machine/etc/kamailio/kamailio-local.cfg" <<'END'
#!define WITH_AUTH
#!define DBURL "sqlite:////var/lib/kamailio/users.sqlite"
loadmodule "db_sqlite.so"
END
cat >>"$machine/etc/kamailio/kamctlrc" <<END
SIP_DOMAIN=$address
DBENGINE=SQLITE
DB_PATH=/var/lib/kamailio/users.sqlite
INSTALL_EXTRA_TABLES=no
INSTALL_PRESENCE_TABLES=no
INSTALL_DBUID_TABLES=no
END
run "install -d -o kamailio /var/lib/kamailio; kamdbctl create 2>&1 | tail -n 1; chown kamailio /var/lib/kamailio/users.sqlite"
expect "^active" "systemctl restart kamailio; systemctl is-active kamailio"

title "Install, and set up for that Kamailio"
run "apt-get -q -y install /root/autoprov.deb | tail -n 1"
cat >"$machine/root/answers.toml" <<END
host = "kamailio"
pbx = "$address"
address = "$address"
END
run "cat /root/answers.toml"
expect "docs/hosts/kamailio.md" "autoprov setup --answers /root/answers.toml"

title "Kamailio's side, as docs/hosts/kamailio.md has it"
run "kamctl add '~~id~autoprovision' \"\$(cat /etc/autoprov/secrets/sip-password)\" 2>&1 | tail -n 1"
run "cp /usr/share/doc/autoprov/contrib/kamailio/autoprov.cfg /etc/kamailio/; cp /etc/kamailio/kamailio.cfg /root/kamailio.cfg"
cat >"$machine/root/edit.sed" <<'END'
/^# -* setting module-specific parameters/i\
#!define AUTOPROV_HEP "sip:127.0.0.1:9060"\
include_file "/etc/kamailio/autoprov.cfg"\

/^	route(AUTH);/a\
	if (is_method("INVITE") && !has_totag()) route(AUTOPROV_CALLS);
/^route\[REGISTRAR\]/,/^}/s/^	if (!is_method("REGISTER")) return;/&\
	route(AUTOPROV);/
END
run "sed -i -f /root/edit.sed /etc/kamailio/kamailio.cfg; diff /root/kamailio.cfg /etc/kamailio/kamailio.cfg || true"
expect "config file ok" "kamailio -c 2>&1 >/dev/null | tail -n 1"
expect "^active" "systemctl restart kamailio; systemctl is-active kamailio"

title "The parts, each in its sandbox, and a phone that registers at Kamailio"
run "systemctl disable --now autoprov 2>&1; systemctl enable --now autoprov@{$parts} 2>&1 | tail -n 1"
begun
stands 64167f5d0410 VVX_410 "http://$address:8480/" 5.9.5.0614
run "autoprov timeline 64167f5d0410 | tail -n 5"
expect "~~id~autoprovision" "kamctl ul show 2>/dev/null | grep -E 'AoR|Address'"
expect "exit code 0" "autoprov check --host kamailio >/root/check; echo exit code \$?; grep -E 'Kamailio|told to us|hep|^ *(warning|wrong)' /root/check; rm /root/check"
expect "OK" "systemd-analyze security autoprov@hep --no-pager | tail -n 1"
run "journalctl -q -o cat -u autoprov@hep"
quiet

title "Kamailio restarts; our listener is away, and comes back; it is killed"
run "systemctl restart kamailio; systemctl stop autoprov@hep"
phone 0004f2c10335 SPIP_335 "http://$address:8480/" 4.0.14.1388
echo "(it has its 200 though nobody listens, and is seen when it registers again)"
run "systemctl start autoprov@hep"
until_seen "HEP listener listens" "journalctl -q -o cat -u autoprov@hep -n 3"
stands 0004f2c10335 SPIP_335 "http://$address:8480/" 4.0.14.1388
quiet
before=$(inside systemctl show --property MainPID autoprov@hep)
run "systemctl kill -s KILL autoprov@hep"
until_seen "^active" "[ \"\$(systemctl show --property MainPID autoprov@hep)\" != $before ] && systemctl is-active autoprov@hep"
until_seen "HEP listener listens" "journalctl -q -o cat -u autoprov@hep -n 3"
read_up_to=$(cursor)
stands 482567e48800 Trio_8800 "http://$address:8480/" 5.4.3.2007
quiet

title "Apache with mod_wsgi, as apache/README.md has it"
printf 'boot = "apache"\n' >"$machine/root/apache.toml"
run "autoprov setup --answers /root/apache.toml --change >/root/said; sed -n '/changed/,/DHCP/p' /root/said"
run "usermod -a -G www-data autoprov"
run "chgrp -h www-data /var/lib/autoprov && chmod 2751 /var/lib/autoprov"
run "chgrp -hR www-data /var/lib/autoprov/web /var/lib/autoprov/spool"
run "chmod 2770 /var/lib/autoprov/web && chmod 2750 /var/lib/autoprov/spool"
run "a2enmod -q asis headers; a2enconf -q autoprov"
expect "^Syntax OK" "apachectl configtest"
expect "wsgi:autoprov" "systemctl restart apache2 'autoprov@*'; sleep 1; ps -C apache2 -o user,args | grep wsgi"
begun
expect "200 [1-9]" "python3 -c 'import urllib.request as u; a = u.urlopen(\"http://$address:8483/000000000000.cfg\"); print(a.status, len(a.read()))'"
stands 0004f2aa0001 SPIP_650 "http://$address:8483/" 4.0.14.1388
expect "registration" "autoprov timeline 0004f2aa0001"
run "grep registration /var/log/apache2/autoprov.log; apachectl -M 2>/dev/null | grep -E 'wsgi|cgi'"
[ -z "$(inside grep -E ':(error|crit|alert|emerg)\]' /var/log/apache2/error.log)" ] || fail "Apache's error.log has errors"
echo "(no error in Apache's error.log)"
quiet

title "The queue in a PostgreSQL, as docs/settings.md has it"
run "runuser -u postgres -- createuser autoprov; runuser -u postgres -- createdb --owner autoprov autoprov"
run "sed -i '/^\\[queue\\]/a url = \"postgresql://autoprov@/autoprov?host=/run/postgresql\"' /etc/autoprov/autoprov.toml; systemctl restart 'autoprov@*'"
begun
stands 0004f2aa0002 SPIP_650 "http://$address:8483/" 4.0.14.1388
expect "autoprov" "runuser -u autoprov -- psql -h /run/postgresql -Atc '\\dt' autoprov"
expect "exit code 0" "autoprov check >/root/check; echo exit code \$?; grep queue /root/check"
quiet

title "PostgreSQL is away while the parts run"
run "systemctl stop postgresql"
phone 0004f2aa0003 SPIP_650 "http://$address:8483/" 4.0.14.1388
expect "exit code 1" "autoprov check >/root/check; echo exit code \$?; grep -A 1 queue /root/check"
run "systemctl start postgresql"
until_seen "0004f2aa0003" "autoprov phones --unassigned"
expect "^(NRestarts=0 ?){3}\$" "systemctl show --property NRestarts autoprov@{worker,hep,console} | xargs"

title "The parts are started while PostgreSQL is away, for long"
run "mkdir -p /etc/systemd/system/autoprov@worker.service.d; printf '[Service]\\nRestartSec=100ms\\n' >/etc/systemd/system/autoprov@worker.service.d/often.conf; systemctl daemon-reload"
echo "(the worker is tried so often that systemd's own limit would be reached within seconds; the others every 5 seconds)"
run "systemctl stop postgresql; systemctl restart 'autoprov@*'"
until_seen "NRestarts=([2-9]|1[0-9])" "sleep 4; systemctl show --property NRestarts autoprov@hep"
expect "NRestarts=[1-9][0-9]" "systemctl show --property NRestarts autoprov@worker"
run "systemctl list-units --all --plain --no-legend 'autoprov*'"
run "journalctl -q -o cat -u autoprov@hep -n 4"
run "systemctl start postgresql"
all_run
stands 0004f2aa0004 SPIP_650 "http://$address:8483/" 4.0.14.1388
run "rm -r /etc/systemd/system/autoprov@worker.service.d; systemctl daemon-reload"

title "The machine is restarted, and PostgreSQL comes up later than everything else"
run "systemctl disable postgresql 2>&1 | tail -n 1; systemctl poweroff" || true
wait "$unshare_pid" || true
boot
expect "^inactive" "systemctl is-active postgresql"
until_seen "NRestarts=[3-9]" "systemctl show --property NRestarts autoprov@hep"
run "systemctl list-units --all --plain --no-legend 'autoprov*'"
run "systemctl start postgresql"
all_run
stands 0004f2aa0005 SPIP_650 "http://$address:8483/" 4.0.14.1388
expect "exit code 0" "autoprov check --host kamailio >/root/check; echo exit code \$?; grep -E 'told to us|queue' /root/check"

title "Purge, beside all three"
run "apt-get -q -y purge autoprov 2>&1 | tail -n 2"
expect "^(active ?){3}\$" "systemctl is-active kamailio apache2 postgresql | xargs"
