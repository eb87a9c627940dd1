import { describe, expect, it } from 'vitest';
import { selectorText } from '../../../src/content/select.js';
import { parseLocation } from '../../../src/operation/location.js';
import { fitsTags } from '../../../src/operation/registry-location.js';
import { failureOf } from '../../support/memory-place.js';

const HEX = '0123456789abcdef'.repeat(4);
const DIGEST = `sha256:${HEX}`;
const nothing = (): boolean => false;

const shown = (text: string, exists: readonly string[] = []): readonly unknown[] => {
  const {
    transport,
    path,
    reference,
    selectors,
    text: written,
  } = parseLocation(text, (candidate) => exists.includes(candidate));
  expect(written).toBe(text);
  return [transport, path, reference, selectors.map(selectorText).join(' ')];
};

describe("a location of skopeo's grammar", () => {
  it.for<[text: string, transport: string, path: string, reference: string | undefined, selector: string]>([
    ['docker-archive:/p', 'docker-archive', '/p', undefined, ''],
    ['docker-archive:/p:name', 'docker-archive', '/p', 'name', 'name'],
    ['docker-archive:/p:name:tag', 'docker-archive', '/p', 'name:tag', 'name:tag'],
    ['docker-archive:p.tar:app:1', 'docker-archive', 'p.tar', 'app:1', 'app:1'],
    [
      'docker-archive:/p:host.example:5000/a/b:tag',
      'docker-archive',
      '/p',
      'host.example:5000/a/b:tag',
      'host.example:5000/a/b:tag',
    ],
    ['docker-archive:/p:@0', 'docker-archive', '/p', undefined, '@0'],
    ['docker-archive:/p@3', 'docker-archive', '/p', undefined, '@3'],
    [`docker-archive:/p@${DIGEST}`, 'docker-archive', '/p', undefined, `@${DIGEST}`],
    [`docker-archive:/p:${DIGEST}`, 'docker-archive', '/p', undefined, `@${DIGEST}`],
    [`docker-archive:/p:name@${DIGEST}`, 'docker-archive', '/p', 'name', `@${DIGEST}`],
    [`docker-archive:/p:name:tag@${DIGEST}`, 'docker-archive', '/p', 'name:tag', `@${DIGEST}`],
    ['oci:dir', 'oci', 'dir', undefined, ''],
    ['oci:dir:tag', 'oci', 'dir', 'tag', 'tag'],
    ['oci:dir:', 'oci', 'dir', undefined, ''],
    ['oci:/a/b:image:1.0', 'oci', '/a/b', 'image:1.0', 'image:1.0'],
    ['oci:my@dir:tag', 'oci', 'my@dir', 'tag', 'tag'],
    ['oci:dir@latest', 'oci', 'dir@latest', undefined, ''],
    ['oci-archive:x.tar:tag', 'oci-archive', 'x.tar', 'tag', 'tag'],
    ['dir:some/where', 'dir', 'some/where', undefined, ''],
    ['oci: spaced dir :t', 'oci', ' spaced dir ', 't', 't'],
    ['oci:-rf:t', 'oci', '-rf', 't', 't'],
  ])('%s', ([text, ...expected]) => {
    expect(shown(text)).toEqual(expected);
  });

  it.for<[text: string, exists: readonly string[], path: string, reference: string | undefined]>([
    ['oci:/a:b', ['/a:b'], '/a:b', undefined],
    ['oci:/a:b:tag', ['/a:b'], '/a:b', 'tag'],
    ['oci:/a:b:tag', ['/a:b:tag'], '/a:b:tag', undefined],
    ['oci:/a:b:tag', ['/a'], '/a', 'b:tag'],
    ['oci:/a:b:tag', [], '/a', 'b:tag'],
    ['oci:/a@0', ['/a@0'], '/a@0', undefined],
    [`docker-archive:/a@${DIGEST}`, [`/a@${DIGEST}`], `/a@${DIGEST}`, undefined],
    ['docker-archive:12:30.tar:app:1', ['12:30.tar'], '12:30.tar', 'app:1'],
  ])('%s where %j exists', ([text, exists, path, reference]) => {
    expect(shown(text, exists).slice(1, 3)).toEqual([path, reference]);
  });

  it.for<[text: string, path: string, reference: string | undefined]>([
    ['oci:C:\\images', 'C:\\images', undefined],
    ['oci:C:\\images:tag', 'C:\\images', 'tag'],
    ['docker-archive:c:/x.tar:app:1', 'c:/x.tar', 'app:1'],
    ['docker-archive:D:\\x.tar@2', 'D:\\x.tar', undefined],
  ])('with a drive: %s', ([text, path, reference]) => {
    expect(shown(text).slice(1, 3)).toEqual([path, reference]);
  });
});

describe('a bare word', () => {
  it.for<[text: string, exists: readonly string[]]>([
    ['./x.tar', []],
    ['../x.tar', []],
    ['/x.tar', []],
    ['.', []],
    ['.\\x.tar', []],
    ['C:\\x.tar', []],
    ['c:/x.tar', []],
    ['x.tar', ['x.tar']],
    ['with:colon', ['with:colon']],
    ['oddly-docker:x', ['oddly-docker:x']],
  ])('%s is a path', ([text, exists]) => {
    expect(shown(text, exists)).toEqual(['auto', text, undefined, '']);
  });

  it('may be a dash', () => {
    expect(shown('-')).toEqual(['stdio', '-', undefined, '']);
  });

  it.for<[text: string, code: string]>([
    ['', 'LOCATION_INVALID'],
    ['oci:', 'LOCATION_INVALID'],
    ['oci::tag', 'LOCATION_INVALID'],
    ['docker-archive::a', 'LOCATION_INVALID'],
    ['store:alpine', 'TRANSPORT_UNSUPPORTED'],
    ['docker://', 'LOCATION_INVALID'],
    ['docker://localhost:5000', 'LOCATION_INVALID'],
    ['docker://registry.example', 'LOCATION_INVALID'],
    ['docker://registry.example/App', 'REFERENCE_INVALID'],
    ['docker://registry.example/app:1/', 'LOCATION_INVALID'],
    ['alpine', 'FILE_NOT_FOUND'],
    ['alpine:3', 'FILE_NOT_FOUND'],
    ['x.tar', 'FILE_NOT_FOUND'],
    ['OCI:dir', 'FILE_NOT_FOUND'],
    ['http://x', 'FILE_NOT_FOUND'],
  ])('%j is refused', async ([text, code]) => {
    expect((await failureOf(() => parseLocation(text, nothing))).code).toBe(code);
  });

  it('store:alpine is a transport even where a file has that name', async () => {
    expect((await failureOf(() => parseLocation('store:alpine', () => true))).code).toBe('TRANSPORT_UNSUPPORTED');
  });
});

describe('a registry', () => {
  const digest = `sha256:${'a'.repeat(64)}`;

  it.for<[text: string, place: Readonly<Record<string, unknown>>]>([
    ['alpine', { domain: 'docker.io', path: 'library/alpine', isPrefix: false }],
    ['alpine:3', { domain: 'docker.io', path: 'library/alpine', tag: '3', isPrefix: false }],
    ['index.docker.io/a/b', { domain: 'docker.io', path: 'a/b', isPrefix: false }],
    ['localhost:5000/x', { domain: 'localhost:5000', path: 'x', isPrefix: false }],
    ['localhost:5000/x:latest', { domain: 'localhost:5000', path: 'x', tag: 'latest', isPrefix: false }],
    [`h.example/x@${digest}`, { domain: 'h.example', path: 'x', digest, isPrefix: false }],
    [`h.example/x:1@${digest}`, { domain: 'h.example', path: 'x', tag: '1', digest, isPrefix: false }],
    ['h.example/x:*', { domain: 'h.example', path: 'x', tags: '*', isPrefix: false }],
    ['h.example/x:v1.?-*', { domain: 'h.example', path: 'x', tags: 'v1.?-*', isPrefix: false }],
    ['h.example/x/', { domain: 'h.example', path: 'x', isPrefix: true }],
    ['localhost:5000/', { domain: 'localhost:5000', path: '', isPrefix: true }],
    ['[::1]:5000/x', { domain: '[::1]:5000', path: 'x', isPrefix: false }],
  ])('is named by docker://%s', ([text, place]) => {
    const location = parseLocation(`docker://${text}`, () => true, 'with a store');
    expect(location).toEqual({
      text: `docker://${text}`,
      transport: 'docker',
      path: '',
      selectors: [],
      registry: place,
    });
  });

  it.for<[pattern: string, tag: string, fits: boolean]>([
    ['*', 'anything', true],
    ['v1.*', 'v1.2', true],
    ['v1.*', 'v112', false],
    ['v?', 'v1', true],
    ['v?', 'v', false],
    ['*-rc', '1-rc2', false],
  ])('%s as a pattern of tags, and %s', ([pattern, tag, fits]) => {
    expect(fitsTags(pattern, tag)).toBe(fits);
  });
});
