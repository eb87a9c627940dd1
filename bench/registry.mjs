/**
 * How fast images come from a registry and go to one, on loopback, against skopeo and against curl and a hash of the
 * same bytes. Needs `make build` and docker-registry. INGOT_BENCH_ROUNDS and INGOT_BENCH_MIB change the defaults.
 *
 *     node bench/registry.mjs
 */
import { spawn } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, findProgram, report, runOnce } from './measure.mjs';

const rounds = Number(process.env.INGOT_BENCH_ROUNDS ?? 3);
const mebibytes = Number(process.env.INGOT_BENCH_MIB ?? 1024);
const ingot = [process.execPath, fileURLToPath(new URL('../dist/cli/bin.js', import.meta.url))];
const scratch = mkdtempSync(join(tmpdir(), 'ingot-bench-registry-'));
const at = (...names) => join(scratch, ...names);
const clear = (name) => () => rmSync(at(name), { recursive: true, force: true });

/** Parts of the image's size, so that not all layers are alike. */
const SHARES = [8, 4, 2, 1, 1];
const CHUNK = 8 << 20;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

const hex = (bytes) => createHash('sha256').update(bytes).digest('hex');

const put = (bytes) => {
  writeFileSync(at('layout/blobs/sha256', hex(bytes)), bytes);
  return { digest: `sha256:${hex(bytes)}`, size: bytes.length };
};

const putLayer = (size) => {
  const hash = createHash('sha256');
  const fd = openSync(at('layer'), 'w');
  const buffer = Buffer.alloc(CHUNK);
  for (let left = size; left > 0; left -= CHUNK) {
    const chunk = randomFillSync(buffer).subarray(0, Math.min(left, CHUNK));
    hash.update(chunk);
    writeSync(fd, chunk);
  }
  closeSync(fd);
  const digest = hash.digest('hex');
  renameSync(at('layer'), at('layout/blobs/sha256', digest));
  return { digest: `sha256:${digest}`, size };
};

const makeLayout = () => {
  mkdirSync(at('layout/blobs/sha256'), { recursive: true });
  const total = SHARES.reduce((sum, share) => sum + share, 0);
  const layers = SHARES.map((share) => putLayer(Math.floor((mebibytes * 1048576 * share) / total)));
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  const config = put(Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs })));
  const typed = layers.map((layer) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }));
  const typedConfig = { mediaType: 'application/vnd.oci.image.config.v1+json', ...config };
  const document = { schemaVersion: 2, mediaType: MANIFEST, config: typedConfig, layers: typed };
  const manifest = put(Buffer.from(JSON.stringify(document)));
  const annotations = { 'org.opencontainers.image.ref.name': 'big' };
  writeFileSync(at('layout/oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    at('layout/index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: MANIFEST, ...manifest, annotations }] }),
  );
  return [config, ...layers];
};

const startRegistry = (program, name) =>
  new Promise((resolve, reject) => {
    mkdirSync(at(name));
    const storage = `storage:\n  filesystem: {rootdirectory: ${at(name)}}\n`;
    writeFileSync(at(`${name}.yml`), `version: 0.1\nlog: {level: info}\n${storage}http: {addr: "127.0.0.1:0"}\n`);
    const env = { ...process.env, OTEL_TRACES_EXPORTER: 'none' };
    const child = spawn(program, ['serve', at(`${name}.yml`)], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    child.on('error', reject);
    child.stderr.on('data', (chunk) => {
      log = (log + chunk).slice(-10_000);
      const port = /listening on 127\.0\.0\.1:(\d+)/.exec(log)?.[1];
      if (port !== undefined) resolve({ host: `127.0.0.1:${port}`, stop: () => child.kill() });
    });
  });

const program = findProgram('docker-registry');
if (program === undefined) throw new Error('docker-registry is not here');
const [full, empty] = [await startRegistry(program, 'full'), await startRegistry(program, 'empty')];
try {
  const blobs = makeLayout();
  const bytes = blobs.reduce((sum, { size }) => sum + size, 0);
  const policy = at('policy.json');
  writeFileSync(policy, '{"default":[{"type":"insecureAcceptAnything"}]}');
  const source = `oci:${at('layout')}:big`;
  await runOnce([...ingot, 'copy', source, `docker://${full.host}/big:1`, '--insecure', full.host, '-q']);

  const skopeo = findProgram('skopeo', [join(process.env.INGOT_PEERS_DIR ?? '/var/cache/ingot-peers', 'bin')]);
  const skopeoCopy = (...args) =>
    skopeo === undefined
      ? []
      : [{ name: 'skopeo copy', command: [skopeo, '--policy', policy, 'copy', '-q', '--preserve-digests', ...args] }];
  const shell = (name, lines) => ({ name, command: ['/bin/sh', '-ec', lines.join('\n')] });

  const url = (digest) => `http://${full.host}/v2/big/blobs/${digest}`;
  const curl = shell(
    'curl, then openssl sha256',
    blobs.flatMap(({ digest }) => [
      `curl -sSf -o ${at('curl.out')} ${url(digest)}`,
      `openssl sha256 -r ${at('curl.out')} | grep -q ^${digest.slice(7)}`,
    ]),
  );
  const from = [`docker://${full.host}/big:1`];
  const insecure = ['--insecure', full.host, '--insecure', empty.host, '-q'];
  const pulls = [
    { name: 'ingot save', command: [...ingot, 'save', ...from, '-o', at('saved.tar'), ...insecure] },
    { name: 'ingot copy', command: [...ingot, 'copy', ...from, `oci:${at('pulled')}:1`, ...insecure] },
    ...skopeoCopy('--src-tls-verify=false', ...from, `oci:${at('by-skopeo')}:1`),
    curl,
  ].map((job) => ({
    ...job,
    before: () => ['saved.tar', 'pulled', 'by-skopeo', 'curl.out'].forEach((name) => clear(name)()),
  }));
  const pulled = await compare(pulls, rounds);
  report(`from a registry, ${mebibytes} MiB`, bytes, pulled, 'ingot save');
  report(`from a registry into a layout`, bytes, pulled, 'ingot copy');

  const up = shell(
    'openssl sha256, then curl',
    blobs.flatMap(({ digest }) => {
      const file = at('layout/blobs/sha256', digest.slice(7));
      return [
        `openssl sha256 -r ${file} | grep -q ^${digest.slice(7)}`,
        `to=$(curl -sSf -X POST -D - -o /dev/null http://${empty.host}/v2/by-curl/blobs/uploads/ | tr -d '\\r' | sed -n 's/^Location: //p')`,
        `curl -sSf -T ${file} -H 'Content-Type: application/octet-stream' "$to&digest=${digest}"`,
      ];
    }),
  );
  const pushed = await compare(
    [
      { name: 'ingot copy', command: [...ingot, 'copy', source, `docker://${empty.host}/big:1`, ...insecure] },
      ...skopeoCopy('--dest-tls-verify=false', source, `docker://${empty.host}/big:1`),
      up,
    ].map((job) => ({ ...job, before: clear('empty/docker') })),
    rounds,
  );
  report(`to a registry, ${mebibytes} MiB`, bytes, pushed, 'ingot copy');

  const across = await compare(
    [
      { name: 'ingot copy', command: [...ingot, 'copy', ...from, `docker://${empty.host}/big:1`, ...insecure] },
      ...skopeoCopy('--src-tls-verify=false', '--dest-tls-verify=false', ...from, `docker://${empty.host}/big:1`),
    ].map((job) => ({ ...job, before: clear('empty/docker') })),
    rounds,
  );
  report(`from one registry to another, ${mebibytes} MiB`, bytes, across, 'ingot copy');
} finally {
  full.stop();
  empty.stop();
  rmSync(scratch, { recursive: true, force: true });
}
