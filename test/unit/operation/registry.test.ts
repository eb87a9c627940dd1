import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, PROFILES } from '../../../src/format/profile.js';
import type { OperationContext } from '../../../src/operation/context.js';
import { archiveDigest, asIsDigest } from '../../../src/operation/digest.js';
import { inspect } from '../../../src/operation/inspect.js';
import { lock } from '../../../src/operation/lock.js';
import { openLocation } from '../../../src/operation/open.js';
import { DEFAULT_TRANSFER, type TransferOptions } from '../../../src/operation/prepare.js';
import type { CopyReport } from '../../../src/operation/report.js';
import { loadRestoreSources } from '../../../src/operation/restore-source.js';
import { copy, load } from '../../../src/operation/transfer.js';
import { verify } from '../../../src/operation/verify/verify.js';
import { type FakeRegistry, startFakeRegistry } from '../../support/fake-registry.js';
import { reply } from '../../support/fake-registry-answers.js';
import { testFolder } from '../../support/images-on-disk.js';
import { MemoryPlace, descriptorWith, failureOf, fakeDigest } from '../../support/memory-place.js';
import { contextAt, serve } from '../../support/registry-images.js';

const REF_NAME = 'org.opencontainers.image.ref.name';
const folder = testFolder();
let count = 0;

let fake: FakeRegistry;
let other: FakeRegistry;
let context: OperationContext;
let place: MemoryPlace;

beforeEach(async () => {
  [fake, other] = [await startFakeRegistry(), await startFakeRegistry()];
  context = contextAt(fake, other);
  place = new MemoryPlace();
});
afterEach(async () => {
  await fake.close();
  await other.close();
});

const OPTIONS = { ...DEFAULT_TRANSFER, settings: DEFAULT_SETTINGS, durable: false };

const copied = (from: string, to: string, options: Partial<TransferOptions> = {}): Promise<CopyReport> =>
  copy(from, { text: to }, { ...OPTIONS, ...options }, context);

/** A layout of images under their names, as a location. */
const layout = (names: Readonly<Record<string, Parameters<MemoryPlace['layoutFiles']>[0][number]>>): string => {
  const roots = Object.entries(names).map(([name, root]) =>
    descriptorWith(root, { annotations: { [REF_NAME]: name } }),
  );
  return `oci:${folder.writeFolder(`layout-${count++}`, place.layoutFiles(roots))}`;
};

const tagsAt = (registry: FakeRegistry): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...registry.content.repositories].flatMap(([path, { tags }]) =>
      [...tags].map(([tag, digest]) => [`${path}:${tag}`, digest]),
    ),
  );

describe('a source in a registry', () => {
  it('is latest unless told', async () => {
    const image = place.image();
    serve(fake, 'a/b', place, { latest: image.descriptor.digest });
    const report = await inspect(`docker://${fake.host}/a/b`, context);
    expect(report.images.map(({ names, digest }) => [names, digest])).toEqual([
      [[`${fake.host}/a/b:latest`], image.descriptor.digest],
    ]);
  });

  it('is inspected without its layers and without what refers to it', async () => {
    const image = place.image();
    place.artifact(image.descriptor);
    serve(fake, 'a/b', place, { v1: image.descriptor.digest });
    expect((await inspect(`docker://${fake.host}/a/b:v1`, context)).images.length).toBe(1);
    const log = fake.log().join('\n');
    expect(log).not.toContain(image.layers[0]!.digest);
    expect(log).not.toContain('referrers');
  });

  it('has the archive of the same images anywhere else', async () => {
    const image = place.image({ layers: ['a', 'b'] });
    const signature = place.artifact(image.descriptor);
    serve(fake, 'a/b', place, { v1: image.descriptor.digest });
    const options = { ...DEFAULT_TRANSFER, profile: PROFILES['oci-1'], settings: DEFAULT_SETTINGS };
    const here = await archiveDigest(`docker://${fake.host}/a/b:v1`, options, context);
    await copied(`docker://${fake.host}/a/b:v1`, `oci:${folder.at('copied')}`);
    const there = await archiveDigest(`oci:${folder.at('copied')}`, options, context);
    expect(there.digest).toBe(here.digest);
    const { graph, close } = await openLocation(`oci:${folder.at('copied')}`, context);
    await close();
    expect(graph.nodes.has(signature.digest)).toBe(true);
    const without = await copied(`docker://${fake.host}/a/b:v1`, `oci:${folder.at('bare')}`, { dropReferrers: true });
    expect(without.images.length).toBe(1);
  });

  it('may be all tags, or those that fit a pattern', async () => {
    const [one, two] = ['1', '2'].map((layer) => place.image({ layers: [layer] }).descriptor.digest);
    serve(fake, 'a/b', place, {
      'v1.0': one!,
      'v1.1': two!,
      v2: two!,
      [`sha256-${one!.slice(7)}`]: two!,
      [`sha256-${one!.slice(7)}.sig`]: one!,
    });
    const names = async (pattern: string): Promise<readonly string[]> =>
      Object.keys((await lock([`docker://${fake.host}/a/b:${pattern}`], context)).images).map((name) =>
        name.slice(fake.host.length),
      );
    expect(await names('v1.*')).toEqual(['/a/b:v1.0', '/a/b:v1.1']);
    expect(await names('*')).toEqual([`/a/b:sha256-${one!.slice(7)}.sig`, '/a/b:v1.0', '/a/b:v1.1', '/a/b:v2']);
    expect((await failureOf(() => names('w*'))).code).toBe('REFERENCE_NOT_FOUND');
  });

  it('has no name by its digest alone, and its tag beside it', async () => {
    const { digest } = place.image().descriptor;
    serve(fake, 'a/b', place);
    const names = async (text: string): Promise<unknown> =>
      (await inspect(`docker://${fake.host}/a/b${text}`, context)).images[0]?.names;
    expect(await names(`@${digest}`)).toEqual([]);
    expect(await names(`:x@${digest}`)).toEqual([`${fake.host}/a/b:x`]);
  });

  it('that is not there is told with what is near', async () => {
    serve(fake, 'a/b', place, { 'release-1': place.image().descriptor.digest });
    const error = await failureOf(() => inspect(`docker://${fake.host}/a/b:releas-1`, context));
    expect([error.code, error.details.found]).toEqual(['REFERENCE_NOT_FOUND', 'release-1']);
    const none = await failureOf(() => inspect(`docker://${fake.host}/no/such`, context));
    expect([none.code, none.details.found]).toEqual(['REFERENCE_NOT_FOUND', undefined]);
  });

  it('is no prefix, and no file', async () => {
    expect((await failureOf(() => inspect(`docker://${fake.host}/a/`, context))).code).toBe('LOCATION_INVALID');
    expect((await failureOf(() => asIsDigest(`docker://${fake.host}/a:1`, context))).code).toBe('LOCATION_INVALID');
  });

  it('is verified, layers and all', async () => {
    const image = place.image();
    serve(fake, 'a/b', place, { v1: image.descriptor.digest });
    expect((await verify([`docker://${fake.host}/a/b:v1`], { quick: false }, context)).verified).toBe(true);
    const layer = image.layers[0]!;
    fake.always(`GET /v2/a/b/blobs/${layer.digest}`, reply(200, {}, Buffer.alloc(layer.size, 'x')));
    const report = await verify([`docker://${fake.host}/a/b:v1`], { quick: false }, context);
    expect(report.findings.map(({ code }) => code)).toContain('DIGEST_MISMATCH');
  });

  it('tells what a layer has to become again, without the layer', async () => {
    const image = place.image();
    place.artifact(image.descriptor);
    serve(fake, 'a/b', place, { v1: image.descriptor.digest });
    const { targets } = await loadRestoreSources([`docker://${fake.host}/a/b:v1`], context);
    expect(targets.map(({ manifest }) => manifest.descriptor.digest)).toEqual([image.descriptor.digest]);
    expect(fake.log().filter((line) => line.includes(image.layers[0]!.digest))).toEqual([]);
  });

  it('asks about a layer that may lie elsewhere, and leaves it there', async () => {
    const far = {
      ...place.add('far', 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'),
      urls: ['https://far.example/l'],
    };
    const image = place.image({ layers: [{ descriptor: far, diffID: fakeDigest('d') }] });
    place.remove(far);
    serve(fake, 'a/b', place, { v1: image.descriptor.digest });
    const report = await copied(`docker://${fake.host}/a/b:v1`, `docker://${other.host}/x:1`);
    expect(report.absent).toEqual([{ digest: far.digest, reason: 'foreign' }]);
  });
});

describe('a destination in a registry', () => {
  it('gets one image under the name that is given', async () => {
    const { descriptor } = place.image();
    const report = await copied(layout({ 'h.example/app:7': descriptor }), `docker://${fake.host}/team/x:1`);
    expect(tagsAt(fake)).toEqual({ 'team/x:1': descriptor.digest });
    expect(report.images.map(({ names }) => names)).toEqual([[`${fake.host}/team/x:1`]]);
    const blobs = [...fake.content.repository('team/x').blobs.values()];
    const bytes = blobs.reduce((sum, blob) => sum + blob.length, 0);
    expect(report.push).toEqual({ present: 0, mounted: 0, uploaded: 2, bytes, referrers: [] });
  });

  it('is latest for one image without a tag', async () => {
    const { descriptor } = place.image();
    await copied(layout({ 'h.example/app:7': descriptor }), `docker://${fake.host}/team/x`);
    expect(tagsAt(fake)).toEqual({ 'team/x:latest': descriptor.digest });
  });

  it('is a prefix for several images, whose own names go below it', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((layer) => place.image({ layers: [layer] }).descriptor);
    const source = layout({
      'docker.io/library/app:1': a!,
      'ghcr.io/org/app:1': b!,
      'docker.io/org/web:2': c!,
      bare: a!,
    });
    await copied(source, `docker://${fake.host}/team`);
    const expected = {
      'team/app:1': a!.digest,
      'team/org/app:1': b!.digest,
      'team/org/web:2': c!.digest,
      'team:bare': a!.digest,
    };
    expect(tagsAt(fake)).toEqual(expected);
    await copied(source, `docker://${other.host}/team/`);
    expect(tagsAt(other)).toEqual(expected);
  });

  it('is a prefix for one image too with a slash, and for load', async () => {
    const { descriptor } = place.image();
    const source = layout({ 'docker.io/library/app:1': descriptor });
    await copied(source, `docker://${fake.host}/`);
    expect(tagsAt(fake)).toEqual({ 'app:1': descriptor.digest });
    await load(source, { text: `docker://${other.host}/team` }, OPTIONS, context);
    expect(tagsAt(other)).toEqual({ 'team/app:1': descriptor.digest });
  });

  it('refuses two images that would get one name', async () => {
    const [a, b] = ['a', 'b'].map((layer) => place.image({ layers: [layer] }).descriptor);
    const source = layout({ 'docker.io/org/app:1': a!, 'ghcr.io/org/app:1': b! });
    expect((await failureOf(() => copied(source, `docker://${fake.host}/team/`))).code).toBe('NAME_CONFLICT');
    expect(fake.requests).toEqual([]);
  });

  it('refuses names that it cannot carry', async () => {
    const { descriptor } = place.image();
    const bare = layout({ bare: descriptor });
    expect((await failureOf(() => copied(bare, `docker://${fake.host}/`))).code).toBe('REFERENCE_INVALID');
    const two = layout({ a: place.image({ layers: ['a'] }).descriptor, b: place.image({ layers: ['b'] }).descriptor });
    expect((await failureOf(() => copied(two, `docker://${fake.host}/x:1`))).code).toBe('REFERENCE_AMBIGUOUS');
    const roots = place.layoutFiles([descriptor]);
    const unnamed = `oci:${folder.writeFolder('unnamed', roots)}`;
    expect((await failureOf(() => copied(unnamed, `docker://${fake.host}/x/`))).code).toBe('LOCATION_INVALID');
    await copied(unnamed, `docker://${fake.host}/x:1`);
    expect(tagsAt(fake)).toEqual({ 'x:1': descriptor.digest });
  });

  it('gets what refers to an image beside the image', async () => {
    const [a, b] = ['a', 'b'].map((layer) => place.image({ layers: [layer] }).descriptor);
    const [ofA, ofB] = [place.artifact(a, 'a'), place.artifact(b, 'b')];
    const named = { 'x.example/a:1': a!, 'x.example/b:1': b! };
    const roots = Object.entries(named).map(([name, root]) =>
      descriptorWith(root, { annotations: { [REF_NAME]: name } }),
    );
    const source = `oci:${folder.writeFolder('signed', place.layoutFiles([...roots, ofA, ofB]))}`;
    const report = await copied(source, `docker://${fake.host}/t/`);
    expect(report.push?.referrers.map(({ linked }) => linked)).toEqual(['api', 'api']);
    const manifests = (path: string): readonly string[] => [...fake.content.repository(path).manifests.keys()];
    expect(new Set(manifests('t/a'))).toEqual(new Set([a!.digest, ofA.digest]));
    expect(new Set(manifests('t/b'))).toEqual(new Set([b!.digest, ofB.digest]));
  });

  it('gets blobs from another repository of the same registry', async () => {
    const image = place.image({ layers: ['a', 'b'] });
    serve(fake, 'a/b', place, { v1: image.descriptor.digest });
    const report = await copied(`docker://${fake.host}/a/b:v1`, `docker://${fake.host}/c/d:1`);
    expect(report.push).toMatchObject({ mounted: 3, uploaded: 0 });
    expect(fake.log().filter((line) => line.startsWith('GET') && line.includes(image.layers[0]!.digest))).toEqual([]);
  });

  it('says what it does not have of a sparse image, if that is wanted', async () => {
    const [amd, arm] = ['amd64', 'arm64'].map((architecture) => {
      const platform = { os: 'linux', architecture };
      return descriptorWith(place.image({ layers: [architecture], platform }).descriptor, { platform });
    });
    const index = place.index([amd!, arm!]);
    const source = layout({ 'x.example/multi:1': index });
    const report = await copied(source, `docker://${fake.host}/multi:1`, {
      platforms: [{ os: 'linux', architecture: 'amd64' }],
    });
    expect(report.absent).toContainEqual({ digest: arm!.digest, reason: 'omitted' });
    expect(tagsAt(fake)).toEqual({ 'multi:1': index.digest });
  });

  it('never sees the credentials of another', async () => {
    const image = place.image();
    serve(fake, 'a/b', place, { v1: image.descriptor.digest });
    fake.always(/./, (response, seen, ordinary) => {
      if (seen.headers['authorization'] !== undefined) return ordinary();
      return reply(401, { 'www-authenticate': 'Basic realm="x"' })(response, seen, ordinary);
    });
    const file = folder.at('auth.json');
    folder.writeFile(
      'auth.json',
      JSON.stringify({ auths: { [fake.host]: { auth: Buffer.from('me:secret').toString('base64') } } }),
    );
    context = { ...context, registry: { ...context.registry!, credentialFile: file } };
    await copied(`docker://${fake.host}/a/b:v1`, `docker://${other.host}/c:1`);
    expect(fake.requests.some(({ headers }) => headers['authorization'] !== undefined)).toBe(true);
    expect(other.requests.filter(({ headers }) => headers['authorization'] !== undefined)).toEqual([]);
    expect(tagsAt(other)).toEqual({ 'c:1': image.descriptor.digest });
  });
});
