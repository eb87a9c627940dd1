import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobReader } from '../../../../src/content/blob.js';
import { verifiedBlobs } from '../../../../src/content/blob.js';
import type { Descriptor } from '../../../../src/oci/descriptor.js';
import { plainDescriptor } from '../../../../src/oci/descriptor.js';
import { fallbackTag } from '../../../../src/transport/registry/fallback-tag.js';
import { type PushCount, type PushOptions, pushImages } from '../../../../src/transport/registry/push.js';
import { type PushRoot, planPush } from '../../../../src/transport/registry/push-plan.js';
import type { Repository } from '../../../../src/transport/registry/repository.js';
import { uploadBlob } from '../../../../src/transport/registry/upload.js';
import { type FakeRegistry, startFakeRegistry } from '../../../support/fake-registry.js';
import { refuse, reply, reset, tooMany, withHeaders } from '../../../support/fake-registry-answers.js';
import {
  type MemoryRoot,
  MemoryPlace,
  digestBy,
  failureOf,
  fakeDigest,
  reference,
} from '../../../support/memory-place.js';
import { repositoryAt, serve } from '../../../support/registry-images.js';

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

const push = async (
  roots: readonly Descriptor[],
  options: PushOptions & { readonly tags?: readonly string[]; readonly blobs?: BlobReader } = {},
): Promise<PushCount> => {
  const graph = await place.graph(...roots.map((root): MemoryRoot => [root, reference('x.example/y:1')]));
  const pushed = roots.map((root, index): PushRoot => ({
    digest: root.digest,
    tags: index === 0 ? (options.tags ?? ['v1']) : [],
  }));
  const plan = planPush(graph, pushed, { allowSparse: false });
  return pushImages(repository, plan, verifiedBlobs(options.blobs ?? place.reader()), options);
};

const puts = (): readonly string[] =>
  fake
    .log()
    .filter((line) => line.startsWith('PUT /v2/a/b/manifests/'))
    .map((line) => line.slice('PUT /v2/a/b/manifests/'.length));

describe('a push', () => {
  it('sends blobs, then manifests after what they list, then the tag', async () => {
    const images = ['a', 'b'].map((layer) => place.image({ layers: [layer] }));
    const inner = place.index([images[0]!.descriptor]);
    // The inner index comes after an image that it lists too.
    const outer = place.index([images[0]!.descriptor, inner, images[1]!.descriptor]);
    expect(await push([outer])).toMatchObject({ uploaded: 4, present: 0, mounted: 0 });
    expect(puts()).toEqual([
      images[0]!.descriptor.digest,
      inner.digest,
      images[1]!.descriptor.digest,
      outer.digest,
      'v1',
    ]);
    const lastBlob = fake.log().findLastIndex((line) => line.includes('/blobs/'));
    expect(lastBlob).toBeLessThan(fake.log().findIndex((line) => line.startsWith('PUT /v2/a/b/manifests/')));
    const there = fake.content.repository('a/b');
    expect(new Set([...there.blobs.keys(), ...there.manifests.keys()])).toEqual(new Set(place.contents.keys()));
    expect(there.tags.get('v1')).toBe(outer.digest);
  });

  it('sends nothing that is there', async () => {
    const image = place.image({ layers: ['a', 'b'] });
    await push([image.descriptor]);
    const count = await push([image.descriptor]);
    expect(count).toEqual({ present: 3, mounted: 0, uploaded: 0, bytes: 0, referrers: [] });
  });

  it('goes on where another was cut off, which has left no tag', async () => {
    const image = place.image({ layers: ['a', 'b', 'c'] });
    fake.once(/^PUT .*blobs\/uploads\/upload-3/, refuse(403, 'DENIED'));
    expect((await failureOf(() => push([image.descriptor]))).code).toBe('ACCESS_DENIED');
    expect(fake.content.repository('a/b').tags.size).toBe(0);
    const before = fake.content.repository('a/b').blobs.size;
    expect(before).toBeLessThan(4);
    expect(await push([image.descriptor])).toMatchObject({ uploaded: 4 - before, present: before });
    expect(fake.content.repository('a/b').tags.get('v1')).toBe(image.descriptor.digest);
  });

  it('takes over what another repository of the registry has', async () => {
    const image = place.image({ layers: ['a', 'b'] });
    serve(fake, 'c/d', place);
    const count = await push([image.descriptor], { mountFrom: () => 'c/d' });
    expect(count).toMatchObject({ mounted: 3, uploaded: 0, bytes: 0 });
    expect(
      fake.log().some((line) => line.startsWith('POST') && line.includes('mount=') && line.includes('from=c%2Fd')),
    ).toBe(true);
  });

  it('uploads what cannot be taken over', async () => {
    const image = place.image({ layers: ['a'] });
    fake.content.mounts = false;
    expect(await push([image.descriptor], { mountFrom: () => 'c/d' })).toMatchObject({ mounted: 0, uploaded: 2 });
  });

  it('does not believe that it was taken over', async () => {
    const image = place.image({ layers: ['a'] });
    fake.always(/^POST .*mount=/, reply(201, { location: '/v2/a/b/blobs/x' }));
    expect(await push([image.descriptor], { mountFrom: () => 'c/d' })).toMatchObject({ uploaded: 2 });
  });

  it('fails if the registry stores something else', async () => {
    const image = place.image();
    fake.once(/^PUT .*manifests/, withHeaders({ 'docker-content-digest': fakeDigest('a') }));
    expect((await failureOf(() => push([image.descriptor]))).code).toBe('PUSH_DIGEST_MISMATCH');
    expect(fake.content.repository('a/b').tags.size).toBe(0);
  });

  it('fails if something else stands under the tag then', async () => {
    const image = place.image();
    fake.once('HEAD /v2/a/b/manifests/v1', withHeaders({ 'docker-content-digest': fakeDigest('a') }));
    expect((await failureOf(() => push([image.descriptor]))).code).toBe('PUSH_DIGEST_MISMATCH');
    fake.once('HEAD /v2/a/b/manifests/v1', reply(404));
    expect((await failureOf(() => push([image.descriptor]))).code).toBe('PUSH_DIGEST_MISMATCH');
  });

  it('reads the tag back where the registry names no digest', async () => {
    const image = place.image();
    fake.always(/^(?:HEAD|PUT) .*manifests/, withHeaders({ 'docker-content-digest': undefined }));
    await push([image.descriptor]);
    expect(fake.log()).toContain('GET /v2/a/b/manifests/v1');
  });

  it('stops at a blob that is not what it should be, and says so', async () => {
    const image = place.image({ layers: ['good'] });
    const bad = Buffer.from('evil');
    const graphBlobs = place.reader();
    const blobs: BlobReader = {
      open: async (descriptor) => {
        const source = await graphBlobs.open(descriptor);
        if (source === undefined || descriptor.digest !== image.layers[0]!.digest) return source;
        return {
          ...source,
          read: async function* () {
            yield bad;
          },
        };
      },
    };
    expect((await failureOf(() => push([image.descriptor], { blobs }))).code).toBe('DIGEST_MISMATCH');
    expect(fake.content.repository('a/b').blobs.has(image.layers[0]!.digest)).toBe(false);
    expect(puts()).toEqual([]);
  });

  it('may be asked to wait', async () => {
    const image = place.image();
    fake.once(/^POST/, tooMany('1'));
    fake.once(/^PUT .*manifests/, refuse(503, 'UNAVAILABLE'));
    expect(await push([image.descriptor])).toMatchObject({ uploaded: 2 });
  });

  it('needs all of an image', async () => {
    const image = place.image({ layers: ['a'] });
    place.remove(image.layers[0]!);
    expect((await failureOf(() => push([image.descriptor]))).code).toBe('BLOB_MISSING');
    expect(fake.requests).toEqual([]);
  });
});

describe('what refers to an image', () => {
  const signed = (): { readonly image: Descriptor; readonly signature: Descriptor } => {
    const image = place.image().descriptor;
    return { image, signature: place.artifact(image, 'signature', { annotations: { by: 'me' } }) };
  };

  it('comes after the image and before the tag', async () => {
    const { image, signature } = signed();
    const count = await push([image, signature]);
    expect(count.referrers).toEqual([{ digest: signature.digest, subject: image.digest, linked: 'api' }]);
    expect(puts()).toEqual([image.digest, signature.digest, 'v1']);
  });

  it('is listed under a tag where the registry does not link it', async () => {
    fake.content.referrers = false;
    const { image, signature } = signed();
    const count = await push([image, signature]);
    expect(count.referrers).toEqual([{ digest: signature.digest, subject: image.digest, linked: 'tag' }]);
    const there = fake.content.repository('a/b');
    const index = there.manifests.get(there.tags.get(fallbackTag(image.digest)) ?? '');
    expect(JSON.parse(String(index?.bytes))).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        {
          mediaType: signature.mediaType,
          digest: signature.digest,
          size: signature.size,
          artifactType: 'application/vnd.example',
          annotations: { by: 'me' },
        },
      ],
    });
  });

  it('joins those that are listed, once', async () => {
    fake.content.referrers = false;
    const { image, signature } = signed();
    const other = { mediaType: signature.mediaType, digest: fakeDigest('e'), size: 7, odd: [1] };
    const tag = fallbackTag(image.digest);
    const before = JSON.stringify({ schemaVersion: 2, manifests: [other] });
    fake.content.putManifest('a/b', Buffer.from(before), 'application/vnd.oci.image.index.v1+json', tag);
    await push([image, signature]);
    await push([image, signature]);
    const there = fake.content.repository('a/b');
    const document = JSON.parse(String(there.manifests.get(there.tags.get(tag) ?? '')?.bytes)) as {
      manifests: unknown[];
    };
    expect(document.manifests).toEqual([other, expect.objectContaining({ digest: signature.digest })]);
  });

  it('is not listed over something else', async () => {
    fake.content.referrers = false;
    const { image, signature } = signed();
    const other = new MemoryPlace();
    const taken = other.image({ layers: ['taken'] });
    serve(fake, 'a/b', other, { [fallbackTag(image.digest)]: taken.descriptor.digest });
    expect((await failureOf(() => push([image, signature]))).code).toBe('REFERRERS_TAG_TAKEN');
    expect(fake.content.repository('a/b').tags.get(fallbackTag(image.digest))).toBe(taken.descriptor.digest);
    expect(fake.content.repository('a/b').tags.has('v1')).toBe(false);
  });

  it('is not lost to another writer', async () => {
    fake.content.referrers = false;
    const { image, signature } = signed();
    const tag = fallbackTag(image.digest);
    const rival = { mediaType: signature.mediaType, digest: fakeDigest('e'), size: 7 };
    fake.once(`PUT /v2/a/b/manifests/${tag}`, (...[, , ordinary]) => {
      ordinary();
      const index = JSON.stringify({ schemaVersion: 2, manifests: [rival] });
      fake.content.putManifest('a/b', Buffer.from(index), 'application/vnd.oci.image.index.v1+json', tag);
    });
    await push([image, signature]);
    const there = fake.content.repository('a/b');
    const bytes = String(there.manifests.get(there.tags.get(tag) ?? '')?.bytes);
    expect(bytes).toContain(rival.digest);
    expect(bytes).toContain(signature.digest);
  });
});

describe('an upload', () => {
  const PART = 1 << 16;
  const BLOB = Buffer.from(Array.from({ length: PART * 4 + 100 }, (_, index) => (index * 7) % 251));
  const descriptor = plainDescriptor('application/octet-stream', digestBy(BLOB), BLOB.length);

  let counted = 0;
  beforeEach(() => {
    counted = 0;
    place.add(BLOB);
  });

  const upload = (partSize = PART): Promise<string> =>
    uploadBlob(repository, descriptor, verifiedBlobs(place.reader()), {
      partSize,
      onBytes: (bytes) => {
        counted += bytes;
      },
    });

  const methods = (): string =>
    fake.requests
      .filter(({ target }) => target !== '/v2/')
      .map(({ method }) => method)
      .join(' ');
  const stored = (): string => digestOfStored(fake.content.repository('a/b').blobs.get(descriptor.digest));
  const digestOfStored = (bytes: Uint8Array | undefined): string =>
    `sha256:${createHash('sha256')
      .update(bytes ?? '')
      .digest('hex')}`;

  it('is one request for a small blob', async () => {
    expect(await upload(1 << 20)).toBe('uploaded');
    expect(methods()).toBe('POST PUT');
    expect(stored()).toBe(descriptor.digest);
    expect(counted).toBe(BLOB.length);
  });

  it('goes in parts for a large one', async () => {
    await upload();
    expect(methods()).toBe('POST PATCH PATCH PATCH PATCH PATCH PUT');
    expect(fake.requests.flatMap(({ headers }) => headers['content-range'] ?? [])).toEqual([
      `0-${PART - 1}`,
      `${PART}-${2 * PART - 1}`,
      `${2 * PART}-${3 * PART - 1}`,
      `${3 * PART}-${4 * PART - 1}`,
      `${4 * PART}-${BLOB.length - 1}`,
    ]);
    expect(stored()).toBe(descriptor.digest);
    expect(counted).toBe(BLOB.length);
  });

  it('goes in parts that the registry takes', async () => {
    fake.content.chunkLeast = 3 * PART;
    await upload();
    expect(methods()).toBe('POST PATCH PATCH PUT');
  });

  it.for<[what: string, match: RegExp, answer: Parameters<FakeRegistry['once']>[1]]>([
    ['a part that was not taken', /^PATCH/, reset],
    [
      'a part that was taken and not confirmed',
      /^PATCH/,
      (response, _, ordinary) => {
        const end = response.end.bind(response);
        response.end = (() => {
          response.socket?.destroy();
          return response;
        }) as typeof end;
        ordinary();
      },
    ],
    ['a failure of the registry', /^PATCH/, refuse(500, 'UNKNOWN')],
  ])('goes on after %s', async ([, match, answer]) => {
    fake.once(match, answer);
    expect(await upload()).toBe('uploaded');
    expect(methods()).toContain('GET');
    expect(stored()).toBe(descriptor.digest);
    expect(counted).toBe(BLOB.length);
  });

  it.for<[what: string, partSize: number, last: string]>([
    ['of its last part', 1 << 20, 'POST PUT GET POST PUT'],
    ['of all parts', PART, 'POST PATCH PATCH PATCH PATCH PATCH PUT PUT HEAD'],
  ])('is complete after an end %s that was taken and not confirmed', async ([, partSize, last]) => {
    fake.once(/^PUT/, (response, _, ordinary) => {
      response.end = (() => {
        response.socket?.destroy();
        return response;
      }) as typeof response.end;
      ordinary();
    });
    expect(await upload(partSize)).toBe('uploaded');
    expect(methods()).toBe(last);
    expect(stored()).toBe(descriptor.digest);
  });

  it('goes on where the registry stands, which has kept less', async () => {
    fake.once(/^PATCH/, (_response, seen, ordinary) => {
      Object.assign(seen, { body: seen.body.subarray(0, 1000) });
      ordinary();
    });
    expect(await upload()).toBe('uploaded');
    expect(stored()).toBe(descriptor.digest);
  });

  it('goes in one piece where parts are refused', async () => {
    fake.always(/^PATCH/, refuse(405, 'UNSUPPORTED'));
    expect(await upload()).toBe('uploaded');
    expect(methods()).toBe('POST PATCH POST PUT');
  });

  it('begins again where the registry has forgotten it', async () => {
    fake.once(/^PATCH/, reset);
    fake.once(/^GET .*uploads/, reply(404));
    expect(await upload()).toBe('uploaded');
    expect(stored()).toBe(descriptor.digest);
  });

  it('does not begin again for ever', async () => {
    fake.always(/^PATCH/, reset);
    expect((await failureOf(() => upload())).code).toBe('CONNECTION_LOST');
    fake.always(/^PUT/, reply(404));
    expect((await failureOf(() => upload(1 << 20))).code).toBe('UPLOAD_INVALID');
  });

  it('must be told where to go', async () => {
    fake.always(/^POST/, reply(202));
    expect((await failureOf(() => upload())).code).toBe('UPLOAD_INVALID');
  });

  it('is not sent to another host', async () => {
    const other = await startFakeRegistry();
    try {
      fake.always(/^POST/, reply(202, { location: `${other.origin}/v2/x/blobs/uploads/1` }));
      expect((await failureOf(() => upload())).code).toBe('URL_UNTRUSTED');
      expect(other.requests).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('keeps what the registry wants to see again', async () => {
    fake.once(/^POST/, (response, seen, ordinary) => withHeaders({})(response, seen, ordinary));
    await upload(1 << 20);
    const put = fake.requests.find(({ method }) => method === 'PUT');
    expect(put?.url.searchParams.get('state')).toBe('upload-1');
    expect(put?.url.searchParams.get('digest')).toBe(descriptor.digest);
  });
});
