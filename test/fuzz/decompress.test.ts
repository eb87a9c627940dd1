import { gunzipSync, gzipSync } from 'node:zlib';

import { streamOf } from '../../src/base/bytes.js';
import { ToolError } from '../../src/base/error.js';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { type Compression, sniffCompression } from '../../src/codec/compression.js';
import { fingerprint } from '../../src/codec/fingerprint/fingerprint.js';
import * as fixtures from '../unit/codec/compressed-fixture.js';
import { outcomeOf } from '../unit/codec/decompress-outcome.js';
import { expectSame } from './expect-same.js';
import { fuzzTests } from './fuzz.js';
import { repairGzip, repairXz } from './repair.js';

const MIB = 1 << 20;
const LIMITS = { decompressed: 4 * MIB, decompressedFree: MIB, zstdWindow: 8 * MIB, gzipMembers: 50 };
const limits = { ...DEFAULT_LIMITS, ...LIMITS };

/** What zlib makes of it; undefined where it refuses. */
const zlibBytes = (input: Uint8Array): Uint8Array | undefined => {
  try {
    return new Uint8Array(gunzipSync(input, { maxOutputLength: 8 * MIB }));
  } catch {
    return undefined;
  }
};

const gzip = (level: number): Uint8Array => new Uint8Array(gzipSync(fixtures.sampleText(), { level }));

fuzzTests({
  name: 'decompress',
  seeds: [
    gzip(0),
    gzip(9),
    new Uint8Array(gzipSync('x')),
    ...Object.values(fixtures).filter((value) => value instanceof Uint8Array),
  ],
  words: [
    Buffer.from('1f8b08', 'hex'),
    Buffer.from('28b52ffd', 'hex'),
    Buffer.from('502a4d1804000000', 'hex'),
    Buffer.from('fd377a585a00', 'hex'),
    Buffer.from('595a', 'hex'),
    Buffer.from('314159265359', 'hex'),
    Buffer.from('177245385090', 'hex'),
    'BZh9',
    Buffer.alloc(4),
    Buffer.alloc(4, 0xff),
  ],
  changes: [
    (input, _random, havoc) => {
      const compression = sniffCompression(input);
      if (compression === 'gzip') return repairGzip(Buffer.concat([input.subarray(0, 10), havoc(input.subarray(10))]));
      if (compression === 'xz') return repairXz(havoc(input));
      // Behind the magic number, so that it stays what it is.
      return Buffer.concat([input.subarray(0, 4), havoc(input.subarray(4))]);
    },
  ],
  run: async (input, random) => {
    const sniffed = sniffCompression(input);
    const compression = sniffed === 'none' ? random.pick<Compression>(['gzip', 'zstd', 'bzip2', 'xz']) : sniffed;
    // A Buffer, as files and sockets give it.
    const whole = await outcomeOf(Buffer.from(input), compression, { limits: LIMITS });
    const sizes = Array.from({ length: 300 }, () => random.below(random.oneIn(4) ? 200 : 5));
    const pieces = await outcomeOf(input, compression, { limits: LIMITS, sizes });
    // How much came out for how much went in depends on where the pieces end.
    if (whole.code !== 'LIMIT_DECOMPRESSED' && pieces.code !== 'LIMIT_DECOMPRESSED') {
      expectSame('the answer to other chunks', pieces, whole);
    }
    if (compression === 'gzip' && whole.bytes !== undefined) {
      expectSame('what zlib gives', zlibBytes(input), new Uint8Array(whole.bytes));
    }
    try {
      await fingerprint(streamOf(input), { subject: 'x', limits });
    } catch (error) {
      if (!(error instanceof ToolError) || error.class !== 'input') throw error;
      if (whole.bytes !== undefined) throw new Error('the fingerprint of a stream that is right', { cause: error });
    }
    return whole.bytes !== undefined;
  },
});
