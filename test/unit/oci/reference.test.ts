import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatReference, isTag, parseReference, tryParseReference } from '../../../src/oci/reference.js';
import { failureOf } from '../../support/memory-place.js';

const HEX64 = '0123456789abcdef'.repeat(4);
const DIGEST = `sha256:${HEX64}`;

describe('a reference', () => {
  it.for<[text: string, full: string]>([
    ['alpine', 'docker.io/library/alpine:latest'],
    ['alpine:3.20', 'docker.io/library/alpine:3.20'],
    ['library/alpine', 'docker.io/library/alpine:latest'],
    ['docker.io/alpine', 'docker.io/library/alpine:latest'],
    ['index.docker.io/alpine', 'docker.io/library/alpine:latest'],
    ['index.docker.io/a/b:1', 'docker.io/a/b:1'],
    ['registry-1.docker.io/a', 'registry-1.docker.io/a:latest'],
    ['t/base:1', 'docker.io/t/base:1'],
    ['localhost', 'docker.io/library/localhost:latest'],
    ['localhost/x', 'localhost/x:latest'],
    ['localhost:5000/x', 'localhost:5000/x:latest'],
    ['localhost:5000/x:1', 'localhost:5000/x:1'],
    ['localhost:5000', 'docker.io/library/localhost:5000'],
    ['Localhost/x', 'Localhost/x:latest'],
    ['HOST/x', 'HOST/x:latest'],
    ['host.example/x', 'host.example/x:latest'],
    ['host.example:1/x', 'host.example:1/x:latest'],
    ['host:65535/x', 'host:65535/x:latest'],
    ['xn--n3h.example/x', 'xn--n3h.example/x:latest'],
    ['127.0.0.1:5000/a/b/c:t', '127.0.0.1:5000/a/b/c:t'],
    ['[::1]/x', '[::1]/x:latest'],
    ['[2001:db8::1]:5000/x:1', '[2001:db8::1]:5000/x:1'],
    ['a_b', 'docker.io/library/a_b:latest'],
    ['a__b', 'docker.io/library/a__b:latest'],
    ['a---b', 'docker.io/library/a---b:latest'],
    ['a.b/c', 'a.b/c:latest'],
    ['x/a.b', 'docker.io/x/a.b:latest'],
    ['a:_', 'docker.io/library/a:_'],
    ['a:A.b-C_1', 'docker.io/library/a:A.b-C_1'],
    [`a@${DIGEST}`, `docker.io/library/a@${DIGEST}`],
    [`a:1@${DIGEST}`, `docker.io/library/a:1@${DIGEST}`],
    [`localhost:5000/a@${DIGEST}`, `localhost:5000/a@${DIGEST}`],
    [`x/${HEX64}`, `docker.io/x/${HEX64}:latest`],
    [`docker.io/library/${HEX64}:1`, `docker.io/library/${HEX64}:1`],
    [`a:${'t'.repeat(128)}`, `docker.io/library/a:${'t'.repeat(128)}`],
    [`host.example/${'a'.repeat(242)}`, `host.example/${'a'.repeat(242)}:latest`],
    ['a'.repeat(237), `docker.io/library/${'a'.repeat(237)}:latest`],
  ])('%s', ([text, full]) => {
    expect(formatReference(parseReference(text))).toBe(full);
  });

  it.for<[line: string, text: string]>([
    ['nothing', ''],
    ['64 digits, which are an image ID', HEX64],
    ['64 digits with a tag', `${HEX64}:1`],
    ['upper case in the path', 'x/Alpine'],
    ['upper case alone', 'Alpine'],
    ['upper case behind a host', 'localhost/Alpine'],
    ['two dots', 'a..b'],
    ['three underscores', 'a___b'],
    ['a dot and a dash', 'a.-b'],
    ['an option', '-x'],
    ['an option behind a slash', 'a/-x'],
    ['a dash at the end', 'a-'],
    ['an underscore in front', '_a'],
    ['an empty component', 'a//b'],
    ['a slash in front', '/a'],
    ['a slash at the end', 'a/'],
    ['dots as a component', 'a/../b'],
    ['a space', 'a b'],
    ['a newline at the end', 'a\n'],
    ['a NUL', 'a\0'],
    ['letters of another script', 'ä'],
    ['an international host', 'bücher.example/x'],
    ['an underscore in the host', 'my_host.example/x'],
    ['a dash at the end of a host label', 'a-.b/x'],
    ['two dots in the host', 'a..b/x'],
    ['a host that is a bracket', '[/x'],
    ['an IPv6 zone', '[fe80::1%25eth0]/x'],
    ['an IPv6 address without brackets', '::1/x'],
    ['port 0', 'localhost:0/x'],
    ['port 65536', 'localhost:65536/x'],
    ['an endless port', `localhost:${'9'.repeat(400)}/x`],
    ['a port of letters', 'localhost:http/x'],
    ['an empty port', 'localhost:/x'],
    ['a scheme', 'docker://alpine'],
    ['a user', 'user@host.example/x'],
    ['an empty tag', 'a:'],
    ['a tag of 129 characters', `a:${'t'.repeat(129)}`],
    ['a tag with a dash in front', 'a:-x'],
    ['a tag with a dot in front', 'a:.x'],
    ['a tag with a newline', 'a:b\n'],
    ['two tags', 'a:b:c'],
    ['an empty digest', 'a@'],
    ['a short digest', `a@${DIGEST.slice(0, -1)}`],
    ['two digests', `a@${DIGEST}@${DIGEST}`],
    ['a digest without a name', `@${DIGEST}`],
    ['a tag behind the digest', `a@${DIGEST}:1`],
    ['a name of 256 characters', `host.example/${'a'.repeat(243)}`],
    ['a completed name of 256 characters', 'a'.repeat(238)],
  ])('is not %s', async ([, text]) => {
    expect(tryParseReference(text)).toBeUndefined();
    expect(await failureOf(() => parseReference(text, { subject: 's' }))).toMatchObject({
      code: 'REFERENCE_INVALID',
      details: { subject: 's' },
    });
  });

  it.for<[text: string, tag: boolean]>([
    ['latest', true],
    ['_', true],
    ['1.0-rc_1', true],
    ['', false],
    ['a/b', false],
    ['a@b', false],
    ['a'.repeat(128), true],
    ['a'.repeat(129), false],
  ])('%s as a tag: %s', ([text, tag]) => {
    expect(isTag(text)).toBe(tag);
  });

  it('once complete stays as it is', () => {
    const component = fc.stringMatching(/^[a-z0-9]{1,4}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}$/);
    const host = fc.constantFrom(
      'n/',
      'localhost/',
      'index.docker.io/',
      'docker.io/',
      'H/',
      'h.x:1/',
      '[::1]:65535/',
      'library/',
    );
    const tag = fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,8}$/), { nil: undefined });
    const digest = fc.constantFrom('', `@${DIGEST}`);
    fc.assert(
      fc.property(
        host,
        fc.array(component, { minLength: 1, maxLength: 3 }),
        tag,
        digest,
        (domain, path, version, end) => {
          const text = `${domain}${path.join('/')}${version === undefined ? '' : `:${version}`}${end}`;
          const parsed = parseReference(text);
          const full = formatReference(parsed);
          expect(parseReference(full)).toEqual(parsed);
          expect(formatReference(parseReference(full))).toBe(full);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is found in no text with another result than its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aZ09/:@._-[]\n '.split('')) }), (text) => {
        const parsed = tryParseReference(text);
        if (parsed !== undefined) expect(parseReference(formatReference(parsed))).toEqual(parsed);
      }),
      { numRuns: 2000 },
    );
  });
});
