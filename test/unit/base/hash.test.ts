import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import { HASH_ALGORITHMS, HEX_LENGTH, hashHex, isHashAlgorithm, startHash } from '../../../src/base/hash.js';

// FIPS 180-4, examples of NIST.
const ABC = {
  sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  sha512:
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
} as const;

describe.for(HASH_ALGORITHMS)('%s', (algorithm) => {
  it('is that of the standard, at once and in parts', () => {
    const hash = startHash(algorithm);
    for (const part of ['a', '', 'bc']) hash.update(utf8(part));
    expect(hash.hex()).toBe(ABC[algorithm]);
    expect(hashHex(algorithm, utf8('abc'))).toBe(ABC[algorithm]);
  });

  it('has as many digits as the table says', () => {
    expect(hashHex(algorithm, utf8('')).length).toBe(HEX_LENGTH[algorithm]);
  });
});

it.for<[name: string, known: boolean]>([
  ['sha256', true],
  ['sha512', true],
  ['sha384', false],
  ['SHA256', false],
  ['toString', false],
  ['', false],
])('%s: %s', ([name, known]) => {
  expect(isHashAlgorithm(name)).toBe(known);
});
