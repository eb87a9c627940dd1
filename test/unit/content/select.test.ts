import { describe, expect, it } from 'vitest';
import type { ContentGraph } from '../../../src/content/graph.js';
import { nameText } from '../../../src/content/name.js';
import {
  type ImageSelector,
  type Rename,
  dropReferrers,
  findRoot,
  parseSelector,
  renameImages,
  selectImages,
  selectorText,
} from '../../../src/content/select.js';
import { MemoryPlace, failureOf, fakeDigest, label, reference } from '../../support/memory-place.js';

const HEX = '0123456789abcdef'.repeat(4);

describe('a selector', () => {
  it.for<[text: string, selector: ImageSelector]>([
    ['alpine', { by: 'name', text: 'alpine' }],
    ['alpine:3', { by: 'name', text: 'alpine:3' }],
    ['host.example:5000/x', { by: 'name', text: 'host.example:5000/x' }],
    ['7', { by: 'name', text: '7' }],
    ['@0', { by: 'position', position: 0 }],
    ['@123456', { by: 'position', position: 123_456 }],
    ['@1234567', { by: 'name', text: '@1234567' }],
    ['@-1', { by: 'name', text: '@-1' }],
    [`@sha256:${HEX}`, { by: 'digest', digest: parseSelectorDigest(`sha256:${HEX}`) }],
    [`sha256:${HEX}`, { by: 'digest', digest: parseSelectorDigest(`sha256:${HEX}`) }],
    [`sha256:${HEX}0`, { by: 'name', text: `sha256:${HEX}0` }],
    ['', { by: 'name', text: '' }],
  ])('%j', ([text, selector]) => {
    expect(parseSelector(text)).toEqual(selector);
  });

  it('is told as the user would write it', () => {
    expect(['a:1', `@sha256:${HEX}`, '@3'].map((text) => selectorText(parseSelector(text)))).toEqual([
      'a:1',
      `@sha256:${HEX}`,
      '@3',
    ]);
  });
});

function parseSelectorDigest(text: string) {
  const selector = parseSelector(text);
  if (selector.by !== 'digest') throw new Error('no digest');
  return selector.digest;
}

const place = new MemoryPlace();
const image = (name: string) => place.image({ layers: [name] });
const [a, b, c, d] = [image('a'), image('b'), image('c'), image('d')];
const index = place.index([c.descriptor, d.descriptor]);
const signature = place.artifact(a.descriptor, 'signature');
const attached = place.artifact(signature, 'attached');
const other = place.artifact(b.descriptor, 'other');

const load = (): Promise<ContentGraph> =>
  place.graph(
    [a.descriptor, reference('host.example/a:1'), reference('host.example/a:2')],
    [b.descriptor, reference('alpine'), label('v1')],
    [index, reference('multi:1')],
    [c.descriptor, label('rolling')],
    attached,
    signature,
    other,
  );
const find = async (text: string) => findRoot(await load(), parseSelector(text));

describe('an image is found', () => {
  it.for<[by: string, text: string, digest: string, names: readonly string[]]>([
    ['its full name', 'host.example/a:2', a.descriptor.digest, ['host.example/a:2']],
    ['the name as Docker completes it', 'alpine', b.descriptor.digest, ['docker.io/library/alpine:latest']],
    ['half of that', 'library/alpine:latest', b.descriptor.digest, ['docker.io/library/alpine:latest']],
    ['its label', 'v1', b.descriptor.digest, ['v1']],
    ['its tag', 'latest', b.descriptor.digest, ['docker.io/library/alpine:latest']],
    ['the tag of only one', '2', a.descriptor.digest, ['host.example/a:2']],
    ['its digest', `@${a.descriptor.digest}`, a.descriptor.digest, ['host.example/a:1', 'host.example/a:2']],
    ['its image ID', a.config.digest, a.descriptor.digest, ['host.example/a:1', 'host.example/a:2']],
    ['the digest of an index', index.digest, index.digest, ['docker.io/library/multi:1']],
    ['a digest inside an index', d.descriptor.digest, d.descriptor.digest, []],
    ['an image ID inside an index', d.config.digest, d.descriptor.digest, []],
    ['a digest that is a root and inside an index', c.descriptor.digest, c.descriptor.digest, ['rolling']],
    ['an image ID of both', c.config.digest, c.descriptor.digest, ['rolling']],
    ['its place', '@2', index.digest, ['docker.io/library/multi:1']],
    ['the digest of a referrer', signature.digest, signature.digest, []],
  ])('by %s', async ([, text, digest, names]) => {
    const root = await find(text);
    expect([root.descriptor.digest, root.names.map(nameText)]).toEqual([digest, names]);
  });

  it.for(['b', '3', 'host.example/a', '@7', '@999', fakeDigest('0'), a.layers[0]?.digest ?? '', '@x'])(
    'not by %s',
    async (text) => {
      const error = await failureOf(() => find(text));
      expect(error).toMatchObject({
        code: 'REFERENCE_NOT_FOUND',
        details: { subject: selectorText(parseSelector(text)) },
      });
      expect(error.details.found).toContain('host.example/a:1, host.example/a:2; ');
      expect(error.details.found).toContain('docker.io/library/multi:1; ');
      expect(error.details.found).toContain(signature.digest);
    },
  );

  it('not by a tag that several have, and all of them are listed', async () => {
    const error = await failureOf(() => find('1'));
    expect(error).toMatchObject({ code: 'REFERENCE_AMBIGUOUS', details: { subject: '1' } });
    expect(error.details.found).toBe('host.example/a:1; docker.io/library/multi:1');
  });

  it('not among none', async () => {
    const empty: ContentGraph = { roots: [], nodes: new Map(), notes: [] };
    expect((await failureOf(() => findRoot(empty, parseSelector('a')))).code).toBe('REFERENCE_NOT_FOUND');
  });

  it('among many that are not all listed', async () => {
    const many = await place.graph(
      ...Array.from({ length: 30 }, (_, at) => [image(`many ${at}`).descriptor, reference(`many/${at}:t`)] as const),
    );
    const { details } = await failureOf(() => findRoot(many, parseSelector('t')));
    expect(details.found?.split('; ').length).toBe(21);
    expect(details.found).toContain('10 more');
  });
});

describe('selected images', () => {
  const roots = (graph: ContentGraph) => graph.roots.map((root) => root.descriptor.digest);
  const select = async (...texts: readonly string[]) => selectImages(await load(), texts.map(parseSelector));

  it('are all without a selector', async () => {
    expect((await select()).roots.length).toBe(7);
  });

  it('come with their referrers, and with the referrers of those', async () => {
    const graph = await select('host.example/a:1');
    expect(roots(graph).toSorted()).toEqual([a.descriptor.digest, signature.digest, attached.digest].toSorted());
    expect(graph.roots[0]?.names).toEqual([reference('host.example/a:1')]);
    expect(graph.nodes.has(b.descriptor.digest)).toBe(false);
    expect(graph.nodes.has(attached.digest)).toBe(true);
  });

  it('come without referrers of others', async () => {
    expect(roots(await select('rolling'))).toEqual([c.descriptor.digest]);
  });

  it('are one root for each digest', async () => {
    const graph = await select('host.example/a:1', 'host.example/a:2', `@${a.descriptor.digest}`, '@0');
    expect(graph.roots.filter((root) => root.names.length > 0).map(({ names }) => names.map(nameText))).toEqual([
      ['host.example/a:1', 'host.example/a:2'],
    ]);
  });

  it('may be a referrer, which comes without its subject', async () => {
    expect(roots(await select(attached.digest))).toEqual([attached.digest]);
  });

  it('may be given without referrers, which are listed', async () => {
    const { graph, dropped } = dropReferrers(await load());
    expect(dropped).toEqual([attached.digest, signature.digest, other.digest]);
    expect(graph.roots.length).toBe(4);
    expect(graph.nodes.has(signature.digest)).toBe(false);
  });

  it('keep a referrer that has a name', async () => {
    const graph = await place.graph([a.descriptor, label('a')], [signature, label('sig')]);
    expect(dropReferrers(graph).dropped).toEqual([]);
  });
});

describe('new names', () => {
  const renamed = (graph: ContentGraph, renames: readonly Rename[], keep?: 'only the new name') =>
    Object.fromEntries(
      renameImages(graph, renames, keep).roots.map((root) => [root.descriptor.digest, root.names.map(nameText)]),
    );
  const X = reference('x:1');
  const FULL = 'docker.io/library/x:1';

  it.for<[line: string, from: string, root: string, names: readonly string[]]>([
    ['replace the name that they come from', 'host.example/a:1', a.descriptor.digest, [FULL, 'host.example/a:2']],
    ['replace a name found by its tag', '2', a.descriptor.digest, [FULL, 'host.example/a:1']],
    [
      'are added for a digest',
      a.descriptor.digest,
      a.descriptor.digest,
      [FULL, 'host.example/a:1', 'host.example/a:2'],
    ],
    ['are added for an image ID', a.config.digest, a.descriptor.digest, [FULL, 'host.example/a:1', 'host.example/a:2']],
    ['are added for a place', '@0', a.descriptor.digest, [FULL, 'host.example/a:1', 'host.example/a:2']],
    ['make a root of an image inside an index', d.descriptor.digest, d.descriptor.digest, [FULL]],
  ])('%s', async ([, from, root, names]) => {
    const result = renamed(await load(), [{ from, to: X }]);
    expect(result[root]).toEqual(names);
    expect(result[b.descriptor.digest]).toEqual(['docker.io/library/alpine:latest', 'v1']);
  });

  it('without an old one mean the only image, whatever refers to it', async () => {
    const graph = await place.graph(a.descriptor, signature);
    expect(renamed(graph, [{ to: X }])[a.descriptor.digest]).toEqual([FULL]);
    const error = await failureOf(async () => renamed(await load(), [{ to: X }]));
    expect(error).toMatchObject({ code: 'REFERENCE_AMBIGUOUS', details: { subject: FULL } });
  });

  it('can be the only ones left', async () => {
    const graph = await place.graph([a.descriptor, label('one'), label('two')]);
    expect(renamed(graph, [{ to: X }])[a.descriptor.digest]).toEqual([FULL, 'one', 'two']);
    expect(renamed(graph, [{ to: X }], 'only the new name')[a.descriptor.digest]).toEqual([FULL]);
  });

  it('may swap two images', async () => {
    const graph = await place.graph([a.descriptor, reference('a')], [b.descriptor, reference('b')]);
    const swapped = renamed(graph, [
      { from: `@${a.descriptor.digest}`, to: reference('tmp') },
      { from: 'a', to: reference('b2') },
      { from: 'b', to: reference('a') },
    ]);
    expect(swapped[b.descriptor.digest]).toEqual(['docker.io/library/a:latest']);
    expect(swapped[a.descriptor.digest]).toEqual(['docker.io/library/b2:latest', 'docker.io/library/tmp:latest']);
  });

  it('must be names that an archive can carry, of images that are there', async () => {
    const graph = await load();
    expect((await failureOf(() => renameImages(graph, [{ from: '@0', to: label('not a name') }]))).code).toBe(
      'REFERENCE_INVALID',
    );
    expect((await failureOf(() => renameImages(graph, [{ from: 'nobody', to: X }]))).code).toBe('REFERENCE_NOT_FOUND');
  });
});
