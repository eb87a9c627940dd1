/** One codec over one file, to nowhere: `node bench/codec-run.mjs ID FILE`. `fflate-plain/6` is fflate without Ingot. */
import { readFileSync } from 'node:fs';
import { Gzip } from 'fflate';
import { pinnedCodec } from '../dist/codec/pinned/codec.js';

const [id, path] = process.argv.slice(2);
const bytes = readFileSync(path);
const CHUNK = 256 * 1024;
let size = 0;

if (id === 'fflate-plain/6') {
  const gzip = new Gzip({ level: 6, mtime: 0 }, (chunk) => (size += chunk.length));
  for (let at = 0; at < bytes.length; at += CHUNK)
    gzip.push(bytes.subarray(at, at + CHUNK), at + CHUNK >= bytes.length);
} else {
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
  };
  for await (const chunk of pinnedCodec(id).compress(chunks())) size += chunk.length;
}
if (process.env.INGOT_BENCH_SIZES !== undefined) console.log(size);
