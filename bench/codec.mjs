/**
 * The pinned codecs against the programs whose bytes they write, and others, one core each, in turn: `make build`,
 * then `node bench/codec.mjs`. Ratios count. INGOT_BENCH_ROUNDS, INGOT_BENCH_MIB (of input) and INGOT_BENCH_FILE (the
 * input itself) change the defaults; arguments choose the groups.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, findProgram, report } from './measure.mjs';

const rounds = Number(process.env.INGOT_BENCH_ROUNDS ?? 3);
const mebibytes = Number(process.env.INGOT_BENCH_MIB ?? 64);
const scratch = mkdtempSync(join(tmpdir(), 'ingot-bench-codec-'));
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Files of this machine in byte order, at most 2 MiB of each: much like a layer, though not the same everywhere. */
const gather = (folders, limit) => {
  const parts = [];
  let size = 0;
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (size >= limit) return;
      if (entry.isDirectory()) walk(path);
      if (!entry.isFile()) continue;
      const part = readFileSync(path).subarray(0, Math.min(2 * 1024 * 1024, limit - size));
      parts.push(part);
      size += part.length;
    }
  };
  for (const folder of folders) {
    try {
      walk(folder);
    } catch (error) {
      console.error(`left out: ${folder}: ${error.code}`);
    }
  }
  return Buffer.concat(parts);
};

/** The command on the last core, where that can be asked for. */
const oneCore = (...command) => {
  const taskset = findProgram('taskset');
  return taskset === undefined ? command : [taskset, '-c', String(cpus().length - 1), ...command];
};

const PYTHON = `
import sys, zlib
deflate = zlib.compressobj(int(sys.argv[1]), zlib.DEFLATED, 31)
with open(sys.argv[2], 'rb') as file:
    while chunk := file.read(262144):
        deflate.compress(chunk)
deflate.flush()
`;

try {
  const file = process.env.INGOT_BENCH_FILE ?? join(scratch, 'input');
  if (process.env.INGOT_BENCH_FILE === undefined) {
    const share = (mebibytes * 1024 * 1024) / 4;
    writeFileSync(
      file,
      Buffer.concat(['/usr/bin', '/usr/lib', '/usr/share', '/etc'].map((folder) => gather([folder], share))),
    );
  }
  const bytes = statSync(file).size;
  console.log(
    `${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}, ${bytes} bytes, ${rounds} rounds after one that does not count`,
  );

  const go = findProgram('go') === undefined ? undefined : join(scratch, 'peer');
  if (go === undefined) console.error('not here: go');
  if (go !== undefined) execFileSync('go', ['build', '-o', go, here('../golden/codec/peer.go')], { stdio: 'inherit' });
  const pinned = (id) => [{ name: id, command: oneCore(process.execPath, here('codec-run.mjs'), id, file) }];
  const program = (name, ...args) => {
    const path = findProgram(name);
    if (path === undefined) console.error(`not here: ${name}`);
    return path === undefined ? [] : [{ name: [name, ...args].join(' '), command: oneCore(path, ...args, '-c', file) }];
  };
  const shell = (name, ...command) => ({ name, command: oneCore('sh', '-c', 'exec "$@" <"$0"', file, ...command) });
  const goPeer = (level) => (go === undefined ? [] : [shell(`Go compress/gzip ${level}`, go, String(level))]);
  // Debian's library, which is built without modules.
  const gocode = '/usr/share/gocode';
  const pgzip =
    go === undefined || !existsSync(join(gocode, 'src/github.com/klauspost/pgzip'))
      ? undefined
      : join(scratch, 'pgzip');
  if (pgzip === undefined) console.error('not here: pgzip');
  else {
    const env = { ...process.env, GO111MODULE: 'off', GOPATH: gocode };
    execFileSync('go', ['build', '-o', pgzip, here('../golden/codec/pgzip.go')], { stdio: 'inherit', env });
  }
  const python = (level) =>
    findProgram('python3') === undefined
      ? []
      : [{ name: `zlib ${level} (Python)`, command: oneCore('python3', '-c', PYTHON, String(level), file) }];

  const groups = {
    'go-6': [
      'go-flate-1.26/6',
      () => [
        ...goPeer(6),
        ...python(6),
        ...program('gzip', '-6'),
        ...program('pigz', '-6', '-p1'),
        ...program('libdeflate-gzip', '-6'),
        ...pinned('fflate-plain/6'),
      ],
    ],
    'go-1': ['go-flate-1.26/1', () => [...goPeer(1), ...python(1), ...program('gzip', '-1')]],
    'go-9': ['go-flate-1.26/9', () => [...goPeer(9), ...python(9), ...program('gzip', '-9')]],
    'zlib-6': ['zlib-1.3/6', () => python(6)],
    'zlib-9': ['zlib-1.3/9', () => python(9)],
    'gnu-6': ['gnu-gzip-1/6', () => program('gzip', '-6')],
    'pgzip-5': [
      'pgzip-1.15/5',
      () => (pgzip === undefined ? [] : [shell('klauspost/pgzip 5', pgzip, '5', String(1 << 20))]),
    ],
    'pigz-6': ['pigz-2/6', () => program('pigz', '-6', '-p1')],
    'busybox-6': ['busybox-gzip/6+big', () => program('busybox', 'gzip')],
    'fflate-6': ['fflate-0.8/6', () => pinned('fflate-plain/6')],
  };
  const wanted = process.argv.slice(2);
  for (const [name, [subject, others]] of Object.entries(groups)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    report(name, bytes, await compare([...pinned(subject), ...others()], rounds), subject);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
