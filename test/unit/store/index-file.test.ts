import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { utf8 } from '../../../src/base/bytes.js';
import { indexBytes, parseIndex, settleNames } from '../../../src/store/index-file.js';
import { nameFromRefName } from '../../../src/content/name.js';
import { newEntry } from '../../../src/store/index-entry.js';
import { digestOf } from '../../../src/oci/digest.js';
import { transact } from '../../../src/store/transact.js';
import { failureOf, fakeDigest } from '../../support/memory-place.js';
import { StoreFixture, library } from '../../support/store-fixture.js';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const FULL = 'io.containerd.image.name';
const SHORT = 'org.opencontainers.image.ref.name';

const entry = (
  digit: string,
  annotations?: Record<string, string>,
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({
  mediaType: MANIFEST,
  digest: fakeDigest(digit),
  size: 7,
  ...(annotations === undefined ? {} : { annotations }),
  ...more,
});

const parse = (entries: readonly unknown[], more: Record<string, unknown> = {}): ReturnType<typeof parseIndex> =>
  parseIndex(utf8(JSON.stringify({ schemaVersion: 2, manifests: entries, ...more })), 'index', DEFAULT_LIMITS, false);

const textOf = (index: ReturnType<typeof parseIndex>): string => Buffer.from(indexBytes(index)).toString();

describe('an index', () => {
  it('is canonical: by name and digest, entries without a name last and only once', () => {
    const index = parse([
      entry('3'),
      entry('2', { [SHORT]: 'b' }),
      entry('3'),
      entry('1', { [SHORT]: 'docker.io/library/a:1', [FULL]: 'docker.io/library/a:1' }),
      entry('2'),
    ]);
    const value = JSON.parse(textOf(index)) as { manifests: { digest: string }[] };
    expect(value.manifests.map(({ digest }) => digest)).toEqual([fakeDigest('2'), fakeDigest('1'), fakeDigest('3')]);
    expect(textOf(parseIndex(utf8(textOf(index)), 'index', DEFAULT_LIMITS, false))).toBe(textOf(index));
    expect(textOf(parseIndex(utf8(textOf(index)), 'index', DEFAULT_LIMITS, true))).toBe(textOf(index));
  });

  it('carries what other tools say', () => {
    const foreign = entry(
      '1',
      { [SHORT]: 'a', 'org.example': 'x' },
      { platform: { os: 'linux', architecture: 'arm64' }, 'x-new': [1] },
    );
    const value = JSON.parse(textOf(parse([foreign], { annotations: { why: 'not' } }))) as Record<string, unknown>;
    expect(value['manifests']).toEqual([foreign]);
    expect(value['annotations']).toEqual({ why: 'not' });
  });

  it('reads entries of its own making as it reads all others', () => {
    const names = [
      'registry.example/a/b:1',
      'docker.io/library/a:1',
      'localhost/x:1',
      'v1',
      'registry.example:5000/x:1',
      '10',
    ];
    const entries = names.map((name) =>
      newEntry(
        { digest: fakeDigest('1'), mediaType: MANIFEST, size: 7 },
        nameFromRefName(name),
        { isSparse: false },
        'full',
      ),
    );
    const bytes = indexBytes({ entries, others: {} });
    expect(parseIndex(bytes, 'index', DEFAULT_LIMITS, true)).toEqual(parseIndex(bytes, 'index', DEFAULT_LIMITS, false));
    expect(
      parseIndex(bytes, 'index', DEFAULT_LIMITS, true)
        .entries.map(({ nameText }) => nameText)
        .toSorted(),
    ).toEqual(names.toSorted());
  });

  it('writes the bare tag where the store is set so', () => {
    const { text } = newEntry(
      { digest: fakeDigest('1'), mediaType: MANIFEST, size: 7 },
      nameFromRefName('docker.io/library/a:1'),
      { isSparse: false },
      'tag',
    );
    expect(JSON.parse(text)).toMatchObject({ annotations: { [FULL]: 'docker.io/library/a:1', [SHORT]: '1' } });
  });

  it.for([
    ['no object', '[]'],
    ['no version', '{"manifests":[]}'],
    ['schema 1', '{"schemaVersion":1,"manifests":[]}'],
    ['no list', '{"schemaVersion":2,"manifests":{}}'],
    ['half', '{"schemaVersion":2,"manifests":[{"dig'],
    ['an entry of text', '{"schemaVersion":2,"manifests":["a"]}'],
    ['a wrong digest', '{"schemaVersion":2,"manifests":[{"mediaType":"a/b","size":1,"digest":"sha256:../x"}]}'],
    [
      'a size of text',
      `{"schemaVersion":2,"manifests":[{"mediaType":"a/b","size":"1","digest":"${fakeDigest('1')}"}]}`,
    ],
    [
      'a number that cannot be written',
      `{"schemaVersion":2,"manifests":[{"mediaType":"a/b","size":1,"digest":"${fakeDigest('1')}","x":1.5}]}`,
    ],
  ])('of %s is refused', async ([, text = '']) => {
    const failure = await failureOf(() => parseIndex(utf8(text), 'index', DEFAULT_LIMITS, false));
    expect(failure.code).toBe('STORE_INDEX_INVALID');
  });

  it('names a copy as its copier does', () => {
    const both = { [FULL]: library('a:1'), [SHORT]: library('a:1') };
    const index = parse([
      entry('1', both),
      entry('1', { ...both, [SHORT]: 'copy' }),
      entry('2', { [FULL]: library('a:2'), [SHORT]: '2' }),
    ]);
    expect(index.entries.map(({ nameText }) => nameText)).toEqual([library('a:1'), 'copy', library('a:2')]);
    expect(textOf(index)).toContain(`"annotations":{"${SHORT}":"copy"}`);
  });

  it('gives a name that several claim to the last, but not to one that was stripped of it', () => {
    const full = { [FULL]: library('a:1') };
    const { index, notes } = settleNames(
      parse([entry('1', { ...full, [SHORT]: '1' }), entry('2', { [SHORT]: library('a:1') }), entry('3', full)]),
    );
    expect(notes.map(({ code, found }) => [code, found])).toEqual([['NAME_DUPLICATE', fakeDigest('2')]]);
    expect(index.entries.map(({ digest, nameText }) => [digest, nameText])).toEqual([
      [fakeDigest('1'), ''],
      [fakeDigest('2'), library('a:1')],
      [fakeDigest('3'), ''],
    ]);
  });
});

describe('what other tools do to the index', () => {
  let fixture: StoreFixture;
  beforeEach(() => {
    fixture = new StoreFixture();
  });
  afterEach(() => fixture.remove());

  type Raw = { manifests: Record<string, unknown>[] };
  const edit = async (change: (raw: Raw) => void): Promise<void> => {
    const { paths } = await fixture.open();
    const raw = JSON.parse(readFileSync(paths.index, 'utf8')) as Raw;
    change(raw);
    writeFileSync(paths.index, JSON.stringify(raw));
  };

  it('is taken over: new names, moved names', async () => {
    const [a, b] = [fixture.place.image({ layers: ['a'] }), fixture.place.image({ layers: ['b'] })];
    await fixture.put([
      [a.descriptor, 'a'],
      [b.descriptor, 'b'],
    ]);
    await edit(({ manifests }) => {
      manifests.push({ ...manifests[0], annotations: { [SHORT]: 'outside', 'org.example': 'kept' } });
      manifests[1] = { ...manifests[1], digest: a.descriptor.digest, size: a.descriptor.size };
    });
    await fixture.put([[fixture.place.image({ layers: ['c'] }).descriptor, 'c']]);
    expect(await fixture.meanings()).toMatchObject({
      [library('a:latest')]: a.descriptor.digest,
      [library('b:latest')]: a.descriptor.digest,
      outside: a.descriptor.digest,
    });
    const { paths } = await fixture.open();
    expect(readFileSync(paths.index, 'utf8')).toContain('"org.example":"kept"');
    expect(readFileSync(paths.journal, 'utf8')).toContain('"operation":"outside"');
  });

  it('is no loss: what they drop rests in the trash', async () => {
    const image = fixture.place.image();
    await fixture.put([[image.descriptor, 'a']]);
    await edit((raw) => {
      raw.manifests = [];
    });
    await fixture.put([[fixture.place.image({ layers: ['c'] }).descriptor, 'c']]);
    const { trash } = await fixture.state();
    expect(trash.records.map(({ names, root, reason }) => [names, root.digest, reason])).toEqual([
      [[library('a:latest')], image.descriptor.digest, 'changed by another tool'],
    ]);
  });

  it('between reading and writing is seen, and merged', async () => {
    const [a, b] = [fixture.place.image({ layers: ['a'] }), fixture.place.image({ layers: ['b'] })];
    await fixture.put([
      [a.descriptor, 'a'],
      [b.descriptor, 'b'],
    ]);
    const store = await fixture.open();
    let rounds = 0;
    await transact(store, 'tag', async (draft) => {
      rounds += 1;
      if (rounds === 1)
        await edit(({ manifests }) => void manifests.push({ ...manifests[1], annotations: { [SHORT]: 'outside' } }));
      draft.setName(
        nameFromRefName('mine'),
        { digest: a.descriptor.digest, mediaType: MANIFEST, size: a.descriptor.size, isSparse: false },
        '',
      );
      return { result: undefined, write: true };
    });
    expect(rounds).toBe(2);
    expect(await fixture.meanings()).toMatchObject({ outside: b.descriptor.digest, mine: a.descriptor.digest });
  });

  it('all the time ends in an error', async () => {
    await fixture.put([[fixture.place.image().descriptor, 'a']]);
    let count = 0;
    const failure = await failureOf(async () =>
      transact(await fixture.open(), 'tag', async (draft) => {
        count += 1;
        await edit((raw) => Object.assign(raw, { annotations: { count: String(count) } }));
        draft.dropName(library('a:latest'));
        return { result: undefined, write: true };
      }),
    );
    expect(failure.code).toBe('STORE_CHANGED');
    expect(Object.keys(await fixture.meanings())).toEqual([library('a:latest')]);
  });

  it('by halves is read again until it is whole', async () => {
    await fixture.put([[fixture.place.image().descriptor, 'a']]);
    const { paths } = await fixture.open();
    const whole = readFileSync(paths.index);
    writeFileSync(paths.index, whole.subarray(0, 50));
    setTimeout(() => writeFileSync(paths.index, whole), 120);
    expect(Object.keys(await fixture.meanings())).toEqual([library('a:latest')]);
  });

  it('that leaves no index is an error, not an empty store', async () => {
    await fixture.put([[fixture.place.image().descriptor, 'a']]);
    const { paths } = await fixture.open();
    const before = digestOf(readFileSync(paths.refs));
    writeFileSync(paths.index, '');
    expect((await failureOf(() => fixture.state())).code).toBe('STORE_INDEX_INVALID');
    expect(digestOf(readFileSync(paths.refs))).toBe(before);
  });
});
