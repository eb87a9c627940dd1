/**
 * Rewrites vectors.json. What stands there never comes from Ingot: Go, klauspost/pgzip, Python (zlib), GNU gzip, pigz and BusyBox write the
 * streams, and fflate, which is the encoder itself, is called directly. Vectors of a program that is not here stay as
 * they are. BusyBox is built for one of three sizes of memory (CONFIG_GZIP_FAST 0, 1, 2); Debian's is the last, the
 * others are given by their paths.
 *
 * pgzip's bytes depend on the version of klauspost/compress. Debian 12 has 1.15.12; pgzip.go is built with it from
 * /usr/share/gocode. Built with 1.20 it is given by its path.
 *
 *     INGOT_PGZIP_20=… INGOT_BUSYBOX_SMALL=… INGOT_BUSYBOX_MEDIUM=… INGOT_BUSYBOX_VERSION=v… node golden/codec/make.mjs
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compress as zstd, init } from '@bokuweb/zstd-wasm';
import { Gzip } from 'fflate';
import { INPUTS } from './input.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'ingot-golden-codec-'));
const run = (program, args, input = '') =>
  execFileSync(program, args, { input, maxBuffer: 1024 * 1024 * 1024, stdio: ['pipe', 'pipe', 'inherit'] });
const has = (program) => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const PYTHON = `
import sys, zlib
level, mode, memory = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
data = sys.stdin.buffer.read()
deflate = zlib.compressobj(level, zlib.DEFLATED, 31 if mode == 'gzip' else -15, memory)
sys.stdout.buffer.write(deflate.compress(data) + deflate.flush())
`;

/** What java.util.zip.GZIPOutputStream puts around zlib's stream. */
const javaMember = (input, os) => {
  const raw = run('python3', ['-c', PYTHON, '6', 'raw', '8'], input);
  const frame = run('python3', ['-c', PYTHON, '6', 'gzip', '8'], input);
  return Buffer.concat([Buffer.from([31, 139, 8, 0, 0, 0, 0, 0, 0, os]), raw, frame.subarray(-8)]);
};

/** Pieces of 64 KiB, of which the last is the final one. */
const fflateMember = (input, level) => {
  const chunks = [];
  const gzip = new Gzip({ level, mem: 8, mtime: 0 }, (chunk) => {
    chunks.push(chunk.slice());
  });
  let at = 0;
  for (; at + 65536 < input.length; at += 65536) gzip.push(input.subarray(at, at + 65536));
  gzip.push(input.subarray(at), true);
  return Buffer.concat(chunks);
};

/** A frame for every 4 MiB; an empty input is one empty frame. */
const zstdFrames = (input, level) => {
  const frames = [];
  for (let at = 0; at === 0 || at < input.length; at += 4 << 20) frames.push(zstd(input.subarray(at, at + (4 << 20)), level));
  return Buffer.concat(frames);
};

/** @returns {[version: string, full: string, program: string][]} */
const pgzips = () => {
  /** @type {[version: string, full: string, program: string][]} */
  const programs = [];
  if (has('go') && existsSync('/usr/share/gocode/src/github.com/klauspost/pgzip')) {
    const program = join(scratch, 'pgzip');
    const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode' };
    execFileSync('go', ['build', '-o', program, join(here, 'pgzip.go')], { env });
    programs.push(['1.15', '1.15.12', program]);
  }
  const { INGOT_PGZIP_20: newer } = process.env;
  if (newer !== undefined) programs.push(['1.20', '1.20.3', newer]);
  return programs;
};

/**
 * The vouchers that are here: codec, who vouches, how.
 * @returns {[codec: string, voucher: string, compress: (input: Uint8Array) => Uint8Array][]}
 */
const vouchers = () => {
  const levels = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  /** @type {[codec: string, voucher: string, compress: (input: Uint8Array) => Uint8Array][]} */
  const all = [];
  if (has('go')) {
    const go = join(scratch, 'peer');
    run('go', ['build', '-o', go, join(here, 'peer.go')]);
    const voucher = `compress/gzip of ${run('go', ['version']).toString().split(' ')[2]}`;
    for (const level of levels) all.push([`go-flate-1.26/${level}`, voucher, (input) => run(go, [String(level)], input)]);
  }
  for (const [version, full, program] of pgzips()) {
    for (const [suffix, segment] of [['', 1 << 20], ['+256k', 1 << 18]]) {
      const voucher = `pgzip with klauspost/compress ${full}`;
      all.push([`pgzip-${version}/5${suffix}`, voucher, (input) => run(program, ['5', String(segment)], input)]);
    }
  }
  if (has('python3')) {
    const version = run('python3', ['-c', 'import zlib; print(zlib.ZLIB_RUNTIME_VERSION)']).toString().trim();
    const voucher = `zlib ${version} in Python`;
    const zlib = (level, memory) => (input) => run('python3', ['-c', PYTHON, String(level), 'gzip', memory], input);
    for (const level of levels) all.push([`zlib-1.3/${level}`, voucher, zlib(level, '8')]);
    for (const level of [6, 9]) all.push([`zlib-1.3/${level}+mem9`, voucher, zlib(level, '9')]);
    for (const os of [0, 255]) {
      all.push([`zlib-1.3/6+os${os}`, `${voucher}, in the header of GZIPOutputStream`, (input) => javaMember(input, os)]);
    }
  }
  if (has('gzip')) {
    const voucher = run('gzip', ['--version']).toString().split('\n')[0];
    for (const level of levels) all.push([`gnu-gzip-1/${level}`, `GNU ${voucher}`, (input) => run('gzip', ['-nc', `-${level}`], input)]);
  }
  if (has('pigz')) {
    const voucher = run('sh', ['-c', 'pigz --version 2>&1']).toString().trim();
    for (const level of levels) all.push([`pigz-2/${level}`, voucher, (input) => run('pigz', ['-nTc', '-p2', `-${level}`], input)]);
  }
  const versionOf = (command) => /v[0-9.]+/.exec(run('sh', ['-c', `${command} --help 2>&1 || true`]).toString())?.[0];
  for (const [suffix, command, size] of [
    ['', process.env.INGOT_BUSYBOX_SMALL, 0],
    ['+medium', process.env.INGOT_BUSYBOX_MEDIUM, 1],
    ['+big', has('busybox') ? 'busybox' : undefined, 2],
  ]) {
    if (command === undefined) continue;
    const version = versionOf(command) ?? process.env.INGOT_BUSYBOX_VERSION ?? 'of unknown version';
    const args = command === 'busybox' ? ['gzip', '-c'] : ['-c'];
    const voucher = `BusyBox ${version} with CONFIG_GZIP_FAST=${size}`;
    all.push([`busybox-gzip/6${suffix}`, voucher, (input) => run(command, args, input)]);
  }
  for (const level of [1, 6, 9]) {
    all.push([`fflate-0.8/${level}`, 'fflate 0.8.3 itself: shows a change, proves nothing', (input) => fflateMember(input, level)]);
  }
  for (const level of [3, 9, 19]) {
    all.push([`zstd-wasm-0.0.27/${level}`, '@bokuweb/zstd-wasm 0.0.27 itself: shows a change, proves nothing', (input) => zstdFrames(input, level)]);
  }
  return all;
};

/** The largest input is for the codecs that are used most. */
const WITH_LAYER = /^(go-flate-1\.26|zlib-1\.3|gnu-gzip-1|busybox-gzip|fflate-0\.8)\/6$|^pgzip-1\.\d+\/5$|^go-flate-1\.26\/[19]$|^zstd-wasm-0\.0\.27\/3$/;

await init();
try {
  const path = join(here, 'vectors.json');
  const known = new Map(JSON.parse(readFileSync(path, 'utf8')).vectors.map((vector) => [`${vector.codec} ${vector.input}`, vector]));
  const inputs = {};
  for (const [name, make] of Object.entries(INPUTS)) {
    const input = make();
    inputs[name] = { size: input.length, sha256: sha256(input) };
    for (const [codec, voucher, compress] of vouchers()) {
      if (name === 'layer' && !WITH_LAYER.test(codec)) continue;
      const output = compress(input);
      known.set(`${codec} ${name}`, { codec, input: name, size: output.length, sha256: sha256(output), voucher });
    }
  }
  const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const vectors = [...known.values()].sort((a, b) => byText(a.codec, b.codec) || byText(a.input, b.input));
  writeFileSync(path, `${JSON.stringify({ inputs, vectors }, undefined, 1)}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
