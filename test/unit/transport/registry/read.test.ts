import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAll } from '../../../../src/base/bytes.js';
import { verifiedBlobs } from '../../../../src/content/blob.js';
import { plainDescriptor } from '../../../../src/oci/descriptor.js';
import { registryBlob } from '../../../../src/transport/registry/blob.js';
import { digestOfTag, fetchManifest } from '../../../../src/transport/registry/manifest.js';
import type { Repository } from '../../../../src/transport/registry/repository.js';
import { listTags } from '../../../../src/transport/registry/tags.js';
import { type FakeRegistry, startFakeRegistry } from '../../../support/fake-registry.js';
import {
  redirect,
  refuse,
  reply,
  reset,
  tooMany,
  trickle,
  truncated,
  withHeaders,
} from '../../../support/fake-registry-answers.js';
import { MemoryPlace, digestBy, failureOf, fakeDigest } from '../../../support/memory-place.js';
import { repositoryAt, serve } from '../../../support/registry-images.js';

const BLOB = Buffer.alloc(3_000_000, 'abcdefghijk');
const descriptor = plainDescriptor('application/octet-stream', digestBy(BLOB), BLOB.length);

let fake: FakeRegistry;
let repository: Repository;

beforeEach(async () => {
  fake = await startFakeRegistry();
  repository = repositoryAt(fake, 'a/b');
  fake.content.putBlob('a/b', BLOB);
});
afterEach(async () => {
  await repository.host.close();
  await fake.close();
});

const readBlob = (what = descriptor): Promise<Uint8Array> =>
  readAll(verifiedBlobs({ open: async () => registryBlob(repository, what) }).read(what), BLOB.length * 2, {
    code: 'DEFECT',
    subject: 'test',
  });

/** Requests but for the first, which asks how to authenticate. */
const asked = (): readonly string[] => fake.log().filter((line) => line !== 'GET /v2/');

const ranges = (): readonly string[] => fake.requests.flatMap(({ headers }) => headers['range'] ?? []);

describe('a blob', () => {
  it('is read whole with one request', async () => {
    expect(Buffer.from(await readBlob()).equals(BLOB)).toBe(true);
    expect(asked()).toEqual([`GET /v2/a/b/blobs/${descriptor.digest}`]);
  });

  it('is read in part', async () => {
    const part = await registryBlob(repository, descriptor).readAt(11, 5);
    expect(Buffer.from(part).toString()).toBe('abcde');
    expect(ranges()).toEqual(['bytes=11-15']);
  });

  it('is taken up where it broke', async () => {
    fake.once('GET /v2/a/*', truncated(BLOB.length, BLOB.subarray(0, 1_500_000)));
    expect(Buffer.from(await readBlob()).equals(BLOB)).toBe(true);
    expect(ranges()).toHaveLength(1);
    expect(ranges()[0]).toMatch(/^bytes=\d+-2999999$/);
  });

  it('is taken up at a registry that ignores ranges', async () => {
    fake.once('GET /v2/a/*', truncated(BLOB.length, BLOB.subarray(0, 1_500_000)), reply(200, {}, BLOB));
    expect(Buffer.from(await readBlob()).equals(BLOB)).toBe(true);
    expect(asked()).toHaveLength(2);
  });

  it('is not taken up for ever', async () => {
    fake.always('GET /v2/a/*', truncated(BLOB.length, BLOB.subarray(0, 10)));
    expect((await failureOf(() => readBlob())).code).toBe('TRANSFER_TRUNCATED');
  });

  it('may not be another part than was asked for', async () => {
    fake.once('GET /v2/a/*', truncated(BLOB.length, BLOB.subarray(0, 100)), (response) => {
      response.writeHead(206, { 'content-range': `bytes 7-${BLOB.length - 1}/${BLOB.length}` });
      response.end(BLOB.subarray(7));
    });
    expect((await failureOf(() => readBlob())).code).toBe('RANGE_INVALID');
  });

  it('may not be other bytes', async () => {
    fake.once('GET /v2/a/*', reply(200, {}, Buffer.alloc(BLOB.length, 'x')));
    expect((await failureOf(() => readBlob())).code).toBe('DIGEST_MISMATCH');
  });

  it('may not be longer', async () => {
    fake.once('GET /v2/a/*', (response) => {
      response.writeHead(200);
      response.end(Buffer.concat([BLOB, BLOB]));
    });
    expect((await failureOf(() => readBlob())).code).toBe('SIZE_MISMATCH');
  });

  it('may not be encoded on the way', async () => {
    fake.once('GET /v2/a/*', reply(200, { 'content-encoding': 'gzip' }, BLOB));
    expect((await failureOf(() => readBlob())).code).toBe('CONTENT_ENCODED');
  });

  it('may come from another host, its rest too', async () => {
    const other = await startFakeRegistry();
    try {
      await repository.host.close();
      repository = repositoryAt(fake, 'a/b', other);
      const there = other.content.putBlob('x', BLOB);
      other.once('GET /v2/x/*', truncated(BLOB.length, BLOB.subarray(0, 2_000_000)));
      fake.always('GET /v2/a/*', redirect(`${other.origin}/v2/x/blobs/${there}`));
      expect(Buffer.from(await readBlob()).equals(BLOB)).toBe(true);
      expect(other.requests.map(({ headers }) => headers['range'] !== undefined)).toEqual([false, true]);
    } finally {
      await other.close();
    }
  });

  it('may be asked for again after 429 and 503', async () => {
    fake.once('GET /v2/a/*', tooMany('1'));
    expect((await readBlob()).length).toBe(BLOB.length);
    fake.once('GET /v2/a/*', refuse(503, 'UNAVAILABLE'));
    expect((await readBlob()).length).toBe(BLOB.length);
  });

  it('is missing where the registry has lost it', async () => {
    const lost = plainDescriptor('text/plain', fakeDigest('a'), 3);
    expect((await failureOf(() => readBlob(lost))).code).toBe('BLOB_MISSING');
  });

  it('does not trickle', async () => {
    fake.always('GET /v2/a/*', trickle(50));
    expect((await failureOf(() => readBlob())).code).toMatch(/^(?:TRANSFER_TRUNCATED|SIZE_MISMATCH)$/);
  });
});

describe('a manifest', () => {
  const place = new MemoryPlace();
  const image = place.image();

  beforeEach(() => serve(fake, 'a/b', place, { v1: image.descriptor.digest }));

  it('is found by tag and by digest', async () => {
    const byTag = await fetchManifest(repository, 'v1');
    expect(byTag?.descriptor).toEqual(image.descriptor);
    expect(byTag?.raw).toEqual(place.contents.get(image.descriptor.digest));
    expect((await fetchManifest(repository, image.descriptor.digest))?.descriptor).toEqual(image.descriptor);
    expect(await digestOfTag(repository, 'v1')).toBe(image.descriptor.digest);
  });

  it('is nothing where there is none', async () => {
    expect(await fetchManifest(repository, 'v2')).toBeUndefined();
    expect(await digestOfTag(repository, 'v2')).toBeUndefined();
  });

  it('has the digest of its bytes where the registry says none', async () => {
    fake.always('* /v2/a/b/manifests/*', withHeaders({ 'docker-content-digest': undefined }));
    expect((await fetchManifest(repository, 'v1'))?.descriptor.digest).toBe(image.descriptor.digest);
    expect(await digestOfTag(repository, 'v1')).toBe(image.descriptor.digest);
  });

  it.for<[what: string, code: string, answer: Parameters<FakeRegistry['once']>[1]]>([
    ['named by another digest', 'DIGEST_HEADER_MISMATCH', withHeaders({ 'docker-content-digest': fakeDigest('b') })],
    ['encoded', 'CONTENT_ENCODED', withHeaders({ 'content-encoding': 'br' })],
    ['a page for people', 'MEDIATYPE_CONFLICT', reply(200, { 'content-type': 'text/html' }, '<html>')],
    ['too large', 'LIMIT_METADATA', reply(200, {}, Buffer.alloc(5 << 20))],
  ])('is not %s', async ([, code, answer]) => {
    fake.once('GET /v2/a/*', answer);
    expect((await failureOf(() => fetchManifest(repository, 'v1'))).code).toBe(code);
  });

  it('is the one that was asked for', async () => {
    fake.once('GET /v2/a/*', reply(200, { 'content-type': image.descriptor.mediaType }, '{}'));
    expect((await failureOf(() => fetchManifest(repository, image.descriptor.digest))).code).toBe('DIGEST_MISMATCH');
  });

  it('may come without a type, if it says its own', async () => {
    fake.always('GET /v2/a/*', withHeaders({ 'content-type': undefined }));
    expect((await fetchManifest(repository, 'v1'))?.descriptor).toEqual(image.descriptor);
  });
});

describe('tags', () => {
  it('are listed over all pages, sorted', async () => {
    for (const tag of ['c', 'a', 'b', 'd', 'e']) fake.content.repository('a/b').tags.set(tag, fakeDigest('a'));
    fake.content.pageSize = 2;
    expect(await listTags(repository)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(asked()).toHaveLength(3);
  });

  it('are none where there is no repository', async () => {
    await repository.host.close();
    repository = repositoryAt(fake, 'no/such');
    expect(await listTags(repository)).toBeUndefined();
  });

  it.for<[what: string, link: string]>([
    ['come again', '</v2/a/b/tags/list>; rel="next"'],
    ['lie on another host', '<http://elsewhere.example/v2/a/b/tags/list?last=x>; rel="next"'],
    ['need credentials of their own', '<http://u:p@HOST/v2/a/b/tags/list?last=x>; rel="next"'],
  ])('are refused where pages %s', async ([, link]) => {
    const headers = { link: link.replace('HOST', fake.host) };
    fake.always('GET /v2/a/*', reply(200, headers, JSON.stringify({ name: 'a/b', tags: ['x'] })));
    expect((await failureOf(() => listTags(repository))).code).toBe('PAGINATION_UNSAFE');
  });

  it('are refused where there are too many pages', async () => {
    let page = 0;
    fake.always('GET /v2/a/*', (response, seen, ordinary) =>
      reply(200, { link: `</v2/a/b/tags/list?last=${page++}>; rel="next"` }, '{"tags":[]}')(response, seen, ordinary),
    );
    const few = { ...repository, limits: { ...repository.limits, pages: 5 } };
    expect((await failureOf(() => listTags(few))).code).toBe('PAGINATION_UNSAFE');
    expect(asked()).toHaveLength(5);
  });

  it('are refused where they are none', async () => {
    fake.once('GET /v2/a/*', reply(200, {}, '{"tags":["../x"]}'));
    expect((await failureOf(() => listTags(repository))).code).toBe('SCHEMA_INVALID');
    fake.once('GET /v2/a/*', reset, reset);
    expect((await failureOf(() => listTags(repository))).code).toBe('CONNECTION_LOST');
  });
});
