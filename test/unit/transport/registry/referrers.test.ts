import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { loadGraph } from '../../../../src/content/load-graph.js';
import type { Descriptor } from '../../../../src/oci/descriptor.js';
import type { Digest } from '../../../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../../../src/oci/media-type.js';
import { fallbackTag, isFallbackTag } from '../../../../src/transport/registry/fallback-tag.js';
import type { Repository } from '../../../../src/transport/registry/repository.js';
import { type RepositoryWish, openRepository } from '../../../../src/transport/registry/source.js';
import { type FakeRegistry, startFakeRegistry } from '../../../support/fake-registry.js';
import { reply } from '../../../support/fake-registry-answers.js';
import { MemoryPlace, descriptorWith, failureOf, reference } from '../../../support/memory-place.js';
import { repositoryAt, serve } from '../../../support/registry-images.js';

const ALL: RepositoryWish = { platforms: [], referrers: true };
const AMD = { os: 'linux', architecture: 'amd64' };
const ARM = { os: 'linux', architecture: 'arm64' };

let fake: FakeRegistry;
let repository: Repository;
let place: MemoryPlace;

beforeEach(async () => {
  fake = await startFakeRegistry();
  repository = repositoryAt(fake, 'a/b');
  place = new MemoryPlace();
});
afterEach(async () => {
  await repository.host.close();
  await fake.close();
});

const open = (root: Descriptor, wish = ALL, from = repository): ReturnType<typeof openRepository> => {
  serve(fake, 'a/b', place);
  return openRepository(from, [{ descriptor: root, name: reference('h.example/a/b:1') }], wish);
};

const rootsOf = async (root: Descriptor, wish = ALL): Promise<readonly Digest[]> =>
  (await open(root, wish)).roots.map(({ descriptor }) => descriptor.digest);

const listUnderTag = (subject: Descriptor, ...listed: readonly Descriptor[]): void => {
  const index = place.index(listed);
  serve(fake, 'a/b', place, { [fallbackTag(subject.digest)]: index.digest });
};

describe('the fallback tag', () => {
  it('is made of the digest', () => {
    expect(fallbackTag(`sha256:${'a'.repeat(64)}` as Digest)).toBe(`sha256-${'a'.repeat(64)}`);
    expect(fallbackTag(`sha512:${'b'.repeat(128)}` as Digest)).toBe(`sha512-${'b'.repeat(64)}`);
    expect(fallbackTag(`x+y_${'z'.repeat(40)}:A=b` as Digest)).toBe(`x-y_${'z'.repeat(28)}-A-b`);
  });

  it('is no tag of cosign', () => {
    expect(isFallbackTag(`sha256-${'a'.repeat(64)}`)).toBe(true);
    expect(isFallbackTag(`sha256-${'a'.repeat(64)}.sig`)).toBe(false);
    expect(isFallbackTag('v1')).toBe(false);
  });
});

describe.each(['api', 'tag'] as const)('referrers by %s', (way) => {
  beforeEach(() => {
    fake.content.referrers = way === 'api';
  });

  const link = (subject: Descriptor, ...referrers: readonly Descriptor[]): void => {
    if (way === 'tag') listUnderTag(subject, ...referrers);
  };

  it('are found for an image, and for what refers to it', async () => {
    const image = place.image();
    const signature = place.artifact(image.descriptor);
    const ofSignature = place.artifact(signature, 'of the signature');
    link(image.descriptor, signature);
    link(signature, ofSignature);
    expect(await rootsOf(image.descriptor)).toEqual([image.descriptor.digest, signature.digest, ofSignature.digest]);
  });

  it('are found for the images of an index', async () => {
    const image = place.image();
    const index = place.index([descriptorWith(image.descriptor, { platform: AMD })]);
    const signature = place.artifact(image.descriptor);
    link(image.descriptor, signature);
    expect(await rootsOf(index)).toEqual([index.digest, signature.digest]);
  });

  it('are not asked for where they are not wanted', async () => {
    const image = place.image();
    link(image.descriptor, place.artifact(image.descriptor));
    expect(await rootsOf(image.descriptor, { platforms: [], referrers: false })).toEqual([image.descriptor.digest]);
    expect(fake.log().filter((line) => /referrers|sha256-/.test(line))).toEqual([]);
  });
});

describe('the referrers API', () => {
  it('is followed over its pages', async () => {
    const image = place.image();
    const referrers = ['a', 'b', 'c'].map((text) => place.artifact(image.descriptor, text));
    fake.content.pageSize = 1;
    expect(new Set(await rootsOf(image.descriptor))).toEqual(
      new Set([image.descriptor, ...referrers].map(({ digest }) => digest)),
    );
  });

  it('is asked once if it is not there', async () => {
    fake.content.referrers = false;
    const index = place.index(['a', 'b'].map((layer) => place.image({ layers: [layer] }).descriptor));
    await open(index);
    const asked = fake.log().filter((line) => line.includes('/referrers/'));
    expect(asked.length).toBe(1);
    expect(fake.log().filter((line) => line.includes('/manifests/sha256-')).length).toBe(3);
  });

  it('fails where it fails', async () => {
    const image = place.image();
    fake.always('GET /v2/a/b/referrers/*', reply(500));
    expect((await failureOf(() => open(image.descriptor))).code).toBe('REGISTRY_UNAVAILABLE');
    fake.always('GET /v2/a/b/referrers/*', reply(200, { 'content-type': 'text/html' }, '<html>'));
    expect((await failureOf(() => open(image.descriptor))).code).toBe('JSON_SYNTAX');
    fake.always('GET /v2/a/b/referrers/*', reply(200, {}, '{"schemaVersion":2}'));
    expect((await failureOf(() => open(image.descriptor))).code).toBe('SCHEMA_INVALID');
  });

  it('may not list what refers to something else', async () => {
    const [image, other] = [place.image(), place.image({ layers: ['other'] })];
    const elsewhere = place.artifact(other.descriptor);
    fake.always(`GET /v2/a/b/referrers/${image.descriptor.digest}`, (response, seen, ordinary) =>
      reply(200, {}, place.contents.get(place.index([elsewhere]).digest))(response, seen, ordinary),
    );
    const source = await open(image.descriptor);
    expect(source.roots.length).toBe(1);
    expect(source.notes.map(({ code }) => code)).toEqual(['SUBJECT_MISMATCH']);
  });

  it('may list what is gone, and says so', async () => {
    const image = place.image();
    const gone = place.artifact(image.descriptor);
    place.remove(gone);
    listUnderTag(image.descriptor, gone);
    fake.content.referrers = false;
    const source = await open(image.descriptor);
    expect(source.roots.length).toBe(1);
    expect(source.notes.map(({ code }) => code)).toEqual(['BLOB_MISSING']);
  });

  it('is not followed for ever', async () => {
    const image = place.image();
    for (const text of ['a', 'b', 'c']) place.artifact(image.descriptor, text);
    const few = { ...repository, limits: { ...repository.limits, referrers: 2 } };
    expect((await failureOf(() => open(image.descriptor, ALL, few))).code).toBe('LIMIT_REFERRERS');
  });
});

describe('what stands under the fallback tag', () => {
  beforeEach(() => {
    fake.content.referrers = false;
  });

  it('is nothing if it is the image itself', async () => {
    const index = place.index([place.image().descriptor]);
    serve(fake, 'a/b', place, { [fallbackTag(index.digest)]: index.digest });
    expect(await rootsOf(index)).toEqual([index.digest]);
  });

  it('is nothing if it is no index', async () => {
    const [image, other] = [place.image(), place.image({ layers: ['other'] })];
    serve(fake, 'a/b', place, { [fallbackTag(image.descriptor.digest)]: other.descriptor.digest });
    expect(await rootsOf(image.descriptor)).toEqual([image.descriptor.digest]);
  });

  it('counts only as far as it is true', async () => {
    const [image, other] = [place.image(), place.image({ layers: ['other'] })];
    listUnderTag(image.descriptor, other.descriptor);
    const source = await open(image.descriptor);
    expect(source.roots.length).toBe(1);
    expect(source.notes.map(({ code }) => code)).toEqual(['SUBJECT_MISMATCH']);
  });
});

describe('a platform', () => {
  it('is all that is fetched of an index', async () => {
    const [amd, arm] = [AMD, ARM].map((platform) => place.image({ layers: [platform.architecture], platform }));
    const attestation = (of: Descriptor): Descriptor =>
      descriptorWith(place.artifact(undefined, of.digest), {
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': of.digest },
      });
    const [ofAmd, ofArm] = [attestation(amd!.descriptor), attestation(arm!.descriptor)];
    const index = place.index([
      descriptorWith(amd!.descriptor, { platform: AMD }),
      descriptorWith(arm!.descriptor, { platform: ARM }),
      ofAmd,
      ofArm,
    ]);
    const source = await open(index, { platforms: [AMD], referrers: true });
    const { graph } = await loadGraph(source, DEFAULT_LIMITS);
    const presence = (digest: Digest): string | undefined => graph.nodes.get(digest)?.presence;
    expect([amd!.descriptor, ofAmd, arm!.descriptor, ofArm].map(({ digest }) => presence(digest))).toEqual([
      'present',
      'present',
      'missing',
      'missing',
    ]);
    const about = (digest: Digest): readonly string[] => fake.log().filter((line) => line.includes(digest));
    expect([...about(arm!.descriptor.digest), ...about(ofArm.digest), ...about(arm!.config.digest)]).toEqual([]);
    expect(fake.log().filter((line) => line.includes(amd!.layers[0]!.digest))).toEqual([]);
  });
});

it('an old manifest is refused by its own code', async () => {
  fake.content.putManifest('a/b', Buffer.from('{"schemaVersion":1}'), MEDIA_TYPE.dockerSchema1Signed, 'old');
  const digest = fake.content.repository('a/b').tags.get('old') as Digest;
  const root = { mediaType: MEDIA_TYPE.dockerSchema1Signed, digest, size: 19, annotations: new Map() };
  const source = await openRepository(repository, [{ descriptor: root }], ALL);
  expect((await failureOf(() => loadGraph(source, DEFAULT_LIMITS))).code).toBe('SCHEMA1_UNSUPPORTED');
});
