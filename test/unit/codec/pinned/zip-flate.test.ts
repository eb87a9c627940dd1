import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { INPUTS } from '../../../../golden/codec/input.mjs';
import { concatBytes } from '../../../../src/base/bytes.js';
import type { DeflateEncoder } from '../../../../src/codec/pinned/deflate-encoder.js';
import { zipFlate, zipPlainFlate } from '../../../../src/codec/pinned/zip-flate.js';
import {
  BUSYBOX_GZIP,
  GNU_GZIP,
  ZLIB,
  ZLIB_MEMORY_9,
  type ZipDialect,
} from '../../../../src/codec/pinned/zip-level.js';

const DIALECTS: readonly [name: string, dialect: ZipDialect][] = [
  ['zlib', ZLIB],
  ['zlib with memory level 9', ZLIB_MEMORY_9],
  ['GNU gzip', GNU_GZIP],
  ['BusyBox', BUSYBOX_GZIP.small],
];

const deflated = (encoder: DeflateEncoder, input: Uint8Array): Uint8Array => {
  encoder.write(input);
  const first = encoder.take().slice();
  encoder.finish();
  return concatBytes([first, encoder.take()]);
};

const noise = INPUTS['noise']!();
const description = INPUTS['description']!();

describe("an encoder of zlib's family", () => {
  it.for(DIALECTS)('%s writes an empty input as an empty block with fixed codes', ([, dialect]) => {
    expect(Buffer.from(deflated(zipFlate(6, dialect), new Uint8Array(0))).toString('hex')).toBe('0300');
  });

  it.for(DIALECTS)('%s is right around the edges of its buffers', ([, dialect]) => {
    for (const edge of [3, 258, 262, 8191, 16_383, 32_768, 65_274, 65_536, 98_304]) {
      for (const size of [edge - 1, edge, edge + 1]) {
        for (const input of [noise.subarray(0, size), description.subarray(0, size), new Uint8Array(size)]) {
          for (const level of [1, 6]) {
            expect(inflateRawSync(deflated(zipFlate(level, dialect), input)).equals(input), `${size}`).toBe(true);
          }
        }
      }
    }
  });

  it.for(DIALECTS)('%s gives the same bytes without WebAssembly', ([, dialect]) => {
    const reaching = INPUTS['reaching']!();
    for (const input of [description, reaching, reaching.subarray(0, 65_500), new Uint8Array(70_000)]) {
      for (const level of [4, 9]) {
        const plain = deflated(zipPlainFlate(level, dialect), input);
        expect(Buffer.compare(deflated(zipFlate(level, dialect), input), plain), `${level}`).toBe(0);
      }
    }
  });

  it.for(DIALECTS)('%s stays right when its buffer moves', ([, dialect]) => {
    const input = concatBytes([description, noise, description, new Uint8Array(400_000), description.subarray(7)]);
    for (const level of [2, 6]) {
      const encoder = zipFlate(level, dialect);
      const parts: Uint8Array[] = [];
      for (let at = 0; at < input.length; at += 99_991) {
        encoder.write(input.subarray(at, at + 99_991));
        parts.push(encoder.take().slice());
      }
      encoder.finish();
      parts.push(encoder.take().slice());
      expect(inflateRawSync(concatBytes(parts)).equals(input)).toBe(true);
      expect(Buffer.compare(concatBytes(parts), deflated(zipFlate(level, dialect), input))).toBe(0);
    }
  });
});
