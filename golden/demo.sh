#!/bin/sh
# The way of an image through Ingot, from the inputs in golden/. Needs Node and a POSIX system; `make demo` builds first.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
bin=${INGOT_BIN:-$here/../dist/cli/bin.js}
cd "$here/inputs"
unset SOURCE_DATE_EPOCH

work=$(mktemp -d "${TMPDIR:-/tmp}/ingot-demo.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

ingot() { node "$bin" "$@"; }

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -c 1-64
}

# Prints what a command printed, and ends with it if it fails.
show() {
  ingot "$@" --progress none >"$work/out"
  sed "s|$work/||g; s/^/   /" "$work/out"
}

heading() { printf '\n%s\n' "$1"; }

heading '1. One image, as four tools saved it: four different files'
inputs='docker-save podman-save skopeo-oci podman-oci'
: >"$work/before"
for name in $inputs; do
  digest=$(sha256 "app/$name.tar")
  printf '   %s  %s\n' "$digest" "app/$name.tar"
  printf '%s\n' "$digest" >>"$work/before"
done

heading '2. ingot save --layers none: the canonical archive of each'
: >"$work/after"
for name in $inputs; do
  ingot save "app/$name.tar" --layers none -o "$work/$name.tar" --quiet
  digest=$(sha256 "$work/$name.tar")
  printf '   %s  %s\n' "$digest" "from app/$name.tar"
  printf '%s\n' "$digest" >>"$work/after"
done
before=$(sort -u "$work/before" | wc -l | tr -d ' ')
after=$(sort -u "$work/after" | wc -l | tr -d ' ')

heading '3. ingot verify: every size, digest and diffID of it'
show verify "$work/docker-save.tar" --expect "sha256:$(head -n 1 "$work/after")"

heading '4. ingot load --to oci:layout: into an OCI layout'
show load "$work/docker-save.tar" --to "oci:$work/layout"

heading '5. ingot tree: what the layout holds'
show tree "oci:$work/layout"

heading '6. ingot digest --layers none: the layout has the same canonical archive'
ingot digest "oci:$work/layout" --layers none --progress none >"$work/out"
again=$(cut -c 8-71 "$work/out")
printf '   %s\n\n' "$again"

if [ "$before" != 4 ] || [ "$after" != 1 ] || [ "$again" != "$(head -n 1 "$work/after")" ]; then
  echo "demo: FAILED: $before different inputs gave $after different archives" >&2
  exit 1
fi
echo "Shown: $before different files of one image, one canonical archive, verified, loaded and found again."
