// Writes what no installed tool writes: the source images of all inputs, and archives in the shapes
// of tools that are not at hand. Node built-ins only.
//
//   node shapes.mjs seed TAR               a docker-archive of one image with every layer
//   node shapes.mjs collect STORAGE GZIP   the layers as docker push compressed them, from a registry's storage
//   node shapes.mjs source GZIP LAYOUT     the source images, as one OCI layout
//   node shapes.mjs shapes GZIP LAYOUT OUT hand-shaped tarballs and layouts
//   node shapes.mjs list RECORDS OUT       inputs.json from the records that make.sh collected
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";

const OCI = "application/vnd.oci.image";
const DOCKER = "application/vnd.docker";
const CREATED = "2024-02-29T12:34:56Z";
const TIME = Date.parse(CREATED) / 1000;
const NAME = "registry.example/demo";

const hash = (bytes, algorithm = "sha256") => createHash(algorithm).update(bytes).digest("hex");
const digest = (bytes, algorithm = "sha256") => `${algorithm}:${hash(bytes, algorithm)}`;
const json = (value) => Buffer.from(JSON.stringify(value));

// ---------------------------------------------------------------------------------------- tar

function octal(value, width) {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}

function header(entry, size, type) {
  const block = Buffer.alloc(512);
  const put = (text, at) => block.write(text, at, "latin1");
  Buffer.from(entry.name).copy(block, 0, 0, 100);
  put(octal(entry.mode ?? (type === "5" ? 0o755 : 0o644), 8), 100);
  put(octal(entry.uid ?? 0, 8), 108);
  put(octal(entry.gid ?? 0, 8), 116);
  put(octal(size, 12), 124);
  put(octal(entry.mtime ?? 0, 12), 136);
  put("        ", 148);
  put(type, 156);
  Buffer.from(entry.link ?? "").copy(block, 157, 0, 100);
  if (entry.gnu) put("ustar  \0", 257);
  else put("ustar\x0000", 257);
  put(entry.uname ?? "", 265);
  put(entry.gname ?? "", 297);
  if (!entry.gnu) {
    put(octal(0, 8), 329);
    put(octal(0, 8), 337);
  }
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function padded(data) {
  return Buffer.concat([data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

function paxRecord(key, value) {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (String(length).length + Buffer.byteLength(rest) !== length)
    length = String(length).length + Buffer.byteLength(rest);
  return `${length}${rest}`;
}

/** Entries: name, data | link + type | type "5"; pax adds records, gnu writes GNU headers. */
function tar(entries, { end = 1024 } = {}) {
  const parts = [];
  for (const entry of entries) {
    const type = entry.type ?? (entry.name.endsWith("/") ? "5" : "0");
    const data = entry.data === undefined ? Buffer.alloc(0) : Buffer.from(entry.data);
    const pax = { ...entry.pax };
    if (Buffer.byteLength(entry.name) > 100) {
      if (entry.gnu) {
        const long = Buffer.from(`${entry.name}\0`);
        parts.push(header({ name: "././@LongLink", gnu: true }, long.length, "L"), padded(long));
      } else pax.path = entry.name;
    }
    const keys = Object.keys(pax).sort();
    if (keys.length > 0) {
      const records = Buffer.from(keys.map((key) => paxRecord(key, pax[key])).join(""));
      parts.push(
        header({ name: `PaxHeaders.0/${entry.name.slice(0, 80)}`, mode: 0 }, records.length, "x"),
        padded(records),
      );
    }
    parts.push(header(entry, data.length, type), padded(data));
  }
  parts.push(Buffer.alloc(end));
  return Buffer.concat(parts);
}

// ------------------------------------------------------------------------------------ content

function noise(length, seed) {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
  return bytes;
}

const file = (name, data, more = {}) => ({ name, data, mtime: TIME, ...more });
const dir = (name, more = {}) => ({ name, mtime: TIME, ...more });

const LAYERS = {
  base: tar([
    dir("etc/"),
    file("etc/demo.conf", "colour = green\nlevel = 3\n", { mode: 0o640, gid: 42 }),
    file("etc/obsolete.conf", "colour = brown\n"),
    dir("usr/"),
    dir("usr/share/"),
    file("usr/share/README", "A demo image without any program.\nIt only holds files.\n"),
    { name: "usr/share/README.link", type: "2", link: "README", mode: 0o777, mtime: TIME },
  ]),
  data: tar([
    dir("data/", { uid: 1000, gid: 1000 }),
    file("data/noise.bin", noise(20_000, 0x2f6e2b1), { uid: 1000, gid: 1000, mode: 0o600 }),
    {
      name: "data/noise.hardlink",
      type: "1",
      link: "data/noise.bin",
      uid: 1000,
      gid: 1000,
      mode: 0o600,
      mtime: TIME,
    },
    file("data/with space.txt", "one\n"),
    file("data/-dash.txt", "two\n"),
    file("data/quote'\"s.txt", "three\n"),
    file("data/naïve-日本.txt", "four\n"),
    file(`data/${"long-".repeat(24)}name.txt`, "five\n"),
    file("data/empty", "", { mtime: 0 }),
    file("data/sticky", "six\n", { mode: 0o4755, mtime: TIME + 1 }),
  ]),
  change: tar([
    dir("data/", { uid: 1000, gid: 1000 }),
    file("data/.wh.-dash.txt", ""),
    dir("etc/"),
    file("etc/.wh.obsolete.conf", ""),
    file("etc/demo.conf", "colour = blue\nlevel = 4\n", { mode: 0o640, gid: 42 }),
  ]),
  tool: tar([
    dir("opt/"),
    file("opt/tool.txt", "A tool is only described here.\n"),
    file("opt/tool.dat", noise(1500, 77)),
  ]),
  arm: tar([
    dir("opt/"),
    file("opt/tool.txt", "The same for the other platform.\n"),
    file("opt/tool.dat", noise(1500, 78)),
  ]),
  empty: tar([]),
};

function config(layers, more = {}) {
  const history = [];
  for (const [at, name] of layers.entries()) {
    history.push({ created: CREATED, created_by: `COPY ${name} / # layer ${at}`, comment: "demo" });
    if (at === 0)
      history.push({
        created: CREATED,
        created_by: 'ENV GREETING="<hello> & welcome"',
        empty_layer: true,
      });
  }
  return {
    created: CREATED,
    author: "The Demo Authors <demo@registry.example>",
    architecture: "amd64",
    os: "linux",
    config: {
      User: "1000:1000",
      Env: ["PATH=/usr/bin:/bin", "GREETING=<hello> & welcome"],
      Entrypoint: ["/opt/tool"],
      Cmd: ["--help"],
      WorkingDir: "/data",
      Labels: {
        "registry.example.title": "Größe & <Gewicht>",
        "registry.example.line": "tab\there",
      },
    },
    rootfs: { type: "layers", diff_ids: layers.map((name) => digest(LAYERS[name])) },
    history,
    ...more,
  };
}

const IMAGES = {
  base: ["base"],
  tool: ["base", "tool"],
  app: ["base", "data", "base", "change", "empty"],
};

// ------------------------------------------------------------------------------------- layouts

/** Layers as docker push compressed them: Go's compress/gzip, the bytes that registries know best. */
let gzipFolder;
const gzipped = (plain) => readFileSync(join(gzipFolder, `${hash(plain)}.gz`));

function writeSeed(path) {
  const names = Object.keys(LAYERS);
  const bytes = json(config(names));
  const layers = names.map((it) => ({ name: `${hash(LAYERS[it])}.tar`, data: LAYERS[it] }));
  const manifest = [
    { Config: `${hash(bytes)}.json`, RepoTags: ["seed:1"], Layers: layers.map((it) => it.name) },
  ];
  writeFileSync(
    path,
    tar([
      { name: manifest[0].Config, data: bytes },
      ...layers,
      { name: "manifest.json", data: json(manifest) },
    ]),
  );
}

function collectGzip(storage, out) {
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(storage, { recursive: true })) {
    if (!/blobs\/sha256\/..\/[0-9a-f]{64}\/data$/.test(name)) continue;
    const bytes = readFileSync(join(storage, name));
    if (bytes[0] === 0x1f && bytes[1] === 0x8b)
      writeFileSync(join(out, `${hash(gunzipSync(bytes))}.gz`), bytes);
  }
  for (const it of Object.values(LAYERS)) statSync(join(out, `${hash(it)}.gz`));
}

/** Collects blobs and writes them as an OCI layout directory. */
class Layout {
  constructor(path, algorithm = "sha256") {
    this.path = path;
    this.algorithm = algorithm;
    rmSync(path, { recursive: true, force: true });
    mkdirSync(join(path, "blobs", algorithm), { recursive: true });
    writeFileSync(join(path, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  }
  blob(mediaType, bytes, more = {}) {
    const id = digest(bytes, this.algorithm);
    writeFileSync(join(this.path, "blobs", ...id.split(":")), bytes);
    return { mediaType, digest: id, size: bytes.length, ...more };
  }
  gzipLayer(bytes) {
    return this.blob(`${OCI}.layer.v1.tar+gzip`, gzipped(bytes));
  }
  image(layers, { configBytes, more = {}, descriptor = {} } = {}) {
    const manifest = {
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      config: this.blob(`${OCI}.config.v1+json`, configBytes),
      layers,
      ...more,
    };
    return this.blob(manifest.mediaType, json(manifest), descriptor);
  }
  named(name, image) {
    return {
      ...image,
      annotations: { ...image.annotations, "org.opencontainers.image.ref.name": name },
    };
  }
  index(manifests, more = {}) {
    writeFileSync(
      join(this.path, "index.json"),
      json({ schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests, ...more }),
    );
  }
}

// Two spaces, a key that no specification knows and a newline at the end: whoever parses a config
// and writes it again changes its digest.
function configBytes(layers, more = {}) {
  return Buffer.from(
    `${JSON.stringify({ ...config(layers, more), "registry.example.unknown": [1, null] }, undefined, 2)}\n`,
  );
}

function simpleImage(layout, name, more) {
  const layers = IMAGES[name];
  return layout.image(
    layers.map((it) => layout.gzipLayer(LAYERS[it])),
    { configBytes: configBytes(layers), ...more },
  );
}

function multiIndex(layout) {
  const amd64 = { architecture: "amd64", os: "linux" };
  const arm64 = { architecture: "arm64", os: "linux", variant: "v8" };
  return layout.blob(
    `${OCI}.index.v1+json`,
    json({
      schemaVersion: 2,
      mediaType: `${OCI}.index.v1+json`,
      manifests: [
        simpleImage(layout, "tool", { descriptor: { platform: amd64 } }),
        layout.image([layout.gzipLayer(LAYERS.base), layout.gzipLayer(LAYERS.arm)], {
          configBytes: configBytes(["base", "arm"], { architecture: "arm64", variant: "v8" }),
          descriptor: { platform: arm64 },
        }),
      ],
    }),
  );
}

function writeSource(path) {
  const layout = new Layout(path);
  layout.index([
    layout.named("base", simpleImage(layout, "base")),
    layout.named("tool", simpleImage(layout, "tool")),
    layout.named("app", simpleImage(layout, "app")),
    layout.named("multi", multiIndex(layout)),
  ]);
}

// ------------------------------------------------------------------------------------- shapes

/** What a source image consists of: config bytes, layers plain and compressed. */
function readImage(source, name) {
  const blob = (id) => readFileSync(join(source, "blobs", ...id.split(":")));
  const index = JSON.parse(readFileSync(join(source, "index.json"), "utf8"));
  const root = index.manifests.find(
    (it) => it.annotations["org.opencontainers.image.ref.name"] === name,
  );
  const manifest = JSON.parse(blob(root.digest).toString("utf8"));
  return {
    config: blob(manifest.config.digest),
    layers: manifest.layers.map((it) => ({
      gzip: blob(it.digest),
      plain: gunzipSync(blob(it.digest)),
    })),
  };
}

const once = (entries) => [...new Map(entries.map((it) => [it.name, it])).values()];

/** go-containerregistry: `sha256:<hex>` for the config, `<hex>.tar.gz` for layers, manifest.json last. */
function ggcrTar(image, tag, style = {}) {
  const configName = digest(image.config);
  const layers = image.layers.map((it) => ({ name: `${hash(it.gzip)}.tar.gz`, data: it.gzip }));
  const manifest = [{ Config: configName, RepoTags: [tag], Layers: layers.map((it) => it.name) }];
  return tar([
    { name: configName, data: image.config, ...style },
    ...once(layers).map((it) => ({ ...it, ...style })),
    { name: "manifest.json", data: json(manifest), ...style },
  ]);
}

/** Jib: config.json and `<diffID or digest hex>.tar.gz`; `lower` writes the keys in lower case. */
function jibTar(image, tag, lower) {
  const layers = image.layers.map((it) => ({
    name: `${hash(it.gzip)}.tar.gz`,
    data: it.gzip,
    mtime: 0,
  }));
  const names = layers.map((it) => it.name);
  const item = lower
    ? { config: "config.json", repoTags: [tag], layers: names }
    : { Config: "config.json", RepoTags: [tag], Layers: names };
  return tar([
    ...once(layers),
    { name: "config.json", data: image.config },
    { name: "manifest.json", data: json([item]) },
  ]);
}

/** rules_oci oci_load: manifest.json over blobs/sha256 with `.tar.gz` names. */
function rulesOciTar(image, tag) {
  const configName = `blobs/sha256/${hash(image.config)}`;
  const layers = image.layers.map((it) => ({
    name: `blobs/sha256/${hash(it.gzip)}.tar.gz`,
    data: it.gzip,
  }));
  return tar([
    { name: configName, data: image.config, mode: 0o555 },
    ...once(layers).map((it) => ({ ...it, mode: 0o555 })),
    {
      name: "manifest.json",
      data: json([{ Config: configName, RepoTags: [tag], Layers: layers.map((it) => it.name) }]),
      mode: 0o555,
    },
  ]);
}

/** rules_docker: `<hex>.json`, `<diffID hex>/layer.tar` as regular files or hard links, GNU headers. */
function rulesDockerTar(image, tag, hardLinks) {
  const style = { gnu: true, uname: "", gname: "", mode: 0o555 };
  const configName = `${hash(image.config)}.json`;
  const entries = [{ name: configName, data: image.config, ...style }];
  const names = [];
  const first = new Map();
  for (const [at, layer] of image.layers.entries()) {
    const name = `${hash(`${at} ${hash(layer.plain)}`)}/layer.tar`;
    names.push(name);
    const known = first.get(hash(layer.plain));
    if (known !== undefined && hardLinks) entries.push({ name, type: "1", link: known, ...style });
    else entries.push({ name, data: layer.plain, ...style });
    if (known === undefined) first.set(hash(layer.plain), name);
  }
  const manifest = [{ Config: configName, Layers: names, RepoTags: [tag] }];
  entries.push({
    name: "manifest.json",
    data: `${JSON.stringify(manifest, undefined, 2)}\n`,
    ...style,
  });
  return tar(entries, { end: 10_240 });
}

/** Nix dockerTools.buildImage: GNU tar of a folder with `./`, v1 directories, `repositories`. */
function nixTar(image, name, tag) {
  const folder = mkdtempSync(join(tmpdir(), "ingot-nix-"));
  try {
    const names = [];
    let parent;
    for (const [at, layer] of image.layers.entries()) {
      const id = hash(`${parent ?? ""} ${at} ${hash(layer.plain)}`);
      mkdirSync(join(folder, id));
      writeFileSync(join(folder, id, "layer.tar"), layer.plain);
      writeFileSync(join(folder, id, "VERSION"), "1.0");
      writeFileSync(join(folder, id, "json"), json(parent === undefined ? { id } : { id, parent }));
      names.push(`${id}/layer.tar`);
      parent = id;
    }
    const configName = `${hash(image.config)}.json`;
    writeFileSync(join(folder, configName), image.config);
    writeFileSync(
      join(folder, "manifest.json"),
      `${JSON.stringify([{ Config: configName, RepoTags: [`${name}:${tag}`], Layers: names }])}\n`,
    );
    writeFileSync(
      join(folder, "repositories"),
      `${JSON.stringify({ [name]: { [tag]: parent } })}\n`,
    );
    return execFileSync(
      "tar",
      [
        "-C",
        folder,
        "--sort=name",
        "--hard-dereference",
        "--mtime=@1",
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        "--mode=u+rw,go=rX",
        "--format=gnu",
        "-c",
        ".",
      ],
      { maxBuffer: 1 << 26 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeShapes(source, out) {
  const tool = readImage(source, "tool");
  const app = readImage(source, "app");
  const put = (name, bytes) => {
    mkdirSync(dirname(join(out, name)), { recursive: true });
    writeFileSync(join(out, name), bytes);
  };
  put("shapes/kaniko.tar", ggcrTar(app, `${NAME}/app:1.0`));
  put("shapes/ggcr-gnu.tar", ggcrTar(tool, `${NAME}/tool:2`, { gnu: true }));
  put(
    "shapes/ggcr-pax.tar",
    ggcrTar(tool, `${NAME}/tool:2`, { pax: { mtime: "1709210096.5", comment: "demo" } }),
  );
  put("shapes/jib.tar", jibTar(tool, `${NAME}/tool:2`, false));
  put("shapes/jib-lower-case.tar", jibTar(tool, `${NAME}/tool:2`, true));
  put("shapes/rules-oci.tar", rulesOciTar(app, `${NAME}/app:1.0`));
  put("shapes/rules-docker.tar", rulesDockerTar(tool, `${NAME}/tool:2`, false));
  put("shapes/hard-link.tar", rulesDockerTar(app, `${NAME}/app:1.0`, true));
  put("shapes/nix.tar", nixTar(tool, `${NAME}/tool`, "2"));

  // An index in an index, two levels above the images.
  const nested = new Layout(join(out, "oci/nested-index"));
  const middle = multiIndex(nested);
  const outer = nested.blob(
    middle.mediaType,
    json({
      schemaVersion: 2,
      mediaType: middle.mediaType,
      manifests: [middle, simpleImage(nested, "base")],
      annotations: { "registry.example.level": "outer" },
    }),
  );
  nested.index([nested.named("nested", outer)]);

  // Referrers of an image and of an index, one of a referrer, and one whose subject is absent.
  const referrers = new Layout(join(out, "oci/referrers"));
  const image = simpleImage(referrers, "tool");
  const index = multiIndex(referrers);
  const empty = referrers.blob("application/vnd.oci.empty.v1+json", Buffer.from("{}"));
  const refer = (subject, artifactType, text) => {
    const manifest = {
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      artifactType,
      config: { ...empty, data: "e30=" },
      layers: [
        referrers.blob("text/plain", Buffer.from(text), {
          annotations: { "org.opencontainers.image.title": "note.txt" },
        }),
      ],
      subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
      annotations: { "org.opencontainers.image.created": CREATED },
    };
    return referrers.blob(manifest.mediaType, json(manifest), { artifactType });
  };
  const note = refer(image, "application/vnd.example.note", "a note about the image\n");
  referrers.index([
    referrers.named("tool", image),
    referrers.named("multi", index),
    note,
    refer(note, "application/vnd.example.signature", "signed: the note\n"),
    refer(index, "application/vnd.example.note", "a note about the index\n"),
    refer(
      { mediaType: `${OCI}.manifest.v1+json`, digest: digest("absent"), size: 6 },
      "application/vnd.example.note",
      "a note about nothing\n",
    ),
  ]);

  // No image at all: an artifact with the empty config, one with its own config, one without layers.
  const artifact = new Layout(join(out, "oci/artifact"));
  const nothing = artifact.blob("application/vnd.oci.empty.v1+json", Buffer.from("{}"));
  const own = artifact.blob("application/vnd.example.config.v1+json", json({ kind: "chart" }));
  const text = artifact.blob("text/plain", Buffer.from("some text\n"));
  const wrap = (more) =>
    artifact.blob(
      `${OCI}.manifest.v1+json`,
      json({ schemaVersion: 2, mediaType: `${OCI}.manifest.v1+json`, ...more }),
    );
  artifact.index([
    artifact.named(
      "text",
      wrap({ artifactType: "application/vnd.example.text", config: nothing, layers: [text] }),
    ),
    artifact.named("chart", wrap({ config: own, layers: [text] })),
    artifact.named(
      "bare",
      wrap({ artifactType: "application/vnd.example.flag", config: nothing, layers: [nothing] }),
    ),
  ]);

  // All blobs named by sha512; the diffIDs stay sha256.
  const long = new Layout(join(out, "oci/sha512"), "sha512");
  long.index([long.named(`${NAME}/tool:2`, simpleImage(long, "tool"))]);

  // One layer in zstd (with a content checksum), one in gzip, one plain.
  const zstd = new Layout(join(out, "oci/zstd"));
  const packed = execFileSync("zstd", ["-q", "-19", "--no-progress", "-c"], { input: LAYERS.data });
  zstd.index([
    zstd.named(
      `${NAME}/mixed:1`,
      zstd.image(
        [
          zstd.gzipLayer(LAYERS.base),
          zstd.blob(`${OCI}.layer.v1.tar+zstd`, packed),
          zstd.blob(`${OCI}.layer.v1.tar`, LAYERS.change),
        ],
        {
          configBytes: configBytes(["base", "data", "change"]),
        },
      ),
    ),
  ]);

  // Docker schema 2 media types in an OCI layout; the index entry has containerd's name too.
  const schema2 = new Layout(join(out, "oci/schema2"));
  const manifest = {
    schemaVersion: 2,
    mediaType: `${DOCKER}.distribution.manifest.v2+json`,
    config: schema2.blob(`${DOCKER}.container.image.v1+json`, configBytes(["base", "tool"])),
    layers: ["base", "tool"].map((it) =>
      schema2.blob(`${DOCKER}.image.rootfs.diff.tar.gzip`, gzipped(LAYERS[it])),
    ),
  };
  schema2.index([
    schema2.blob(manifest.mediaType, Buffer.from(JSON.stringify(manifest, undefined, 3)), {
      annotations: {
        "io.containerd.image.name": `${NAME}/tool:2`,
        "org.opencontainers.image.ref.name": "2",
      },
    }),
  ]);
}

// --------------------------------------------------------------------------------- inputs.json

/** The digests of all image configs in an input, as its documents name them. */
function configsOf(path) {
  const read = openTree(path);
  const found = new Set();
  const sha = (bytes) => digest(bytes);
  const list = read("manifest.json");
  if (Array.isArray(list)) {
    for (const item of list) found.add(sha(read.bytes(item.Config ?? item.config)));
  }
  const visit = (descriptor) => {
    const name = `blobs/${descriptor.digest.replace(":", "/")}`;
    const document = read(name);
    if (document === undefined) return;
    for (const child of document.manifests ?? []) visit(child);
    if (/\.(image\.config|container\.image)\.v1\+json$/.test(document.config?.mediaType ?? ""))
      found.add(document.config.digest);
  };
  const index = read("index.json");
  if (index !== undefined) for (const it of index.manifests) visit(it);
  else if (list?.config !== undefined) found.add(list.config.digest);
  else
    for (const it of list?.manifests ?? [])
      found.add(read(`${it.digest.split(":")[1]}.manifest.json`).config.digest);
  // Digests are ASCII: the default order is that of their bytes.
  return [...found].toSorted((a, b) => (a < b ? -1 : 1));
}

function openTree(path) {
  const isFolder = statSync(path).isDirectory();
  const bytes = (name) => {
    if (isFolder) return existsSync(join(path, name)) ? readFileSync(join(path, name)) : undefined;
    for (const it of [name, `./${name}`]) {
      try {
        return execFileSync("bsdtar", ["-xOf", path, "--", it.replace(/[\\*?[]/g, "\\$&")], {
          stdio: ["ignore", "pipe", "ignore"],
          maxBuffer: 1 << 26,
        });
      } catch {
        // the other spelling
      }
    }
    return undefined;
  };
  const read = (name) => {
    const it = bytes(name);
    return it === undefined ? undefined : JSON.parse(it.toString("utf8"));
  };
  read.bytes = bytes;
  return read;
}

function writeList(records, out) {
  const entries = readdirSync(records)
    .map((name) => {
      const [id, path, kind, producer, command, note] = readFileSync(join(records, name), "utf8")
        .replace(/\n$/, "")
        .split("\t");
      return {
        id,
        path,
        kind,
        producer,
        command,
        note,
        configs: configsOf(join(dirname(out), path)),
      };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  writeFileSync(out, `${JSON.stringify(entries, undefined, 2)}\n`);
}

const [command, ...rest] = process.argv.slice(2);
if (command === "seed") writeSeed(rest[0]);
else if (command === "collect") collectGzip(rest[0], rest[1]);
else if (command === "source") {
  gzipFolder = rest[0];
  writeSource(rest[1]);
} else if (command === "shapes") {
  gzipFolder = rest[0];
  writeShapes(rest[1], rest[2]);
} else if (command === "list") writeList(rest[0], rest[1]);
else throw new Error("usage: node shapes.mjs seed|collect|source|shapes|list ...");
