import { describe, expect, it } from 'vitest';
import { indexDocument, indexEntries, layoutDocument } from '../../../src/format/canonical-index.js';
import type { Descriptor } from '../../../src/oci/descriptor.js';
import {
  MemoryPlace,
  type MemoryRoot,
  descriptorWith,
  failureOf,
  label,
  reference,
} from '../../support/memory-place.js';

const place = new MemoryPlace();
const [a, b] = ['a', 'b']
  .map((name) => place.image({ layers: [name] }).descriptor)
  .toSorted((x, y) => (x.digest < y.digest ? -1 : 1));
if (a === undefined || b === undefined) throw new Error('no images');
const referrer = place.artifact(a);

const TYPE = 'application/vnd.oci.image.manifest.v1+json';
const entry = ({ digest, size }: Descriptor, names?: readonly [full: string | undefined, ref: string]): string => {
  const [full, ref] = names ?? [];
  const annotations = [
    ...(full === undefined ? [] : [`"io.containerd.image.name":"${full}"`]),
    `"org.opencontainers.image.ref.name":"${ref}"`,
  ];
  const start = names === undefined ? '' : `"annotations":{${annotations.join(',')}},`;
  return `{${start}"digest":"${digest}","mediaType":"${TYPE}","size":${size}}`;
};
const document = (...entries: readonly string[]): string =>
  `{"manifests":[${entries.join(',')}],"mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2}`;

const written = async (...roots: readonly MemoryRoot[]): Promise<string> =>
  Buffer.from(indexDocument(await place.graph(...roots))).toString();

describe('index.json', () => {
  it('has one entry a name, then unnamed images, then referrers', async () => {
    const other = place.image({ layers: ['other'] }).descriptor;
    const byDigest = `docker.io/library/b@${a.digest}`;
    const named = [b, reference('host.example/z:2'), reference('alpine')] as const;
    expect(await written(referrer, other, named, [a, label('1.0'), reference(`b@${a.digest}`)])).toBe(
      document(
        entry(a, [undefined, '1.0']),
        entry(b, ['docker.io/library/alpine:latest', 'latest']),
        entry(a, [byDigest, byDigest]),
        entry(b, ['host.example/z:2', '2']),
        entry(other),
        entry(referrer),
      ),
    );
  });

  it('is sorted by name and digest, whatever the order of the roots', async () => {
    const forwards = await written([a, label('x'), label('y')], [b, label('x')], referrer);
    expect(forwards).toBe(
      document(entry(a, [undefined, 'x']), entry(b, [undefined, 'x']), entry(a, [undefined, 'y']), entry(referrer)),
    );
    expect(await written(referrer, [b, label('x')], [a, label('y'), label('x')])).toBe(forwards);
  });

  it('sorts names by bytes, not by code units', async () => {
    const names = ['Z', 'a', 'a-', 'a.', 'aa'];
    const graph = await place.graph([a, ...names.toReversed().map(label)]);
    expect(indexEntries(graph).map(({ name }) => name)).toEqual(names.map(label));
  });

  it('keeps nothing else of the entries that were found', async () => {
    const found = descriptorWith(a, {
      annotations: { created: 'now' },
      platform: { os: 'linux', architecture: 'amd64' },
      artifactType: 'a/b',
    });
    expect(await written([found, label('x')])).toBe(document(entry(a, [undefined, 'x'])));
  });

  it('puts a referrer with a name among the names', async () => {
    expect(await written([referrer, label('sig')], a)).toBe(document(entry(referrer, [undefined, 'sig']), entry(a)));
  });

  it('may not give one full name to two images, but a bare tag', async () => {
    const error = await failureOf(() => written([a, reference('x:1')], [b, reference('x:1')]));
    expect(error).toMatchObject({
      code: 'NAME_CONFLICT',
      details: { subject: 'docker.io/library/x:1', expected: a.digest, found: b.digest },
    });
    expect(await written([a, label('1')], [b, label('1')])).toContain(b.digest);
  });

  it('may not carry a name that is none', async () => {
    expect((await failureOf(() => written([a, label('no name')]))).code).toBe('REFERENCE_INVALID');
  });
});

it('oci-layout has these bytes', () => {
  expect(Buffer.from(layoutDocument()).toString()).toBe('{"imageLayoutVersion":"1.0.0"}');
});
