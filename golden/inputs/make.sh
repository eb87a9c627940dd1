#!/usr/bin/env bash
# Makes every golden input again, with the real tools: golden/inputs/<case>/... and inputs.json.
# Needs root and the programs of .ci/install-peers. Most tools write other bytes each time (that is
# what these inputs are for), so a new run changes digests of archives, but never those of images.
#
#   golden/inputs/make.sh [OUT]      OUT is this folder by default
set -euo pipefail
export LC_ALL=C.UTF-8 TZ=UTC
umask 022

here="$(cd "$(dirname "$0")" && pwd)"
out="${1:-$here}"
newer="${INGOT_PEERS_DIR:-/var/cache/ingot-peers}/bin"
work="$(mktemp -d /tmp/ingot-inputs-XXXXXX)"
pids=()

cleanup() {
  local pid point
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  while read -r point; do umount -l "$point"; done < <(awk -v p="$work/" 'index($5, p) == 1 { print $5 }' /proc/self/mountinfo | sort -r)
  rm -rf "$work"
}
trap cleanup EXIT

say() { echo "make: $*" >&2; }
await() { # what, command...
  local what="$1" at
  shift
  for at in $(seq 1 200); do if "$@" >/dev/null 2>&1; then return 0; fi; sleep 0.1; done
  say "$what is not ready"; cat "$work"/*.log >&2
  exit 1
}

# ------------------------------------------------------------------------------- the daemons

start_registry() {
  cat >"$work/registry.yml" <<YML
version: 0.1
log: {level: info}
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: 127.0.0.1:${INGOT_INPUTS_PORT:-5050}}
YML
  OTEL_TRACES_EXPORTER=none docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
  pids+=($!)
  await docker-registry grep -q 'listening on' "$work/registry.log"
  host="$(grep -o 'listening on 127.0.0.1:[0-9]*' "$work/registry.log" | head -1 | cut -d' ' -f3)"
}

start_dockerd() { # name, program, store
  local name="$1" program="$2" store="$3" dir="$work/$1" flags=()
  mkdir -p "$dir"
  echo '{}' >"$dir/daemon.json"
  case "$store" in
    classic) flags+=(--storage-driver=vfs) ;;
    containerd) flags+=(--storage-driver=native) ;;
  esac
  if [ "$name" != docker20 ]; then
    flags+=(--ip6tables=false)
    echo "{\"features\":{\"containerd-snapshotter\":$([ "$store" = containerd ] && echo true || echo false)}}" >"$dir/daemon.json"
  fi
  PATH="$(dirname "$program"):$PATH" "$program" "${flags[@]}" --config-file="$dir/daemon.json" --iptables=false --bridge=none \
    --data-root="$dir/data" --exec-root="$dir/exec" --host="unix://$dir/s.sock" --pidfile="$dir/pid" >"$work/$name.log" 2>&1 &
  pids+=($!)
  await "$name" grep -q 'API listen on' "$work/$name.log"
}

start_containerd() { # name, program
  local name="$1" dir="$work/$1"
  mkdir -p "$dir"
  cat >"$dir/config.toml" <<TOML
version = 2
root = "$dir/root"
state = "$dir/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime", "io.containerd.nri.v1.nri"]
[grpc]
  address = "$dir/s.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$dir/opt"
TOML
  "$2" --config "$dir/config.toml" >"$work/$name.log" 2>&1 &
  pids+=($!)
  await "$name" "${2%containerd}ctr" --address "$dir/s.sock" version
}

containers_env() { # folder of the private configuration of podman, buildah, skopeo
  local dir="$1"
  mkdir -p "$dir/home/.config/containers" "$dir/run" "$dir/tmp"
  printf '[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\ntmp_dir = "%s"\nhelper_binaries_dir = ["%s", "/usr/libexec/podman", "/usr/lib/podman"]\n' "$dir/libpod" "$newer" >"$dir/containers.conf"
  printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n' "$dir/root" "$dir/runroot" >"$dir/storage.conf"
  printf 'unqualified-search-registries = []\n[[registry]]\nprefix = "127.0.0.1"\nlocation = "127.0.0.1"\ninsecure = true\n' >"$dir/registries.conf"
  echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$dir/home/.config/containers/policy.json"
  echo '{}' >"$dir/auth.json"
}
private() { # folder, command...
  local dir="$1"
  shift
  HOME="$dir/home" TMPDIR="$dir/tmp" XDG_RUNTIME_DIR="$dir/run" XDG_CONFIG_HOME="$dir/home/.config" \
    CONTAINERS_CONF="$dir/containers.conf" CONTAINERS_STORAGE_CONF="$dir/storage.conf" \
    CONTAINERS_REGISTRIES_CONF="$dir/registries.conf" REGISTRY_AUTH_FILE="$dir/auth.json" \
    STORAGE_DRIVER=vfs PODMAN_IGNORE_CGROUPSV1_WARNING=1 "$@"
}

docker20() { HOME="$work/home" DOCKER_HOST="unix://$work/docker20/s.sock" /usr/bin/docker "$@"; }
docker28g() { HOME="$work/home" DOCKER_HOST="unix://$work/docker28g/s.sock" "$newer/docker" "$@"; }
docker28c() { HOME="$work/home" DOCKER_HOST="unix://$work/docker28c/s.sock" "$newer/docker" "$@"; }
ctr1() { /usr/bin/ctr --address "$work/ctr1/s.sock" --namespace demo "$@"; }
ctr2() { "$newer/ctr" --address "$work/ctr2/s.sock" --namespace demo "$@"; }
podman4() { private "$work/podman4" /usr/bin/podman "$@"; }
podman5() { private "$work/podman5" "$newer/podman" "$@"; }
skopeo1() { private "$work/podman4" /usr/bin/skopeo "$@"; }
skopeo2() { private "$work/podman5" "$newer/skopeo" "$@"; }
buildah1() { private "$work/podman4" /usr/bin/buildah "$@"; }

docker20_v="dockerd $(/usr/sbin/dockerd --version | sed 's/.*version \([^,]*\),.*/\1/')"
docker28_v="dockerd $("$newer/dockerd" --version | sed 's/.*version \([^,]*\),.*/\1/')"
podman4_v="podman $(/usr/bin/podman --version | awk '{print $3}')"
podman5_v="podman $("$newer/podman" --version | awk '{print $3}')"
skopeo1_v="skopeo $(/usr/bin/skopeo --version | awk '{print $3}')"
skopeo2_v="skopeo $("$newer/skopeo" --version | awk '{print $3}')"
ctr1_v="ctr $(/usr/bin/ctr --version | awk '{print $3}')"
ctr2_v="ctr $("$newer/ctr" --version | awk '{print $3}')"
buildah1_v="buildah $(/usr/bin/buildah --version | awk '{print $3}')"
umoci1_v="umoci $(/usr/bin/umoci --version | awk 'NR==1{print $3}')"
umoci2_v="umoci $("$newer/umoci" --version | awk 'NR==1{print $3}')"
crane_v="crane $(awk '$1 == "crane" { print $2 }' "$newer/../versions")"
oras_v="oras $("$newer/oras" version | awk 'NR==1{print $2}')"
by_hand="golden/inputs/shapes.mjs"

mkdir -p "$work/records" "$work/home"
record() { # id, path below OUT, kind, producer, command, note
  [ -e "$out/$2" ] || { say "not written: $2"; exit 1; }
  local IFS=$'\t'
  printf '%s\n' "$*" >"$work/records/$1"
}

for name in app trio hybrid multi built shapes oci outer; do rm -rf "${out:?}/$name"; mkdir -p "$out/$name"; done
cd "$out"

# --------------------------------------------------------------------------- the source images

start_registry
start_dockerd docker20 /usr/sbin/dockerd classic
containers_env "$work/podman4"
containers_env "$work/podman5"

say "source images"
node "$here/shapes.mjs" seed "$work/seed.tar"
docker20 load -q -i "$work/seed.tar" >/dev/null
docker20 tag seed:1 "$host/seed:1"
docker20 push -q "$host/seed:1" >/dev/null
node "$here/shapes.mjs" collect "$work/registry" "$work/gzip"
docker20 rmi -f seed:1 "$host/seed:1" >/dev/null
node "$here/shapes.mjs" source "$work/gzip" "$work/source"
for pair in base:1 tool:2 app:1.0 multi:1; do
  skopeo1 copy -q --all --dest-tls-verify=false "oci:$work/source:${pair%%:*}" "docker://$host/demo/$pair"
done
N=registry.example/demo

# ------------------------------------------------------------- one image, written by everybody

say "app: the same image from every tool"
for pair in base:1 tool:2 app:1.0; do
  docker20 pull -q "$host/demo/$pair" >/dev/null; docker20 tag "$host/demo/$pair" "$N/$pair"; docker20 rmi "$host/demo/$pair" >/dev/null
  podman4 pull -q "$host/demo/$pair" >/dev/null; podman4 tag "$host/demo/$pair" "$N/$pair"; podman4 untag "$host/demo/$pair" "$host/demo/$pair"
  podman5 pull -q "$host/demo/$pair" >/dev/null; podman5 tag "$host/demo/$pair" "$N/$pair"; podman5 untag "$host/demo/$pair" "$host/demo/$pair"
done

docker20 save -o app/docker-save.tar "$N/app:1.0"
record app-docker-save app/docker-save.tar docker-archive "$docker20_v" "docker save -o docker-save.tar $N/app:1.0" \
  "Graph-driver store; v1 folders, the repeated layer is a symlink; pulled from a registry, layers uncompressed. The config is the registry's."
podman4 save -q --format docker-archive -o app/podman-save.tar "$N/app:1.0"
record app-podman-save app/podman-save.tar docker-archive "$podman4_v" "podman save --format docker-archive -o podman-save.tar $N/app:1.0" \
  "Flat layers and v1 symlinks, layers uncompressed. The config is the registry's."
podman4 save -q --format oci-archive -o app/podman-oci.tar "$N/app:1.0"
record app-podman-oci app/podman-oci.tar oci-archive "$podman4_v" "podman save --format oci-archive -o podman-oci.tar $N/app:1.0" \
  "Layers compressed again by podman: manifest and layer digests differ from the registry's, the config is the same."
skopeo1 copy -q --src-tls-verify=false "docker://$host/demo/app:1.0" "docker-archive:app/skopeo-docker.tar:$N/app:1.0"
record app-skopeo-docker app/skopeo-docker.tar docker-archive "$skopeo1_v" "skopeo copy docker://HOST/demo/app:1.0 docker-archive:skopeo-docker.tar:$N/app:1.0" \
  "Layers decompressed. The config is the registry's."
skopeo1 copy -q --src-tls-verify=false "docker://$host/demo/app:1.0" "oci-archive:app/skopeo-oci.tar:$N/app:1.0"
record app-skopeo-oci app/skopeo-oci.tar oci-archive "$skopeo1_v" "skopeo copy docker://HOST/demo/app:1.0 oci-archive:skopeo-oci.tar:$N/app:1.0" \
  "The registry's manifest, config and layers byte for byte."
skopeo1 copy -q --src-tls-verify=false "docker://$host/demo/app:1.0" "oci:app/skopeo-layout:$N/app:1.0"
record app-skopeo-layout app/skopeo-layout oci "$skopeo1_v" "skopeo copy docker://HOST/demo/app:1.0 oci:skopeo-layout:$N/app:1.0" \
  "The registry's manifest, config and layers byte for byte."
skopeo1 copy -q --src-tls-verify=false "docker://$host/demo/app:1.0" "dir:app/skopeo-dir"
record app-skopeo-dir app/skopeo-dir dir "$skopeo1_v" "skopeo copy docker://HOST/demo/app:1.0 dir:skopeo-dir" \
  "The registry's manifest, config and layers byte for byte; no name."

start_containerd ctr1 /usr/bin/containerd
start_containerd ctr2 "$newer/containerd"
for pair in base:1 tool:2 app:1.0 multi:1; do
  for c in ctr1 ctr2; do
    "$c" content fetch --plain-http --all-platforms "$host/demo/$pair" >/dev/null
    "$c" images tag "$host/demo/$pair" "$N/$pair" >/dev/null
    "$c" images rm "$host/demo/$pair" >/dev/null
  done
done
ctr1 images export app/ctr-export.tar "$N/app:1.0" >/dev/null
record app-ctr-export app/ctr-export.tar oci-archive "$ctr1_v" "ctr images export ctr-export.tar $N/app:1.0" \
  "OCI layout with manifest.json; the registry's manifest, config and layers byte for byte."
ctr2 images export --local app/ctr2-export.tar "$N/app:1.0" >/dev/null
record app-ctr2-export app/ctr2-export.tar oci-archive "$ctr2_v" "ctr images export --local ctr2-export.tar $N/app:1.0" \
  "As app-ctr-export, with distribution.source annotations in index.json."
podman5 save -q --format oci-archive -o app/podman5-oci.tar "$N/app:1.0"
record app-podman5-oci app/podman5-oci.tar oci-archive "$podman5_v" "podman save --format oci-archive -o podman5-oci.tar $N/app:1.0" \
  "Layers compressed again by podman; the config is the same."
skopeo2 copy -q --src-tls-verify=false "docker://$host/demo/app:1.0" "oci-archive:app/skopeo2-oci.tar:$N/app:1.0"
record app-skopeo2-oci app/skopeo2-oci.tar oci-archive "$skopeo2_v" "skopeo copy docker://HOST/demo/app:1.0 oci-archive:skopeo2-oci.tar:$N/app:1.0" \
  "The registry's manifest, config and layers byte for byte."

# ------------------------------------------------------------------------ docker save, classic

say "trio: several images in one archive"
sleep 1.1
trio=("$N/base:1" "$N/tool:2" "$N/app:1.0")
order() { tar -xOf "$1" manifest.json | sha256sum; }
docker20 save -o trio/docker-save-a.tar "${trio[@]}"
for _ in $(seq 1 40); do
  docker20 save -o trio/docker-save-b.tar "${trio[@]}"
  [ "$(order trio/docker-save-a.tar)" = "$(order trio/docker-save-b.tar)" ] || break
done
for run in a b; do
  record "trio-docker-save-$run" "trio/docker-save-$run.tar" docker-archive "$docker20_v" "docker save -o docker-save-$run.tar ${trio[*]}" \
    "One of two runs of the same command: another order of images, other files and symlinks among the layer.tar."
done
docker20 tag "$N/tool:2" "$N/alias:latest"
docker20 save -o trio/docker-save-aliases.tar "$N/tool:2" "$N/alias:latest"
record trio-docker-save-aliases trio/docker-save-aliases.tar docker-archive "$docker20_v" "docker save -o docker-save-aliases.tar $N/tool:2 $N/alias:latest" \
  "One image with two names."
docker20 rmi "$N/alias:latest" >/dev/null
docker20 save -o trio/docker-save-untagged.tar "$(docker20 image inspect -f '{{.Id}}' "$N/tool:2")"
record trio-docker-save-untagged trio/docker-save-untagged.tar docker-archive "$docker20_v" "docker save -o docker-save-untagged.tar IMAGE_ID" \
  "Saved by ID: RepoTags null, no repositories file."
podman4 save -q -m --format docker-archive -o trio/podman-save-m.tar "${trio[@]}"
record trio-podman-save-m trio/podman-save-m.tar docker-archive "$podman4_v" "podman save -m --format docker-archive -o podman-save-m.tar ${trio[*]}" \
  "Three images, flat layers."
podman4 save -q --format docker-archive -o trio/podman-save-trap.tar "$N/base:1" "$N/tool:2"
record trio-podman-save-trap trio/podman-save-trap.tar docker-archive "$podman4_v" "podman save --format docker-archive -o podman-save-trap.tar $N/base:1 $N/tool:2" \
  "Without -m podman saves the first image only and gives it both names: demo/tool:2 is the image demo/base:1 here."
ctr1 images export trio/ctr-export.tar "${trio[@]}" >/dev/null
record trio-ctr-export trio/ctr-export.tar oci-archive "$ctr1_v" "ctr images export ctr-export.tar ${trio[*]}" \
  "Three images, OCI layout with manifest.json in random order; the registry's blobs."

# ----------------------------------------------------------------------------- docker >= 25

say "hybrid: docker >= 25, both stores"
start_dockerd docker28g "$newer/dockerd" classic
start_dockerd docker28c "$newer/dockerd" containerd
for d in docker28g docker28c; do
  for pair in base:1 tool:2 app:1.0 multi:1; do
    "$d" pull -q "$host/demo/$pair" >/dev/null; "$d" tag "$host/demo/$pair" "$N/$pair"; "$d" rmi "$host/demo/$pair" >/dev/null
  done
done
docker28g save -o hybrid/classic.tar "$N/app:1.0"
record hybrid-classic hybrid/classic.tar oci-archive "$docker28_v" "docker save -o classic.tar $N/app:1.0" \
  "Graph-driver store: manifest.json and an OCI layout, uncompressed layers, a manifest made by Docker, unreferenced v1 configs. The config is the registry's."
docker28g save -o hybrid/classic-trio.tar "${trio[@]}"
record hybrid-classic-trio hybrid/classic-trio.tar oci-archive "$docker28_v" "docker save -o classic-trio.tar ${trio[*]}" \
  "Graph-driver store, three images."
docker28c save -o hybrid/containerd.tar "$N/app:1.0"
record hybrid-containerd hybrid/containerd.tar oci-archive "$docker28_v" "docker save -o containerd.tar $N/app:1.0" \
  "containerd image store: the registry's manifest, config and layers byte for byte."
docker28c save -o hybrid/containerd-two.tar "$N/tool:2" "$N/app:1.0"
record hybrid-containerd-two hybrid/containerd-two.tar oci-archive "$docker28_v" "docker save -o containerd-two.tar $N/tool:2 $N/app:1.0" \
  "containerd image store, two images."
docker28c save -o hybrid/containerd-multi.tar "$N/multi:1"
record hybrid-containerd-multi hybrid/containerd-multi.tar oci-archive "$docker28_v" "docker save -o containerd-multi.tar $N/multi:1" \
  "containerd image store: an index of two platforms of which the engine pulled one only (linux/amd64)."

# ------------------------------------------------------------------------- several platforms

say "multi: an index of two platforms"
ctr1 images export --all-platforms multi/ctr-all-platforms.tar "$N/multi:1" >/dev/null
record multi-ctr-all-platforms multi/ctr-all-platforms.tar oci-archive "$ctr1_v" "ctr images export --all-platforms ctr-all-platforms.tar $N/multi:1" \
  "The complete index, linux/amd64 and linux/arm64/v8."
ctr1 images export --platform linux/amd64 multi/ctr-sparse.tar "$N/multi:1" >/dev/null
record multi-ctr-sparse multi/ctr-sparse.tar oci-archive "$ctr1_v" "ctr images export --platform linux/amd64 ctr-sparse.tar $N/multi:1" \
  "Sparse, as ctr exports by default: the index names two platforms, the blobs of linux/arm64/v8 are absent."
skopeo1 copy -q --all --src-tls-verify=false "docker://$host/demo/multi:1" "oci-archive:multi/skopeo-all.tar:$N/multi:1"
record multi-skopeo-all multi/skopeo-all.tar oci-archive "$skopeo1_v" "skopeo copy --all docker://HOST/demo/multi:1 oci-archive:skopeo-all.tar:$N/multi:1" \
  "The complete index."
skopeo1 copy -q --all --src-tls-verify=false "docker://$host/demo/multi:1" "dir:multi/skopeo-dir"
record multi-skopeo-dir multi/skopeo-dir dir "$skopeo1_v" "skopeo copy --all docker://HOST/demo/multi:1 dir:skopeo-dir" \
  "The complete index; children are HEX.manifest.json."
(cd multi && "$newer/oras" cp -r --from-plain-http --to-oci-layout "$host/demo/multi:1" oras-layout:1 >/dev/null)
record multi-oras-layout multi/oras-layout oci "$oras_v" "oras cp -r --to-oci-layout HOST/demo/multi:1 oras-layout:1" \
  "The index under its tag and both of its manifests as unnamed entries of index.json."

# -------------------------------------------------------------------- made by builders, crane

say "built: buildah, umoci, crane, oras"
mkdir -p "$work/tree/etc"
echo "written by buildah" >"$work/tree/etc/builder.txt"
touch -d '2024-03-01 10:00:00' "$work/tree/etc/builder.txt" "$work/tree/etc" "$work/tree"
container="$(buildah1 from scratch)"
buildah1 copy -q "$container" "$work/tree" / >/dev/null
buildah1 config --label registry.example.step=one --env A=b --cmd '["/none"]' "$container"
buildah1 commit -q --timestamp 1709287200 "$container" "$N/built:1" >/dev/null
container2="$(buildah1 from "$N/built:1")"
echo "a second layer" >"$work/tree/etc/second.txt"
touch -d '2024-03-01 11:00:00' "$work/tree/etc/second.txt" "$work/tree/etc"
buildah1 copy -q "$container2" "$work/tree/etc/second.txt" /etc/second.txt >/dev/null
buildah1 commit -q --timestamp 1709290800 "$container2" "$N/built:2" >/dev/null
buildah1 push -q "$N/built:2" "oci-archive:built/buildah-oci.tar:$N/built:2"
record built-buildah-oci built/buildah-oci.tar oci-archive "$buildah1_v" "buildah push $N/built:2 oci-archive:buildah-oci.tar:$N/built:2" \
  "Built from scratch by buildah in two steps; history with FROM comments."
buildah1 push -q "$N/built:2" "docker-archive:built/buildah-docker.tar:$N/built:2"
record built-buildah-docker built/buildah-docker.tar docker-archive "$buildah1_v" "buildah push $N/built:2 docker-archive:buildah-docker.tar:$N/built:2" \
  "The same image and config as built-buildah-oci."

umoci_layout() { # program, folder
  HOME="$work/home" "$1" init --layout "$2"
  HOME="$work/home" "$1" new --image "$2:1.0"
  HOME="$work/home" "$1" insert --image "$2:1.0" "$work/tree/etc" /etc
  HOME="$work/home" "$1" config --image "$2:1.0" --config.label registry.example.step=two --config.cmd /none
  HOME="$work/home" "$1" tag --image "$2:1.0" stable
}
umoci_layout /usr/bin/umoci built/umoci-layout
chmod -R a+rX built/umoci-layout
record built-umoci-layout built/umoci-layout oci "$umoci1_v" "umoci init, new, insert, config, tag --layout umoci-layout" \
  "Two tags for one image; no mediaType in index and manifest; older blobs stay unreferenced."
tar --format=gnu -C built/umoci-layout -cf built/umoci-layout.tar .
record built-umoci-tar built/umoci-layout.tar oci-archive "$umoci1_v, GNU tar $(tar --version | awk 'NR==1{print $4}')" "tar -C umoci-layout -cf umoci-layout.tar ." \
  "built-umoci-layout as a tarball with ./ names and the user's owner and times."
umoci_layout "$newer/umoci" built/umoci6-layout
chmod -R a+rX built/umoci6-layout
record built-umoci6-layout built/umoci6-layout oci "$umoci2_v" "umoci init, new, insert, config, tag --layout umoci6-layout" \
  "As built-umoci-layout."

"$newer/crane" pull --insecure "$host/demo/app:1.0" built/crane.tar
"$newer/crane" pull --insecure --format=legacy "$host/demo/tool:2" built/crane-legacy.tar
"$newer/crane" pull --insecure --format=oci "$host/demo/tool:2" built/crane-layout
record built-crane built/crane.tar docker-archive "$crane_v" "crane pull HOST/demo/app:1.0 crane.tar" \
  "sha256:HEX config entry, HEX.tar.gz layers: the registry's compressed layers, manifest lost. The name is the registry's, 127.0.0.1:5050/demo/...."
record built-crane-legacy built/crane-legacy.tar docker-archive "$crane_v" "crane pull --format=legacy HOST/demo/tool:2 crane-legacy.tar" \
  "v1 folders. The name is the registry's, 127.0.0.1:5050/demo/...."
record built-crane-layout built/crane-layout oci "$crane_v" "crane pull --format=oci HOST/demo/tool:2 crane-layout" \
  "Indented index.json and oci-layout, no name."

(
  cd "$work"
  cp -r "$out/app/skopeo-layout" oras-layout
  printf 'a bill of materials\n' >bom.txt
  printf 'just a file\n' >plain.txt
  image="$(sed 's/.*"digest":"\([^"]*\)".*/\1/' oras-layout/index.json)"
  "$newer/oras" attach --oci-layout --artifact-type application/vnd.example.bom \
    --annotation org.opencontainers.image.created=2024-02-29T12:34:56Z "oras-layout@$image" bom.txt:text/plain >/dev/null
  "$newer/oras" push --oci-layout --artifact-type application/vnd.example.text \
    --annotation org.opencontainers.image.created=2024-02-29T12:34:56Z oras-layout:text plain.txt:text/plain >/dev/null
)
mv "$work/oras-layout" built/oras-layout
record built-oras-layout built/oras-layout oci "$oras_v" "oras attach --oci-layout LAYOUT@DIGEST bom.txt; oras push --oci-layout LAYOUT:text plain.txt" \
  "The image of app-skopeo-layout with a referrer and an artifact beside it."
"$newer/oras" backup --plain-http -o multi/oras-backup.tar "$host/demo/multi:1" >/dev/null
record multi-oras-backup multi/oras-backup.tar oci-archive "$oras_v" "oras backup -o oras-backup.tar HOST/demo/multi:1" \
  "As multi-oras-layout, as a tarball: wall-clock times, the user's owner and names in the headers."

# ------------------------------------------------------------------------------- by hand

say "shapes"
node "$here/shapes.mjs" shapes "$work/gzip" "$work/source" "$out"
shape() { record "$1" "$2" "$3" "$by_hand" "node golden/inputs/shapes.mjs shapes" "$4"; }
shape shapes-kaniko shapes/kaniko.tar docker-archive "As kaniko --tar-path: sha256:HEX config, HEX.tar.gz layers, manifest.json last; the repeated layer is one file listed twice."
shape shapes-ggcr-gnu shapes/ggcr-gnu.tar docker-archive "The go-containerregistry shape with GNU headers."
shape shapes-ggcr-pax shapes/ggcr-pax.tar docker-archive "The go-containerregistry shape with a PAX header before every entry."
shape shapes-jib shapes/jib.tar docker-archive "As Jib: layers first, config.json, manifest.json."
shape shapes-jib-lower-case shapes/jib-lower-case.tar docker-archive "As an old Jib: the keys of manifest.json in lower case."
shape shapes-rules-oci shapes/rules-oci.tar docker-archive "As rules_oci oci_load: blobs/sha256/HEX.tar.gz, without an OCI index."
shape shapes-rules-docker shapes/rules-docker.tar docker-archive "As rules_docker: HEX/layer.tar, GNU headers, indented manifest.json, padding of 10240 bytes."
shape shapes-hard-link shapes/hard-link.tar docker-archive "As shapes-rules-docker, of demo/app:1.0: the repeated layer is a hard link."
shape shapes-nix shapes/nix.tar docker-archive "As Nix dockerTools.buildImage: GNU tar of a folder, ./ names, v1 folders."
shape oci-nested-index oci/nested-index oci "An index in an index; three images."
shape oci-referrers oci/referrers oci "Referrers of an image, of an index, of a referrer, and one whose subject is absent."
shape oci-artifact oci/artifact oci "Three artifacts, no image: empty config, own config, empty layer."
shape oci-sha512 oci/sha512 oci "All blobs named by sha512."
shape oci-zstd oci/zstd oci "A gzip, a zstd and an uncompressed layer in one image (zstd $(zstd --version | grep -o 'v[0-9.]*'))."
shape oci-schema2 oci/schema2 oci "A Docker schema 2 manifest, indented, in an OCI layout, named like containerd does."
tar --sort=name --format=posix --pax-option=delete=atime,delete=ctime --mtime=@0 --owner=0 --group=0 --numeric-owner -C oci/sha512 -cf oci/sha512.tar oci-layout index.json blobs
record oci-sha512-tar oci/sha512.tar oci-archive "$by_hand, GNU tar $(tar --version | awk 'NR==1{print $4}')" "tar --format=posix -C sha512 -cf sha512.tar oci-layout index.json blobs" \
  "oci-sha512 as a tarball; its long names need PAX."

say "outer: compressed archives"
podman4 save -q --format docker-archive -o outer/tool.tar "$N/tool:2"
record outer-plain outer/tool.tar docker-archive "$podman4_v" "podman save --format docker-archive -o tool.tar $N/tool:2" "The archive inside the other outer-* inputs."
gzip -n -9 -k outer/tool.tar
record outer-gzip outer/tool.tar.gz docker-archive "$podman4_v, gzip $(gzip --version | awk 'NR==1{print $2}')" "gzip -n -9 tool.tar" "outer-plain compressed with gzip."
zstd -q -k outer/tool.tar
record outer-zstd outer/tool.tar.zst docker-archive "$podman4_v, zstd $(zstd --version | grep -o 'v[0-9.]*')" "zstd tool.tar" "outer-plain compressed with zstd."
bzip2 -k outer/tool.tar
record outer-bzip2 outer/tool.tar.bz2 docker-archive "$podman4_v, bzip2 $(bzip2 --help 2>&1 | grep -o 'Version [0-9.]*' | awk '{print $2}' | sed 's/\.$//')" "bzip2 tool.tar" "outer-plain compressed with bzip2."
xz -k outer/tool.tar
record outer-xz outer/tool.tar.xz docker-archive "$podman4_v, xz $(xz --version | awk 'NR==1{print $4}')" "xz tool.tar" "outer-plain compressed with xz."

node "$here/shapes.mjs" list "$work/records" "$out/inputs.json"
chmod -R u+w,a+rX "$out"
say "done: $(find app trio hybrid multi built shapes oci outer -type f | wc -l) files, $(du -cb app trio hybrid multi built shapes oci outer | tail -1 | cut -f1) bytes"
