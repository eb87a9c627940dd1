import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { INPUTS } from '../../../../golden/codec/input.mjs';
import { concatBytes } from '../../../../src/base/bytes.js';
import type { DeflateEncoder } from '../../../../src/codec/pinned/deflate-encoder.js';
import { goFlate, goPlainFlate } from '../../../../src/codec/pinned/go-flate.js';
import { GoSpeed } from '../../../../src/codec/pinned/go-speed.js';

const LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

const start = (level: number): DeflateEncoder => (level === 1 ? new GoSpeed() : goFlate(level));

const deflated = (encoder: DeflateEncoder, input: Uint8Array): Uint8Array => {
  encoder.write(input);
  const first = encoder.take().slice();
  encoder.finish();
  return concatBytes([first, encoder.take()]);
};

const noise = INPUTS['noise']!();
const description = INPUTS['description']!();

describe('the Go encoder', () => {
  it.for(LEVELS)('at level %i ends with an empty stored block', (level) => {
    expect(Buffer.from(deflated(start(level), new Uint8Array(0))).toString('hex')).toBe('010000ffff');
    expect(Buffer.from(deflated(start(level), description.subarray(0, 1000)).subarray(-4)).toString('hex')).toBe(
      '0000ffff',
    );
  });

  it.for([1, 2, 4, 6, 9])('at level %i is right around the edges of its buffers', (level) => {
    const edges = [4, 17, 128, 258, 262, 16_384, 32_768, 65_274, 65_536, 98_304];
    for (const edge of edges) {
      for (const size of [edge - 1, edge, edge + 1]) {
        for (const input of [noise.subarray(0, size), description.subarray(0, size), new Uint8Array(size)]) {
          expect(inflateRawSync(deflated(start(level), input)).equals(input), `${size}`).toBe(true);
        }
      }
    }
  });

  it.for([4, 5, 6, 7, 8, 9])('at level %i gives the same bytes without WebAssembly', (level) => {
    for (const input of [description, INPUTS['reaching']!(), INPUTS['skewed']!(), new Uint8Array(70_000)]) {
      expect(Buffer.compare(deflated(goFlate(level), input), deflated(goPlainFlate(level), input))).toBe(0);
    }
  });

  it.for([2, 6, 9])('at level %i stores noise in blocks of 16384 tokens', (level) => {
    const output = deflated(start(level), noise.subarray(0, 16_384 + 100));
    expect(Buffer.from(output.subarray(0, 5)).toString('hex')).toBe('000040ffbf');
    // The first block, the rest, and an empty one.
    expect(output).toHaveLength(16_384 + 100 + 3 * 5);
  });

  it('at level 1 stores noise in blocks of 65535 bytes', () => {
    const output = deflated(start(1), noise.subarray(0, 65_535 + 200));
    expect(Buffer.from(output.subarray(0, 5)).toString('hex')).toBe('00ffff0000');
    expect(output).toHaveLength(65_535 + 200 + 3 * 5);
  });

  it.for([1, 3, 6, 9])('at level %i stays right when its buffer moves', (level) => {
    const encoder = start(level);
    const parts: Uint8Array[] = [];
    const input = concatBytes([description, noise, description, new Uint8Array(400_000), description.subarray(7)]);
    for (let at = 0; at < input.length; at += 99_991) {
      encoder.write(input.subarray(at, at + 99_991));
      parts.push(encoder.take().slice());
    }
    encoder.finish();
    parts.push(encoder.take().slice());
    expect(inflateRawSync(concatBytes(parts)).equals(input)).toBe(true);
    expect(Buffer.compare(concatBytes(parts), deflated(start(level), input))).toBe(0);
  });
});
