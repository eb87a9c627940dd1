/**
 * Rewrites vectors.json. What stands there never comes from Ingot: Go and Python write the streams, and fflate, which
 * is the encoder itself, is called directly. Needs `go` (1.19 to 1.26) and `python3` (zlib 1.2.11 to 1.3).
 *
 *     node golden/codec/make.mjs
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Gzip } from 'fflate';
import { INPUTS } from './input.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'ingot-golden-codec-'));
const run = (program, args, input = '') =>
  execFileSync(program, args, { input, maxBuffer: 1024 * 1024 * 1024, stdio: ['pipe', 'pipe', 'inherit'] });
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const PYTHON = `
import sys, zlib
level, mode = int(sys.argv[1]), sys.argv[2]
data = sys.stdin.buffer.read()
deflate = zlib.compressobj(level, zlib.DEFLATED, 31 if mode == 'gzip' else -15)
sys.stdout.buffer.write(deflate.compress(data) + deflate.flush())
`;

/** What java.util.zip.GZIPOutputStream puts around zlib's stream. */
const javaMember = (input, os) => {
  const raw = run('python3', ['-c', PYTHON, '6', 'raw'], input);
  const frame = run('python3', ['-c', PYTHON, '6', 'gzip'], input);
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

try {
  const go = join(scratch, 'peer');
  run('go', ['build', '-o', go, join(here, 'peer.go')]);
  const goVersion = `compress/gzip of ${run('go', ['version']).toString().split(' ')[2]}`;
  const zlibVersion = `zlib ${run('python3', ['-c', 'import zlib; print(zlib.ZLIB_RUNTIME_VERSION)']).toString().trim()} in Python`;
  const levels = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const codecs = [
    ...levels.map((level) => [`go-flate-1.26/${level}`, goVersion, (input) => run(go, [String(level)], input)]),
    ...levels.map((level) => [
      `zlib-1.3/${level}`,
      zlibVersion,
      (input) => run('python3', ['-c', PYTHON, String(level), 'gzip'], input),
    ]),
    ...[0, 255].map((os) => [
      `zlib-1.3/6+os${os}`,
      `${zlibVersion}, in the header of GZIPOutputStream`,
      (input) => javaMember(input, os),
    ]),
    ...[1, 6, 9].map((level) => [
      `fflate-0.8/${level}`,
      'fflate 0.8.3 itself: shows a change, proves nothing',
      (input) => fflateMember(input, level),
    ]),
  ];
  const inputs = {};
  const vectors = [];
  for (const [name, make] of Object.entries(INPUTS)) {
    const input = make();
    inputs[name] = { size: input.length, sha256: sha256(input) };
    for (const [codec, voucher, compress] of codecs) {
      const output = compress(input);
      vectors.push({ codec, input: name, size: output.length, sha256: sha256(output), voucher });
    }
  }
  writeFileSync(join(here, 'vectors.json'), `${JSON.stringify({ inputs, vectors }, undefined, 1)}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
