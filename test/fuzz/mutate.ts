import { concatBytes } from '../../src/base/bytes.js';
import type { Random } from './random.js';

/** Bytes that are no longer than this; what grows beyond it is cut. */
const MAX_LENGTH = 64 * 1024;

const INTERESTING = [0, 1, 0x20, 0x2f, 0x30, 0x37, 0x7f, 0x80, 0xff];

/** Bytes where `count` from `at` on are others. */
const spliced = (bytes: Uint8Array, at: number, count: number, others: Uint8Array): Uint8Array =>
  concatBytes([bytes.subarray(0, at), others, bytes.subarray(at + count)]);

type Step = (bytes: Uint8Array, random: Random, other: Uint8Array, words: readonly Uint8Array[]) => Uint8Array;

const changeByte =
  (value: (byte: number, random: Random) => number): Step =>
  (bytes, random) => {
    const copy = bytes.slice();
    const at = random.below(copy.length);
    if (copy.length > 0) copy[at] = value(copy[at]!, random);
    return copy;
  };

/** A run of up to `longest` bytes; short ones are more likely. */
const run = (bytes: Uint8Array, random: Random, longest = 1024): readonly [at: number, count: number] => {
  const at = random.below(bytes.length + 1);
  const limit = Math.min(bytes.length - at, 1 + random.below(random.oneIn(4) ? longest : 8));
  return [at, limit];
};

const STEPS: readonly Step[] = [
  changeByte((byte, random) => byte ^ (1 << random.below(8))),
  changeByte((_byte, random) => random.below(256)),
  changeByte((_byte, random) => random.pick(INTERESTING)),
  changeByte((byte, random) => byte + 1 + random.below(8)),
  changeByte((byte, random) => byte - 1 - random.below(8)),
  // A run gone, twice, moved, filled.
  (bytes, random) => spliced(bytes, ...run(bytes, random), new Uint8Array(0)),
  (bytes, random) => {
    const [at, count] = run(bytes, random);
    return spliced(bytes, at, 0, bytes.subarray(at, at + count));
  },
  (bytes, random) => {
    const [at, count] = run(bytes, random);
    const [to, gone] = run(bytes, random);
    return spliced(bytes, to, gone, bytes.slice(at, at + count));
  },
  (bytes, random) => {
    const [at, count] = run(bytes, random);
    return spliced(bytes, at, count, new Uint8Array(count).fill(random.pick(INTERESTING)));
  },
  // The end gone.
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  // A word of the format, inserted or written over.
  (bytes, random, _other, words) => {
    const word = words.length === 0 ? new Uint8Array([random.below(256)]) : random.pick(words);
    return spliced(bytes, random.below(bytes.length + 1), random.oneIn(2) ? word.length : 0, word);
  },
  // Half of this and half of another.
  (bytes, random, other) =>
    concatBytes([bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1))]),
  // A part of another.
  (bytes, random, other) => {
    const [at, count] = run(other, random);
    return spliced(bytes, ...run(bytes, random), other.slice(at, at + count));
  },
  // Another number where digits stand.
  (bytes, random) => {
    const text = Buffer.from(bytes).toString('latin1');
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return bytes;
    const { 0: digits, index } = random.pick(numbers);
    const value = random.pick(['0', '1', '-1', '8', '9007199254740992', '1e3', '00', `${digits}0`, digits.slice(1)]);
    return Buffer.from(text.slice(0, index) + value + text.slice(index + digits.length), 'latin1');
  },
];

/** The bytes after one to sixteen changes; one more often than many. */
export const havoc = (
  bytes: Uint8Array,
  random: Random,
  other: Uint8Array,
  words: readonly Uint8Array[],
): Uint8Array => {
  let result = bytes;
  for (let rest = random.oneIn(2) ? 1 : 1 << random.below(5); rest > 0; rest -= 1)
    result = random.pick(STEPS)(result, random, other, words);
  return result.slice(0, MAX_LENGTH);
};
