#!/usr/bin/env bash
# package.sh [--build DIR] [--output DIR]: makes the source tarball, the .deb and the .rpm of a build of the release
# preset (default: build/release), into build/packages or DIR. The same sources give the same bytes, wherever and
# whenever. Needs `install-build-deps.sh --with-checks`.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
build=$source/build/release
output=$source/build/packages
while [ $# -gt 0 ]; do
  case $1 in
    --build) build=${2:?} ;;
    --output) output=${2:?} ;;
    *)
      sed -n '2,4s/^# //p' "$0" >&2
      exit 2
      ;;
  esac
  shift 2
done
mkdir -p "$output"
build=$(realpath -e "$build")
output=$(realpath "$output")
if ! grep -q '^CMAKE_BUILD_TYPE:[A-Z]*=RelWithDebInfo$' "$build/CMakeCache.txt"; then
  echo "$0: $build is no build of the release preset" >&2
  exit 1
fi
# logged NAME COMMAND…: shows what COMMAND said only where it failed.
logged() {
  local log=$output/$1.log
  shift
  "$@" >"$log" 2>&1 && return
  tail -n 40 "$log" >&2
  exit 1
}

# What is packaged is what the sources say now.
logged build flock "$build" cmake --build "$build" --target dbssd manual

# What is made depends on nothing of who makes it.
umask 022
export LC_ALL=C.UTF-8 TZ=UTC0
unset DEB_BUILD_OPTIONS DEB_BUILD_PROFILES XZ_OPT XZ_DEFAULTS

of_project() { sed -n "s/^$1\([^ )]*\).*/\1/p" "$source/CMakeLists.txt"; }
version=$(of_project 'project(dbssd VERSION ')
SOURCE_DATE_EPOCH=$(date -u -d "$(of_project 'set(DBSSD_RELEASE_DATE ')" +%s)
export SOURCE_DATE_EPOCH
changelog() { dpkg-parsechangelog -l "$source/packaging/debian/changelog" -S "$1"; }
if [ "$(changelog Version) of $(changelog Timestamp)" != "$version-1 of $SOURCE_DATE_EPOCH" ]; then
  echo "$0: packaging/debian/changelog is about another version or day than CMakeLists.txt" >&2
  exit 1
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

tarball=$output/dbssd-$version.tar.xz
"$source/packaging/files.sh" | LC_ALL=C sort -z |
  tar --create --directory "$source" --no-recursion --format=gnu --transform "s,^,dbssd-$version/," \
    --mtime "@$SOURCE_DATE_EPOCH" --owner root:0 --group root:0 --mode 'u=rwX,go=rX' --null --files-from - |
  xz -T1 -9 >"$tarball"

# Debian's, in a tree of its own.
tar -C "$scratch" -xf "$tarball"
cp "$tarball" "$scratch/dbssd_$version.orig.tar.xz"
cp -r "$scratch/dbssd-$version/packaging/debian" "$scratch/dbssd-$version/debian"
logged debian env -C "$scratch/dbssd-$version" DBSSD_BUILD="$build" dpkg-buildpackage -F -nc -us -uc
mv "$scratch"/dbssd*_"$version"* "$output/"

# The rpm of Debian has no macros of systemd. What else is defined here are the bytes.
logged rpm rpmbuild -bb --nodeps \
  --define "_topdir $scratch/rpm" --define "_sourcedir $output" --define "dbssd_build $build" \
  --define '_unitdir /usr/lib/systemd/system' --define '_sysusersdir /usr/lib/sysusers.d' \
  --define '_tmpfilesdir /usr/lib/tmpfiles.d' --define 'debug_package %{nil}' --define '_build_id_links none' \
  --define '_binary_payload w9.xzdio' --define '_buildhost localhost' \
  --define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1' \
  "$source/packaging/rpm/dbssd.spec"
mv "$scratch"/rpm/RPMS/*/dbssd-"$version"-1.*.rpm "$output/"
