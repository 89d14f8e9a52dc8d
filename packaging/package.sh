# shellcheck shell=bash
# Packages for users; ./rfx reads this file, and tests/Packaging does. The same inputs give the same bytes: names are sorted, times are SOURCE_DATE_EPOCH (without it, the last
# commit's), owners are root.

PACKAGES=$ARTIFACTS/packages
WINDOWS_BYTES_MAX=$((140 << 20))
LINUX_BYTES_MAX=$((140 << 20))
# What is loaded into a host: a library, and one of Premiere's small binaries.
LIBRARY_BYTES_MAX=$((8 << 20))
AEX_BYTES_MAX=$((64 << 10))
# Licences under which others may be brought along. Another one ends the check until somebody has read it.
LICENCES='MIT|Apache-2.0|BSD-2-Clause|BSD-3-Clause|MS-PL|LICENSE|LICENSE.txt|LICENSE.TXT|LICENSE.md'

product_version() { sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$ROOT/Directory.Build.props"; }

package_time() { echo "${SOURCE_DATE_EPOCH:-$(git -C "$ROOT" log -1 --format=%ct 2>/dev/null || echo 1767225600)}"; }

# ---- licences ------------------------------------------------------------------------------------------------------------------------

# dependencies DEPS.JSON: package and version of everything that a published program brings along, one a line.
dependencies() {
  awk '
    /^  "libraries": \{/ { inside = 1 }
    inside && match($0, /^    "[^"]+\/[^"]+": \{/) { name = $0; gsub(/^ *"|": \{.*$/, "", name) }
    inside && /"type": "(package|runtimepack)"/ { sub(/^runtimepack\./, "", name); print name }
  ' "$@" | tr '[:upper:]' '[:lower:]' | LC_ALL=C sort -u
}

# notices DEPS.JSON...: the notices of all of them; fails where a licence is not to be found.
notices() {
  local entry folder licence file
  printf 'RunwayFX %s contains the following software.\n' "$(product_version)"
  while read -r entry; do
    folder=${NUGET_PACKAGES:-$HOME/.nuget/packages}/$entry
    licence=$(sed -n 's:.*<license type="[a-z]*">\([^<]*\)</license>.*:\1:p' "$folder"/*.nuspec 2>/dev/null | head -n 1)
    [ -n "$licence" ] || die "package: no licence is known of $entry (looked in $folder)" 1
    printf '\n%s\n%s\nLicence: %s\n' "$(printf '=%.0s' {1..100})" "${entry/\// }" "$licence"
    sed -n 's:.*<copyright>\([^<]*\)</copyright>.*:\1:p; s:.*<projectUrl>\([^<]*\)</projectUrl>.*:\1:p' "$folder"/*.nuspec
    for file in "$folder"/[Ll][Ii][Cc][Ee][Nn][Ss][Ee]* "$folder"/[Tt][Hh][Ii][Rr][Dd]*; do
      [ -f "$file" ] && printf '\n%s:\n\n' "$(basename "$file")" && sed 's/\r$//; 1s/^\xEF\xBB\xBF//' "$file"
    done
  done < <(dependencies "$@")
}

# ---- archives ------------------------------------------------------------------------------------------------------------------------

# settle FOLDER: gives everything in it the package's time and plain rights.
settle() {
  find "$1" -type d -exec chmod 755 {} + -o -type f -perm -u+x -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
  find "$1" -exec touch -h -d "@$(package_time)" {} +
}

# make_tar FOLDER OUTPUT: FOLDER itself is the archive's only entry.
make_tar() {
  tar -C "$(dirname "$1")" --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mtime="@$(package_time)" -cf - "$(basename "$1")" | gzip -9n >"$2.part"
  mv "$2.part" "$2"
}

make_zip() {
  rm -f "$2" "$2.part"
  (cd "$(dirname "$1")" && find "$(basename "$1")" | LC_ALL=C sort | TZ=UTC zip -X -q -9 "$2.part" -@)
  mv "$2.part" "$2"
}

# make_deb STAGE OUTPUT
make_deb() {
  local root=$1/deb files=$1/files
  rm -rf "$root" && mkdir -p "$root/DEBIAN" "$root/usr/OFX/Plugins" "$root/usr/lib" "$root/usr/bin" "$root/usr/share/doc/runwayfx"
  cp -r "$files/RunwayFX.ofx.bundle" "$root/usr/OFX/Plugins/"
  cp -r "$files/runwayfx" "$root/usr/lib/"
  ln -s ../lib/runwayfx/rfx "$root/usr/bin/rfx"
  cp "$files/LICENSE" "$root/usr/share/doc/runwayfx/copyright"
  cp "$files/THIRD-PARTY-NOTICES.txt" "$root/usr/share/doc/runwayfx/"
  cat >"$root/DEBIAN/control" <<CONTROL
Package: runwayfx
Version: $(product_version)
Architecture: amd64
Section: video
Priority: optional
Maintainer: The RunwayFX authors <noreply@runwayfx.invalid>
Installed-Size: $(du -sk --apparent-size "$root/usr" | cut -f1)
Depends: libc6 (>= 2.27), libgcc-s1, libstdc++6
Recommends: ffmpeg
Description: OpenFX effects that repaint, extend and repair moving pictures
 Plug-ins for OpenFX hosts, the engine that does their work in a process of
 its own, and the rfx command. Everything runs on this machine.
CONTROL
  settle "$root"
  SOURCE_DATE_EPOCH=$(package_time) dpkg-deb --root-owner-group -Zgzip --build "$root" "$2.part" >/dev/null
  mv "$2.part" "$2"
}

# ---- what goes in --------------------------------------------------------------------------------------------------------------------

# What debuggers, linkers and programmers would want.
remove_leftovers() { find "$1" \( -name '*.pdb' -o -name '*.xml' -o -name '*.lib' -o -name 'createdump*' \) -delete; }

stage_common() {
  cp "$ROOT/LICENSE" "$1/"
  (notices "${@:2}") >"$1/THIRD-PARTY-NOTICES.txt" || exit 1
}

package_windows() {
  local name stage files
  name=runwayfx-$(product_version)-win-x64
  stage=$ARTIFACTS/.stage/package-win-x64
  files=$stage/$name
  rm -rf "$stage" && mkdir -p "$files" "$PACKAGES"
  cp -r "$WINDOWS/RunwayFX.ofx.bundle" "$WINDOWS/engine" "$WINDOWS/RunwayFX" "$files/"
  remove_leftovers "$files"
  stage_common "$files" "$files/engine/runwayfx-engine.deps.json" "$files/engine/rfx.deps.json"
  sed 's/$/\r/' "$ROOT/packaging/windows/README.txt" >"$files/README.txt"
  settle "$files"
  make_zip "$files" "$PACKAGES/$name.zip"
  if command -v makensis >/dev/null 2>&1; then
    SOURCE_DATE_EPOCH=$(package_time) makensis -V2 "-DVERSION=$(product_version)" "-DSTAGE=$files" "-DOUTPUT=$PACKAGES/$name-setup.exe" "$ROOT/packaging/windows/setup.nsi" >&2
    echo "$PACKAGES/$name-setup.exe"
  else
    say "makensis is not installed (Debian package nsis): no installer is made"
  fi
  rm -rf "$stage"
  echo "$PACKAGES/$name.zip"
}

package_linux() {
  local name stage files
  name=runwayfx-$(product_version)-linux-x64
  stage=$ARTIFACTS/.stage/package-linux-x64
  files=$stage/files
  rm -rf "$stage" && mkdir -p "$files" "$PACKAGES"
  cp -r "$BUNDLE" "$files/RunwayFX.ofx.bundle"
  # Engine and command line share one folder, and so one runtime.
  logged package-engine dotnet publish "$ROOT/engine/RunwayFX.Engine" -c $CONFIGURATION -p:CrossRid=linux-x64 -v q -nologo -o "$files/runwayfx"
  logged package-cli dotnet publish "$ROOT/engine/RunwayFX.Cli" -c $CONFIGURATION -p:CrossRid=linux-x64 -v q -nologo -o "$files/runwayfx"
  remove_leftovers "$files"
  stage_common "$files" "$files/runwayfx/runwayfx-engine.deps.json" "$files/runwayfx/rfx.deps.json"
  settle "$files"
  make_deb "$stage" "$PACKAGES/runwayfx_$(product_version)_amd64.deb"
  mkdir "$stage/$name" && cp -rp "$files/." "$stage/$name/"
  cp "$ROOT/packaging/linux/install.sh" "$stage/$name/"
  settle "$stage/$name"
  make_tar "$stage/$name" "$PACKAGES/$name.tar.gz"
  rm -rf "$stage"
  echo "$PACKAGES/runwayfx_$(product_version)_amd64.deb"
  echo "$PACKAGES/$name.tar.gz"
}

# ---- release check -------------------------------------------------------------------------------------------------------------------

FAULTS=0
expect() { # expect WHAT COMMAND...
  local what=$1
  shift
  if "$@" >/dev/null 2>&1; then echo "  ok    $what"; else
    echo "  FAULT $what"
    FAULTS=$((FAULTS + 1))
  fi
}
is_pe() { [ "$(dd if="$1" bs=1 skip=$((0x3c)) count=4 2>/dev/null | od -An -tu4 | xargs -I{} dd if="$1" bs=1 skip={} count=6 2>/dev/null | od -An -tx1 | tr -d ' ')" = 504500006486 ]; }
is_elf() { [ "$(dd if="$1" bs=1 count=5 2>/dev/null | od -An -tx1 | tr -d ' ')" = 7f454c4602 ] && [ "$(dd if="$1" bs=1 skip=18 count=2 2>/dev/null | od -An -tx1 | tr -d ' ')" = 3e00 ]; }
is_within() { [ "$(stat -c %s "$1")" -le "$2" ]; }
holds() { [ "$(cd "$1" && find . -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | paste -sd' ')" = "$2" ]; }
has_no_leftovers() { [ -z "$(find "$1" \( -name '*.pdb' -o -name '*.xml' -o -name '*.lib' -o -name '*.part' -o -name '*.dbg' -o -name 'createdump*' \) -print -quit)" ]; }
# Where something was built is nobody's business, and would be another text on another machine.
says_no_place() { ! grep -rlaF -e "$ROOT/" "$1" | grep -q .; }
names_version() { grep -q ">$(product_version)<" "$1"; }
is_of_version() { grep -q "\"$2/$(product_version)\"" "$1"; }
elf_exports() { [ "$(nm -D --defined-only "$1" | awk '$2 == "T" || $2 == "D" || $2 == "B" { sub(/@.*/, "", $3); print $3 }' | LC_ALL=C sort | paste -sd' ')" = "$2" ]; }
pe_exports() { [ "$(x86_64-w64-mingw32-objdump -p "$1" | awk '/\[Ordinal\/Name Pointer\] Table/ { inside = 1; next } inside && NF == 0 { exit } inside { print $NF }' | LC_ALL=C sort | paste -sd' ')" = "$2" ]; }
has_pipl() { tr -d '\000' <"$1" | grep -qaF 'PIPL' && grep -qaF "org.runwayfx.$2" "$1"; }
# Texts of a Windows version resource are in 16-bit characters.
setup_is_of_version() { tr -d '\000-\037' <"$1" | grep -qaF "FileVersion$(product_version)"; }
# Every dependency stands in the notices, with its licence below its name, and that is one of LICENCES.
notices_complete() { # NOTICES DEPS.JSON...
  local entry
  [ -s "$2" ] || return 1
  while read -r entry; do
    grep -xF -A1 "${entry/\// }" "$1" | grep -qxE "Licence: ($LICENCES)" || return 1
  done < <(dependencies "${@:2}")
}

verify_windows() {
  local folder=$1 effect library=$1/RunwayFX.ofx.bundle/Contents/Win64/RunwayFX.ofx
  expect "layout" holds "$folder" "LICENSE README.txt RunwayFX RunwayFX.ofx.bundle THIRD-PARTY-NOTICES.txt engine"
  expect "layout of the bundle" holds "$folder/RunwayFX.ofx.bundle/Contents" "Info.plist Resources Win64"
  expect "layout of Premiere's folder" holds "$folder/RunwayFX" "RunwayFX.Premiere.dll extend.aex generate.aex perform.aex remove.aex style.aex"
  expect "library for x64" is_pe "$library"
  expect "library's size" is_within "$library" $LIBRARY_BYTES_MAX
  expect "exports of the OpenFX library" pe_exports "$library" "OfxGetNumberOfPlugins OfxGetPlugin"
  expect "version in Info.plist" names_version "$folder/RunwayFX.ofx.bundle/Contents/Info.plist"
  expect "Premiere library for x64" is_pe "$folder/RunwayFX/RunwayFX.Premiere.dll"
  expect "Premiere library's size" is_within "$folder/RunwayFX/RunwayFX.Premiere.dll" $LIBRARY_BYTES_MAX
  expect "exports of the Premiere library" pe_exports "$folder/RunwayFX/RunwayFX.Premiere.dll" "RunwayFX_EntryOf RunwayFX_Register"
  for effect in style extend generate remove perform; do
    expect "$effect.aex for x64" is_pe "$folder/RunwayFX/$effect.aex"
    expect "$effect.aex" pe_exports "$folder/RunwayFX/$effect.aex" "EffectMain PluginDataEntryFunction2"
    expect "$effect.aex's PiPL" has_pipl "$folder/RunwayFX/$effect.aex" $effect
    expect "$effect.aex's size" is_within "$folder/RunwayFX/$effect.aex" $AEX_BYTES_MAX
  done
  expect "engine for x64" is_pe "$folder/engine/runwayfx-engine.exe"
  expect "engine's version" is_of_version "$folder/engine/runwayfx-engine.deps.json" runwayfx-engine
  expect "rfx.exe for x64" is_pe "$folder/engine/rfx.exe"
  expect "rfx's version" is_of_version "$folder/engine/rfx.deps.json" rfx
  expect "runtime for x64" is_pe "$folder/engine/coreclr.dll"
  expect "ONNX Runtime for x64" is_pe "$folder/engine/onnxruntime.dll"
  expect "licence" grep -q 'MIT License' "$folder/LICENSE"
  expect "third-party notices" notices_complete "$folder/THIRD-PARTY-NOTICES.txt" "$folder/engine/runwayfx-engine.deps.json" "$folder/engine/rfx.deps.json"
  expect "nothing that users do not need" has_no_leftovers "$folder"
  expect "no word of where it was built" says_no_place "$folder"
}

verify_linux() { # BUNDLE PROGRAMS NOTICES LICENCE
  local library=$1/Contents/Linux-x86-64/RunwayFX.ofx
  expect "layout of the bundle" holds "$1/Contents" "Info.plist Linux-x86-64 Resources"
  expect "library for x64" is_elf "$library"
  expect "library's size" is_within "$library" $LIBRARY_BYTES_MAX
  expect "exports of the OpenFX library" elf_exports "$library" "OfxGetNumberOfPlugins OfxGetPlugin"
  expect "version in Info.plist" names_version "$1/Contents/Info.plist"
  expect "engine for x64" is_elf "$2/runwayfx-engine"
  expect "engine's version" is_of_version "$2/runwayfx-engine.deps.json" runwayfx-engine
  expect "rfx for x64" is_elf "$2/rfx"
  expect "rfx's version" is_of_version "$2/rfx.deps.json" rfx
  expect "rfx --version" test "$("$2/rfx" --version 2>/dev/null)" = "$(product_version)"
  expect "runtime for x64" is_elf "$2/libcoreclr.so"
  expect "ONNX Runtime for x64" is_elf "$2/libonnxruntime.so"
  expect "licence" grep -q 'MIT License' "$4"
  expect "third-party notices" notices_complete "$3" "$2/runwayfx-engine.deps.json" "$2/rfx.deps.json"
  expect "nothing that users do not need" has_no_leftovers "$2"
  expect "no word of where it was built" says_no_place "$1"
  expect "no word of where the programs were built" says_no_place "$2"
}

# Opens every package that there is and looks at what users would get.
verify_packages() {
  local file folder found=0
  for file in "$PACKAGES"/*; do
    [ -e "$file" ] || continue
    found=1
    folder=$(mktemp -d)
    echo "$(basename "$file"): $(($(stat -c %s "$file") >> 20)) MB, sha256 $(sha256sum "$file" | cut -c1-16)"
    expect "version in the package's name" test "$(basename "$file" | sed 's/^runwayfx[-_]//; s/[-_].*//')" = "$(product_version)"
    case $file in
      *-win-x64.zip)
        unzip -q "$file" -d "$folder"
        verify_windows "$folder/$(basename "$file" .zip)"
        expect "size within $((WINDOWS_BYTES_MAX >> 20)) MB" is_within "$file" $WINDOWS_BYTES_MAX
        ;;
      *-setup.exe)
        expect "installer for x64" is_pe "$file"
        expect "installer's version" setup_is_of_version "$file"
        expect "size within $((WINDOWS_BYTES_MAX >> 20)) MB" is_within "$file" $WINDOWS_BYTES_MAX
        ;;
      *.deb)
        dpkg-deb -x "$file" "$folder"
        expect "layout" holds "$folder/usr" "OFX bin lib share"
        verify_linux "$folder/usr/OFX/Plugins/RunwayFX.ofx.bundle" "$folder/usr/lib/runwayfx" \
          "$folder/usr/share/doc/runwayfx/THIRD-PARTY-NOTICES.txt" "$folder/usr/share/doc/runwayfx/copyright"
        expect "rfx in /usr/bin" test "$(readlink "$folder/usr/bin/rfx")" = ../lib/runwayfx/rfx
        expect "version of the package" test "$(dpkg-deb -f "$file" Version)" = "$(product_version)"
        expect "size within $((LINUX_BYTES_MAX >> 20)) MB" is_within "$file" $LINUX_BYTES_MAX
        ;;
      *-linux-x64.tar.gz)
        tar -xzf "$file" -C "$folder" --strip-components=1
        expect "layout" holds "$folder" "LICENSE RunwayFX.ofx.bundle THIRD-PARTY-NOTICES.txt install.sh runwayfx"
        verify_linux "$folder/RunwayFX.ofx.bundle" "$folder/runwayfx" "$folder/THIRD-PARTY-NOTICES.txt" "$folder/LICENSE"
        expect "size within $((LINUX_BYTES_MAX >> 20)) MB" is_within "$file" $LINUX_BYTES_MAX
        ;;
      *)
        expect "known kind of package" false
        ;;
    esac
    rm -rf "$folder"
  done
  [ $found = 1 ] || die "package: there is no package in $PACKAGES yet; ./rfx package --rid linux-x64 or win-x64 makes them" 1
  [ $FAULTS -eq 0 ] || die "package: $FAULTS faults" 1
  echo "all packages are as they should be"
}
