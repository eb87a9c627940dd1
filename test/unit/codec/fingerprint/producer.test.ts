import { describe, expect, it } from 'vitest';
import { NEVER, type Profile, type Trait, judge } from '../../../../src/codec/fingerprint/producer.js';
import { GZIP_PROFILES } from '../../../../src/codec/fingerprint/gzip-profiles.js';
import { GZIP_TRAITS } from '../../../../src/codec/fingerprint/gzip-traits.js';
import { ZSTD_PROFILES, ZSTD_TRAITS } from '../../../../src/codec/fingerprint/zstd-rules.js';

type Name = 'a' | 'b' | 'c';
const trait = (name: Name): Trait<string> => ({ says: `has ${name}`, test: (facts) => facts.includes(name) });
const TRAITS = { a: trait('a'), b: trait('b'), c: trait('c') };
const verdict = (facts: string, ...profiles: Profile<Name>[]): ReturnType<typeof judge> =>
  judge(facts, TRAITS, profiles);

describe('a verdict', () => {
  it('needs points', () => {
    const zlib: Profile<Name> = { producer: 'zlib', has: { a: 3, b: 3, c: 4 } };
    expect(verdict('abc', zlib)).toMatchObject({ producer: 'zlib', confidence: 'certain' });
    expect(verdict('ab', zlib)).toMatchObject({ producer: 'zlib', confidence: 'likely' });
    expect(verdict('a', zlib)).toMatchObject({ producer: 'zlib', confidence: 'guess' });
    expect(verdict('', zlib)).toMatchObject({ producer: 'unknown', confidence: 'guess', evidence: [] });
  });

  it('needs a lead', () => {
    const zlib: Profile<Name> = { producer: 'zlib', has: { a: 20 } };
    const behind = (points: number): Profile<Name> => ({ producer: 'pigz', has: { a: points } });
    expect(verdict('a', zlib, behind(15))).toMatchObject({ producer: 'zlib', confidence: 'certain' });
    expect(verdict('a', zlib, behind(16))).toMatchObject({ producer: 'zlib', confidence: 'likely' });
    expect(verdict('a', zlib, behind(19))).toMatchObject({ producer: 'zlib', confidence: 'guess' });
    expect(verdict('a', behind(20), zlib)).toMatchObject({ producer: 'pigz', confidence: 'guess' });
  });

  it('counts what is missing, and what must not be', () => {
    expect(verdict('a', { producer: 'zlib', has: { a: 4 }, lacks: { b: 2 } })).toMatchObject({ confidence: 'likely' });
    expect(verdict('ab', { producer: 'zlib', has: { a: 40, b: NEVER } })).toMatchObject({ producer: 'unknown' });
    expect(verdict('a', { producer: 'zlib', has: { a: 40 }, lacks: { b: NEVER } })).toMatchObject({
      producer: 'unknown',
    });
  });

  it('claims no more than it may', () => {
    expect(verdict('a', { producer: 'zlib', has: { a: 40 }, atMost: 'likely' })).toMatchObject({
      confidence: 'likely',
    });
  });

  it('tells what speaks for it, or all if nothing does', () => {
    const zlib: Profile<Name> = { producer: 'zlib', has: { c: 4, a: 4, b: -1 } };
    expect(verdict('cba', zlib).evidence).toStrictEqual(['has a', 'has c']);
    expect(verdict('b', zlib).evidence).toStrictEqual(['has b']);
  });
});

describe('the tables', () => {
  it('name every producer of a compression once', () => {
    const names = [...GZIP_PROFILES, ...ZSTD_PROFILES].map(({ producer }) => producer);
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toContain('unknown');
  });

  it('say each thing once', () => {
    const sayings = [...Object.values(GZIP_TRAITS), ...Object.values(ZSTD_TRAITS)].map(({ says }) => says);
    expect(new Set(sayings).size).toBe(sayings.length);
  });
});
