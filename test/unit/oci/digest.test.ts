import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import {
  algorithmOf,
  digestFromHex,
  digestOf,
  encodedOf,
  hashAlgorithmOf,
  parseDigest,
  shortDigest,
  tryParseDigest,
  tryParseKnownDigest,
} from '../../../src/oci/digest.js';
import { failureOf } from '../../support/memory-place.js';

const HEX = '0123456789abcdef';
const hex = (length: number): string => HEX.repeat(9).slice(0, length);

describe('a digest', () => {
  it.for<[line: string, text: string]>([
    ['sha256 of 64 digits', `sha256:${hex(64)}`],
    ['sha512 of 128 digits', `sha512:${hex(128)}`],
    ['an unknown algorithm', `sha384:${hex(96)}`],
    ['an algorithm of several parts', 'multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8'],
    ['other separators', 'a.b_c-d+e:F-_='],
    ['300 characters', `x:${'a'.repeat(298)}`],
  ])('may be %s', ([, text]) => {
    expect(parseDigest(text)).toBe(text);
    expect(`${algorithmOf(parseDigest(text))}:${encodedOf(parseDigest(text))}`).toBe(text);
  });

  it.for<[line: string, text: string]>([
    ['nothing', ''],
    ['no algorithm', `:${hex(64)}`],
    ['no colon', hex(64)],
    ['no digits', 'sha256:'],
    ['63 digits', `sha256:${hex(63)}`],
    ['65 digits', `sha256:${hex(65)}`],
    ['sha256 of 128 digits', `sha256:${hex(128)}`],
    ['127 digits', `sha512:${hex(127)}`],
    ['129 digits', `sha512:${hex(129)}`],
    ['sha512 of 64 digits', `sha512:${hex(64)}`],
    ['upper case digits', `sha256:${hex(64).toUpperCase()}`],
    ['one upper case digit', `sha256:A${hex(63)}`],
    ['an upper case algorithm', `SHA256:${hex(64)}`],
    ['a letter that is no digit', `sha256:g${hex(63)}`],
    ['a NUL at the end', `sha256:${hex(64)}\0`],
    ['a NUL inside', `sha256:\0${hex(63)}`],
    ['a newline at the end', `sha256:${hex(64)}\n`],
    ['a newline in front', `\nsha256:${hex(64)}`],
    ['a second line', `sha256:${hex(64)}\nsha256:${hex(64)}`],
    ['spaces around', ` sha256:${hex(64)} `],
    ['Arabic digits', `sha256:${'٠'.repeat(64)}`],
    ['full width digits', `sha256:${'０'.repeat(64)}`],
    ['percent signs', `sha256:%61${hex(61)}`],
    ['a way out', 'sha256:../../../etc/passwd'],
    ['a way out by the algorithm', `../sha256:${hex(64)}`],
    ['a slash in an unknown algorithm', 'x:a/b'],
    ['a dot in an unknown algorithm', 'x:..'],
    ['two colons', `sha256:sha256:${hex(64)}`],
    ['an algorithm with a separator at its end', `sha256-:${hex(64)}`],
    ['two separators', `sha--256:${hex(64)}`],
    ['301 characters', `x:${'a'.repeat(299)}`],
  ])('may not be %s', async ([, text]) => {
    expect(tryParseDigest(text)).toBeUndefined();
    const error = await failureOf(() => parseDigest(text, { subject: 'doc', pointer: '/digest' }));
    expect(error).toMatchObject({ code: 'DIGEST_INVALID', details: { subject: 'doc', pointer: '/digest' } });
  });

  it('of an algorithm that cannot be verified is carried, not read', async () => {
    expect(hashAlgorithmOf(parseDigest(`sha512:${hex(128)}`))).toBe('sha512');
    const error = await failureOf(() => hashAlgorithmOf(parseDigest(`sha384:${hex(96)}`)));
    expect(error).toMatchObject({ code: 'DIGEST_ALGORITHM_UNSUPPORTED', details: { found: 'sha384' } });
  });

  it.for<[text: string, known: boolean]>([
    [`sha256:${hex(64)}`, true],
    [`sha512:${hex(128)}`, true],
    ['app:1', false],
    ['localhost:5000', false],
    [`sha384:${hex(96)}`, false],
    ['sha256:1', false],
  ])('where a name may stand as well is %s: %s', ([text, known]) => {
    expect(tryParseKnownDigest(text)).toBe(known ? text : undefined);
  });

  it('comes from bytes and from hex', async () => {
    expect(digestOf(utf8(''))).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(digestOf(utf8(''), 'sha512').startsWith('sha512:cf83e1357eefb8bd')).toBe(true);
    expect(digestFromHex('sha256', hex(64))).toBe(`sha256:${hex(64)}`);
    expect(shortDigest(parseDigest(`sha256:${hex(64)}`))).toBe('0123456789ab');
    expect((await failureOf(() => digestFromHex('sha256', 'x'))).code).toBe('DIGEST_INVALID');
  });
});
