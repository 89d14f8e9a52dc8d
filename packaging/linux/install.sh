#!/bin/sh
# Puts RunwayFX where OpenFX hosts and shells find it, for all users: run as root. "install.sh --remove" takes it away again. With DESTDIR it goes into a
# folder that stands for the root.
set -eu
root=${DESTDIR:-}
here=$(cd -- "$(dirname -- "$0")" && pwd)
[ -n "$root" ] || [ "$(id -u)" -eq 0 ] || { echo "install.sh: needs root: sudo $0" >&2; exit 1; }
rm -rf "$root/usr/OFX/Plugins/RunwayFX.ofx.bundle" "$root/usr/lib/runwayfx"
rm -f "$root/usr/bin/rfx"
rmdir "$root/usr/OFX/Plugins" "$root/usr/OFX" 2>/dev/null || true
[ "${1:-}" != --remove ] || exit 0
mkdir -p "$root/usr/OFX/Plugins" "$root/usr/lib" "$root/usr/bin"
cp -r "$here/RunwayFX.ofx.bundle" "$root/usr/OFX/Plugins/"
cp -r "$here/runwayfx" "$root/usr/lib/"
ln -s ../lib/runwayfx/rfx "$root/usr/bin/rfx"
