# The package on a Debian 12 where nothing else is: sourced by try-deb.sh.

new_machine phones
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
for driver in mysql+pymysql postgresql+psycopg; do
    expect "Connection refused.*; see that the server runs" \
        "echo x | autoprov user import $driver://kamailio@127.0.0.1:1/kamailio"
done

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
# What runs goes on with the new version; settings, secrets and modes stay as they are.
run "echo '# a line of mine' >>/etc/autoprov/autoprov.toml; md5sum /etc/autoprov/autoprov.toml /etc/autoprov/secrets/* >/root/sums"
before=$(inside systemctl show --property MainPID autoprov@web)
run "apt-get -q -y install /root/autoprov-next.deb | tail -n 3"
[ "$(inside systemctl show --property MainPID autoprov@web)" != "$before" ] || fail "the parts were not restarted"
expect "\\+next" "dpkg-query --show autoprov"
expect "as they were" "md5sum --check --quiet /root/sums && echo settings and secrets are as they were; stat -c '%U:%G %a' /var/lib/autoprov"
until_seen "^(active ?){5}\$" "systemctl is-active autoprov@{inventory,worker,registrar,web,console} | xargs"
until_seen "482567e48800" "autoprov phones --unassigned"

title "Setup, run again on what is there"
expect "says all of that already" "autoprov setup --answers /root/apache.toml | head -n 1"
printf 'discovery = "closed"\n' >"$machine/root/closed.toml"
expect "exit code 1" "autoprov setup --answers /root/closed.toml; echo exit code \$?"
expect "as they were" "md5sum --check --quiet /root/sums && echo settings and secrets are as they were"
run "cp -a /etc/autoprov/autoprov.toml /root/autoprov.toml; autoprov setup --answers /root/closed.toml --change | sed -n '/changed/,/next/p'"
expect '^> discovery = "closed"' "diff /root/autoprov.toml /etc/autoprov/autoprov.toml"
expect "autoprov:autoprov 640" "diff /root/autoprov.toml /etc/autoprov/autoprov.toml.before-setup && stat -c '%n %U:%G %a' /etc/autoprov/autoprov.toml*"
expect "as they were" "grep secrets /root/sums | md5sum --check --quiet && echo secrets are as they were"

title "Back to the older version, all parts in one process"
run "systemctl disable --now autoprov@{inventory,worker,registrar,web,console} 2>/dev/null; systemctl enable --now autoprov 2>/dev/null"
before=$(inside systemctl show --property MainPID autoprov)
run "cp /root/autoprov.deb /root/autoprov-again.deb; apt-get -q -y --allow-downgrades install /root/autoprov-again.deb | tail -n 1"
[ "$(inside systemctl show --property MainPID autoprov)" != "$before" ] || fail "the service was not restarted"
run "systemctl list-units --plain --no-legend 'autoprov*'"

title "A boot server's directory, which only root may write"
run "mkdir /srv/tftp; echo '<APPLICATION CONFIG_FILES=\"phone1.cfg\"/>' >/srv/tftp/000000000000.cfg"
expect "is not ours" "autoprov bootstrap write /srv/tftp"
expect "^wrote" "autoprov bootstrap write /srv/tftp --replace"
expect "^autoprov 640" "stat -c '%U %a %n' /var/lib/autoprov/boot-roots.json /srv/tftp/*"
expect "restored" "autoprov bootstrap remove /srv/tftp; cat /srv/tftp/000000000000.cfg"
run "autoprov bootstrap write /srv/tftp --replace; autoprov check | grep tftp"

title "Remove: settings and phones stay"
expect "/srv/tftp +current" "apt-get -q -y remove autoprov | grep -A 5 -E 'boot servers|Removing'"
expect "autoprov.toml" "ls /etc/autoprov /var/lib/autoprov; systemctl is-active apache2"

title "Purge: nothing is left"
run "apt-get -q -y purge autoprov | tail -n 2"
run "a2dismod -q -f asis headers cgid; systemctl restart apache2; systemctl is-active apache2; rm -rf /root/*.toml /root/sums /srv/tftp"
everything >"$folder/after"
diff "$folder/before" "$folder/after" || fail "left behind, or missing: above"
echo "(the machine's files, users and groups are what they were before)"
