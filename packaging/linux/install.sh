#!/bin/sh
# Puts RunwayFX where OpenFX hosts and shells find it, for all users: run as root. "install.sh --remove" takes it away again.
set -eu
here=$(cd -- "$(dirname -- "$0")" && pwd)
[ "$(id -u)" -eq 0 ] || { echo "install.sh: needs root: sudo $0" >&2; exit 1; }
rm -rf /usr/OFX/Plugins/RunwayFX.ofx.bundle /usr/lib/runwayfx
rm -f /usr/bin/rfx
rmdir /usr/OFX/Plugins /usr/OFX 2>/dev/null || true
[ "${1:-}" != --remove ] || exit 0
mkdir -p /usr/OFX/Plugins
cp -r "$here/RunwayFX.ofx.bundle" /usr/OFX/Plugins/
cp -r "$here/runwayfx" /usr/lib/
ln -s ../lib/runwayfx/rfx /usr/bin/rfx
