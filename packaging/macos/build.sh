#!/usr/bin/env bash
# Builds RunwayFX for macOS, on a Mac with Xcode's command line tools and the .NET SDK: a bundle whose library is for Apple and Intel processors, and the engine
# for each of them.
#
#   packaging/macos/build.sh [OUTPUT]                    builds into artifacts/macos or OUTPUT
#   packaging/macos/build.sh --join ARM64 X64 OUTPUT     joins two published bundles into OUTPUT/RunwayFX.ofx.bundle; runs wherever LIPO does
#
# Built, but not yet run on a Mac by anybody; not signed, not notarised.
set -euo pipefail
ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
BUNDLE=RunwayFX.ofx.bundle
LIPO=${LIPO:-lipo}

die() { echo "build.sh: $1" >&2; exit "${2:-1}"; }

# join ARM64 X64 OUTPUT: everything but the library is the same in both, and is compared.
join() {
  local arm=$1/$BUNDLE x64=$2/$BUNDLE joined=$3/$BUNDLE library=Contents/MacOS/RunwayFX.ofx one
  for one in "$arm" "$x64"; do
    [ -f "$one/$library" ] || die "$one/$library is missing"
  done
  diff -r --exclude=RunwayFX.ofx "$arm" "$x64" >&2 || die "the two bundles differ in more than their libraries"
  rm -rf "$joined.part" && mkdir -p "$3"
  cp -R "$arm" "$joined.part"
  rm "$joined.part/$library"
  "$LIPO" -create "$arm/$library" "$x64/$library" -output "$joined.part/$library"
  chmod 755 "$joined.part/$library"
  rm -rf "$joined" && mv "$joined.part" "$joined"
}

build() {
  local output=$1 rid stage
  [ "$(uname -s)" = Darwin ] || die "needs a Mac: Apple's linker runs nowhere else" 3
  stage=$output/.stage
  rm -rf "$stage" && mkdir -p "$stage"
  for rid in osx-arm64 osx-x64; do
    dotnet publish "$ROOT/plugins/RunwayFX.OpenFX" -c Release -p:CrossRid=$rid -p:RunAnalyzers=false -v q -nologo -o "$stage/$rid"
    dotnet publish "$ROOT/engine/RunwayFX.Engine" -c Release -p:CrossRid=$rid -p:RunAnalyzers=false -v q -nologo -o "$stage/engine-$rid"
    dotnet publish "$ROOT/engine/RunwayFX.Cli" -c Release -p:CrossRid=$rid -p:RunAnalyzers=false -v q -nologo -o "$stage/engine-$rid"
    rm -rf "${output:?}/engine-$rid" && mv "$stage/engine-$rid" "$output/"
  done
  join "$stage/osx-arm64" "$stage/osx-x64" "$output"
  rm -rf "$stage"
  "$LIPO" -archs "$output/$BUNDLE/Contents/MacOS/RunwayFX.ofx"
  plutil -lint "$output/$BUNDLE/Contents/Info.plist"
}

case ${1:-} in
  --join)
    [ $# -eq 4 ] || die "--join needs ARM64, X64 and OUTPUT" 2
    join "$2" "$3" "$4"
    ;;
  -*) die "unknown option $1 (known: --join)" 2 ;;
  *) build "${1:-$ROOT/artifacts/macos}" ;;
esac
