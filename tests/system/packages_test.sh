#!/usr/bin/env bash
# packages_test.sh SOURCE BUILD: makes the packages of BUILD, a build of the release preset, and again from the tarball
# among them, elsewhere and under other habits. Holds the two to each other, and both to what a distribution asks of
# packages and to what this project promises of its own.
set -euo pipefail
source=$(realpath "$1")
build=$(realpath "$2")

for tool in dpkg-buildpackage lintian rpmbuild rpmlint; do
  command -v $tool >/dev/null || { echo "skipped: no $tool here" && exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $*"
  exit 1
}

# unpack ARCHIVE DIRECTORY
unpack() {
  mkdir -p "$2"
  case $1 in
    *.deb) dpkg-deb --raw-extract "$1" "$2" ;;
    *.rpm) rpm -qp --xml "$1" >"$2/header" && rpm2archive -n "$1" | tar -C "$2" -x ;;
    *) tar -C "$2" -xf "$1" ;;
  esac
}

same() {
  cmp -s "$1" "$2" && return
  unpack "$1" "$work/one" && unpack "$2" "$work/other"
  diff -r --no-dereference "$work/one" "$work/other" | head -n 20 || true
  diff <(cd "$work/one" && find . -mindepth 1 -printf '%p %m %u:%g %t\n' | sort) <(cd "$work/other" && find . -mindepth 1 -printf '%p %m %u:%g %t\n' | sort) | head -n 20 || true
  fail "$(basename "$1"): the same sources gave other bytes; see the members above, or else their order and compression"
}

echo "== of the build, and of the tarball by itself"
"$source/packaging/package.sh" --build "$build" --output "$work/a"
cd "$work/a"
version=$(echo dbssd-*.tar.xz | sed 's/dbssd-\(.*\)\.tar\.xz/\1/')
architecture=$(dpkg --print-architecture)
deb=dbssd_$version-1_$architecture.deb
rpm=$(echo dbssd-"$version"-1.*.rpm)
mkdir -p "$work/elsewhere/deeper"
(
  umask 077
  export TZ=Pacific/Kiritimati LC_ALL=POSIX HOME=/nonexistent USER=nobody CXXFLAGS=-O0 LDFLAGS=-Wl,-O1
  cd "$work/elsewhere/deeper"
  tar -xf "$work/a/dbssd-$version.tar.xz"
  cd "dbssd-$version"
  cp -r packaging/debian debian
  dpkg-buildpackage -b -us -uc -j1 >../build.log 2>&1 || { tail -n 40 ../build.log && exit 1; }
  packaging/package.sh --build debian/build --output "$work/b"
)
for file in *.tar.xz *.dsc *.deb *.rpm; do same "$file" "$work/b/$file"; done
for file in *.deb; do same "$file" "$work/elsewhere/deeper/$file"; done

echo "== what judges packages"
lintian --allow-root --fail-on=warning ./*.changes || fail "lintian complains"
rpmlint -c "$source/packaging/rpm/rpmlint.toml" "$rpm" "$source/packaging/rpm/dbssd.spec" >rpmlint.log || { cat rpmlint.log && fail "rpmlint complains"; }
grep -q ' 0 errors, 0 warnings' rpmlint.log || { cat rpmlint.log && fail "rpmlint warns"; }
rpm -K "$rpm" | grep -q 'digests OK$' || fail "rpm -K: $(rpm -K "$rpm")"
shellcheck "$source"/packaging/debian/dbssd.p* || fail "shellcheck complains"

echo "== what is in them"
if [ -e "$source/.git" ]; then
  diff <(git -C "$source" ls-files | LC_ALL=C sort) <(tar -tf "dbssd-$version.tar.xz" | sed 's,^[^/]*/,,') ||
    fail "git tracks (<) other files than are in the tarball (>)"
fi

# MODE OWNER PATH, of what is not for all to read or not like all its kind.
diff - <(dpkg-deb -c "$deb" | sed 's,\([^ ]*\) \([^ ]*\) .* \./,\1 \2 /,' |
  grep -v -e '^d' -e '/usr/share/') <<'END' || fail "the .deb (>) is not what it is to be (<)"
-rw-r----- root/root /etc/dbssd/policy.yaml
-rw-r--r-- root/root /etc/logrotate.d/dbssd
-rw-r--r-- root/root /lib/systemd/system/dbssd.service
-rw-r--r-- root/root /lib/systemd/system/dbssd@.service
-rwxr-xr-x root/root /usr/bin/dbssd
-rw-r--r-- root/root /usr/lib/sysusers.d/dbssd.conf
-rw-r--r-- root/root /usr/lib/tmpfiles.d/dbssd.conf
END
diff - <(rpm -qp --qf '[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILENAMES}\n]' "$rpm" | grep -v -e '/usr/share/') <<'END' ||
drwxr-x--- root/dbssd /etc/dbssd
drwx------ root/root /etc/dbssd/credentials
-rw-r----- root/dbssd /etc/dbssd/policy.yaml
-rw-r--r-- root/root /etc/logrotate.d/dbssd
-rwxr-xr-x root/root /usr/bin/dbssd
-rw-r--r-- root/root /usr/lib/systemd/system/dbssd.service
-rw-r--r-- root/root /usr/lib/systemd/system/dbssd@.service
-rw-r--r-- root/root /usr/lib/sysusers.d/dbssd.conf
-rw-r--r-- root/root /usr/lib/tmpfiles.d/dbssd.conf
drwxr-x--- dbssd/dbssd /var/lib/dbssd
drwxr-x--- dbssd/dbssd /var/log/dbssd
END
  fail "the .rpm (>) is not what it is to be (<)"
# Both have the same to read, but for what each kind of package calls it.
to_read() { sed -n -e 's/\.gz$//' -e 's,vendor-completions,site-functions,' -e 's,.*/usr/share/\(.*[^/]\)$,\1,p' | grep -v -i -e '/copyright$' -e '/changelog' -e 'lintian' | sort; }
diff <(dpkg-deb -c "$deb" | grep -v '^d' | to_read) <(rpm -qp --qf '[%{FILEMODES:perms} %{FILENAMES}\n]' "$rpm" | grep -v '^d' | to_read) ||
  fail "the .deb (<) and the .rpm (>) differ in what is there to read"
conffiles=$'/etc/dbssd/policy.yaml\n/etc/logrotate.d/dbssd'
diff <(echo "$conffiles") <(dpkg-deb --ctrl-tarfile "$deb" | tar -xO ./conffiles | sort) || fail "the conffiles of the .deb"
diff <(echo "$conffiles") <(rpm -qpc "$rpm") || fail "the configuration of the .rpm"

dpkg-deb -R "$deb" deb
program=$PWD/deb/usr/bin/dbssd
[ "$("$program" version | sed -n 's/^dbssd *//p')" = "$version" ] || fail "the program is of another version than its packages"
[ "$(dpkg-deb -f "$deb" Version) $(rpm -qp --qf '%{VERSION}-%{RELEASE}' "$rpm")" = "$version-1 $version-1" ] || fail "versions differ"
schema=$("$program" version | sed -n 's/^schema *//p')
grep -q -x "knows=$schema" deb/DEBIAN/preinst || fail "preinst knows another schema than the program"

# The policy that is installed says how to go on; without its signs of comment it is one.
said=$("$program" check --policy deb/etc/dbssd/policy.yaml 2>&1) && fail "an empty policy is valid"
[[ $said == *'error: empty, or all of it comments: a policy starts with'* ]] || fail "an empty policy: $said"
sed -n '/^#version/,$s/^#//p' deb/etc/dbssd/policy.yaml | diff - <(sed -n '/^version/,$p' deb/usr/share/dbssd/policy.minimal.yaml) ||
  fail "what is installed as policy (<) is not the least one (>)"

echo "== hardening"
readelf -W -hldsn "$program" >program.elf 2>/dev/null
for mark in 'Type: *DYN' GNU_RELRO 'BIND_NOW' 'Flags: .*PIE' __stack_chk_fail '__[a-z]*_chk@'; do
  grep -q "$mark" program.elf || fail "the program lacks $mark"
done
dpkg-deb -x dbssd-dbgsym_*.deb dbgsym
readelf --debug-dump=info "$(find dbgsym -name '*.debug')" 2>/dev/null | grep -a DW_AT_producer | grep 'C++' >producers || fail "no debug information"
case $architecture in
  amd64) jumps=-fcf-protection ;;
  arm64) jumps=-mbranch-protection=standard ;;
  *) jumps=-O2 ;;
esac
for option in -fstack-clash-protection -fstack-protector-strong "$jumps"; do
  ! grep -v -e "$option" producers || fail "compiled without $option"
done

if [ "$(id -u)" != 0 ]; then
  echo "passed, but for the maintainer scripts, which need root"
  exit
fi

echo "== maintainer scripts, in a root of their own"
root=$work/root
mkdir -p "$root"/etc "$root"/var/lib/dpkg/{info,updates}
touch "$root/var/lib/dpkg/status"
in_root() { dpkg --root="$root" --force-script-chrootless --force-depends "$@" </dev/null >dpkg.log 2>&1; }
well() { in_root "$@" || { cat dpkg.log && fail "dpkg $*"; }; }
version_there() { dpkg-query --root="$root" -W -f '${db:Status-Status} ${Version}' dbssd; }
# journal FILE SCHEMA [APPLICATION]
journal() {
  mkdir -p "$(dirname "$root$1")"
  printf "%060d\\x00\\x00\\x00\\x0$2%04d${3-dbss}" 0 0 >"$root$1"
}
next() {  # next VERSION: the package again, as a later one whose policy is another
  rm -rf "$work/next" && cp -a deb "$work/next"
  sed -i "s/^Version: .*/Version: $1/" "$work/next/DEBIAN/control"
  echo "# of $1" >>"$work/next/etc/dbssd/policy.yaml"
  dpkg-deb --root-owner-group -b "$work/next" "$work/next.deb" >/dev/null
}

well -i "$deb"
[ ! -e "$root/etc/systemd" ] || fail "the installation enabled something: $(find "$root/etc/systemd")"
group=$(sed -n 's/^dbssd:x:\([0-9]*\):$/\1/p' "$root/etc/group")
[ "$(stat -c '%a %u:%g' "$root"/etc/dbssd{,/policy.yaml,/credentials} | paste -s -d ,)" = "750 0:$group,640 0:$group,700 0:0" ] ||
  fail "/etc/dbssd: $(ls -lan "$root/etc/dbssd")"
# Called again with what they were called with, scripts have nothing to do.
for call in 'postinst configure' "postinst configure $version-1" 'preinst upgrade 0' "prerm upgrade $version-1" 'postrm upgrade 1' 'postrm abort-upgrade 1'; do
  # shellcheck disable=SC2086  # words
  DPKG_ROOT=$root DPKG_MAINTSCRIPT_PACKAGE=dbssd DPKG_MAINTSCRIPT_NAME=${call%% *} "$root"/var/lib/dpkg/info/dbssd.$call >/dev/null 2>&1 </dev/null || fail "$call"
done

echo '# of the administrator' >>"$root/etc/dbssd/policy.yaml"
cp -a "$root/etc/dbssd/policy.yaml" kept
unchanged() {
  cmp kept "$root/etc/dbssd/policy.yaml" || fail "$1 changed the policy"
  diff <(stat -c '%a %u:%g' kept) <(stat -c '%a %u:%g' "$root/etc/dbssd/policy.yaml") || fail "$1 changed who may read the policy"
}
well -i "$deb"
unchanged "the same version"
next "$version-2"
! in_root -i "$work/next.deb" || fail "dpkg did not ask what to do with a policy that both have changed"
grep -q "policy.yaml" dpkg.log || fail "dpkg asked for something else: $(cat dpkg.log)"
well --force-confold --configure dbssd
unchanged "an upgrade"

# Back to what does not know the journal: refused before anything happens.
for file in /var/lib/dbssd/state.db /var/lib/dbssd/north/state.db; do
  journal $file $((schema + 1))
  ! in_root -i "$deb" || fail "took the place of a dbssd that has written a newer $file"
  grep -q "$file was written by a newer dbssd (schema $((schema + 1)); this package knows $schema)" dpkg.log || fail "refused without saying why: $(cat dpkg.log)"
  [ "$(version_there)" = "installed $version-2" ] || fail "after a refusal: $(version_there)"
  # The .rpm does the same, up to where it would make a user on this host.
  if rpm -qp --qf '%{PREIN}' "$rpm" | sed '/^systemd-sysusers/,$d' | DPKG_ROOT=$root sh -s 2 2>/dev/null; then fail "the .rpm did not refuse $file"; fi
  journal $file "$schema"
done
journal /var/lib/dbssd/other/state.db 9 xyzt  # not ours
: >"$root/var/lib/dbssd/north/state.db"       # not yet one
rpm -qp --qf '%{PREIN}' "$rpm" | sed '/^systemd-sysusers/,$d' | DPKG_ROOT=$root sh -s 2 || fail "the .rpm refused a journal that it knows"
well --force-confold -i "$deb"
[ "$(version_there)" = "installed $version-1" ] || fail "after going back: $(version_there)"
unchanged "going back"

mkdir -p "$root/var/log/dbssd" && echo x >"$root/etc/dbssd/credentials/x"
well -r dbssd
unchanged "the removal"
for file in /var/lib/dbssd/state.db /etc/dbssd/credentials/x; do
  [ -s "$root$file" ] || fail "the removal took $file"
done
well -P dbssd
grep -q 'Purging /var/lib/dbssd: the journal, and the reports' dpkg.log || fail "the purge does not say what goes"
left=$(cd "$root" && find . -path ./var/lib/dpkg -prune -o -path '*dbssd*' -print)
[ -z "$left" ] || fail "the purge left $left"
echo passed
