import { describe, expect, it } from 'vitest';

import { type Files, tarOf } from '../support/archive-builder.js';
import { type Json, REF_NAME, digestOf } from '../support/image-builder.js';
import { L1, dockerBase, imageA, layoutBase } from './bases.js';
import { createWorkbench, expectAccepted, expectRefused } from './outcome.js';

const bench = createWorkbench();

const HEX = digestOf(L1.plain).slice('sha256:'.length);
const LONG = HEX + HEX;

const BAD_DIGESTS: readonly (readonly [what: string, digest: string])[] = [
  ['63 digits', `sha256:${HEX.slice(1)}`],
  ['65 digits', `sha256:${HEX}0`],
  ['127 digits of sha512', `sha512:${LONG.slice(1)}`],
  ['129 digits of sha512', `sha512:${LONG}0`],
  ['64 digits of sha512', `sha512:${HEX}`],
  ['upper case', `sha256:${HEX.replace(/[a-f]/, (digit) => digit.toUpperCase())}`],
  ['an algorithm in upper case', `SHA256:${HEX}`],
  ['a digit that is no hex', `sha256:${HEX.slice(1)}g`],
  ['a NUL', `sha256:${HEX}\0`],
  ['a newline at the end', `sha256:${HEX}\n`],
  ['Unicode digits', `sha256:${HEX.slice(1)}\u0665`],
  ['percent signs', `sha256%3A${HEX}`],
  ['percent signs in the digits', `sha256:${HEX.slice(3)}%2e`],
  ['a path', `sha256:../${HEX.slice(3)}`],
  ['no algorithm', HEX],
  ['no digits', 'sha256:'],
  ['two colons', `sha256:sha256:${HEX}`],
  ['nothing', ''],
  ['an algorithm like a path', `../sha256:${HEX}`],
];

const UNKNOWN_DIGESTS = [
  `md5:${HEX.slice(32)}`,
  `blake3:${HEX}`,
  `sha256+b64u:${HEX.slice(21)}`,
  `x:${'A'.repeat(200)}`,
];

const NAME_255 = `r.io/${'n'.repeat(250)}`;
const NAME_256 = `r.io/${'n'.repeat(251)}`;

/** Tags of a docker-archive, and what they are called in full. */
const GOOD_TAGS: readonly (readonly [tag: string, full: string])[] = [
  ['alpine', 'docker.io/library/alpine:latest'],
  ['a/b', 'docker.io/a/b:latest'],
  ['localhost/x:1', 'localhost/x:1'],
  ['localhost:5000/x', 'localhost:5000/x:latest'],
  ['[::1]:5000/x:1', '[::1]:5000/x:1'],
  ['xn--bcher-kva.example/x:1', 'xn--bcher-kva.example/x:1'],
  ['index.docker.io/x:1', 'docker.io/library/x:1'],
  [`x:${'t'.repeat(128)}`, `docker.io/library/x:${'t'.repeat(128)}`],
  [`${NAME_255}:1`, `${NAME_255}:1`],
  ['r.io:65535/x:1', 'r.io:65535/x:1'],
  ['x/a__b.c--d:1', 'docker.io/x/a__b.c--d:1'],
  ['x:_1', 'docker.io/library/x:_1'],
];

const BAD_TAGS: readonly (readonly [what: string, tag: string])[] = [
  ['a name of 256', `${NAME_256}:1`],
  ['a tag of 129', `x:${'t'.repeat(129)}`],
  ['port 0', 'r.io:0/x:1'],
  ['port 65536', 'r.io:65536/x:1'],
  ['a host of Unicode', 'bücher.example/x:1'],
  ['an option', '-x'],
  ['underscores alone', '__'],
  ['two dots', 'a..b:1'],
  ['three underscores', 'a___b:1'],
  ['64 hex digits', `${HEX}:1`],
  ['a path in upper case', 'r.io/Name:1'],
  ['a slash at the end', 'x/:1'],
  ['two slashes', 'a//b:1'],
  ['a space', 'a b:1'],
  ['a newline', 'a:1\n'],
  ['ESC', 'a:\u001b[2J'],
  ['a right-to-left override', 'a:\u202e1'],
  ['a tag that is a path', 'a:../1'],
  ['a digest that is none', 'a:1@sha256:0'],
  ['dots', '..'],
  ['a URL', 'https://r.io/x:1'],
];

const layoutOf = (change: Json): Files => layoutBase({ image: { descriptor: (value) => ({ ...value, ...change }) } });
const tagged = (...names: readonly string[]): Files =>
  dockerBase({ manifest: (items) => [{ ...items[0], RepoTags: names }] });
const named = (name: string): Files =>
  layoutOf({ annotations: { [REF_NAME]: name } }).map((file) =>
    file.path === 'index.json'
      ? { ...file, bytes: Buffer.from(Buffer.from(file.bytes).toString().replace('"t1"', JSON.stringify(name))) }
      : file,
  );
const input = (files: Files): string => bench.input(tarOf(files));

describe('faults of digests and references', () => {
  it.for(BAD_DIGESTS)('a digest with %s: DIGEST_INVALID', async ([, digest]) => {
    await expectRefused(bench, input(layoutOf({ digest })), 'DIGEST_INVALID', { pointer: '/manifests/0/digest' });
    const config = (value: Json): Json => ({ ...value, rootfs: { type: 'layers', diff_ids: [digest, digest] } });
    await expectRefused(bench, input(dockerBase({ image: { config } })), 'DIGEST_INVALID', {
      pointer: '/rootfs/diff_ids/0',
    });
  });

  it.for(UNKNOWN_DIGESTS)(
    'a digest of an unknown algorithm is a digest, of something that is not here: %s',
    async (digest) => {
      await expectRefused(bench, input(layoutOf({ digest })), 'BLOB_MISSING', { subject: digest });
    },
  );

  it('a diffID of an unknown algorithm cannot be verified', async () => {
    const config = (value: Json): Json => ({
      ...value,
      rootfs: { type: 'layers', diff_ids: UNKNOWN_DIGESTS.slice(0, 2) },
    });
    await expectRefused(bench, input(dockerBase({ image: { config } })), 'DIGEST_ALGORITHM_UNSUPPORTED');
  });

  it.for(GOOD_TAGS)('the tag %s means %s', async ([tag, full]) => {
    const archive = await expectAccepted(bench, input(tagged(tag)));
    expect(archive.equals(await expectAccepted(bench, input(tagged(full))))).toBe(true);
    expect(archive.includes(JSON.stringify(full))).toBe(true);
  });

  it.for(BAD_TAGS)('a tag with %s: REFERENCE_INVALID', async ([, tag]) => {
    await expectRefused(bench, input(tagged('x:1', tag)), 'REFERENCE_INVALID', { subject: tag });
  });

  it.for(BAD_TAGS.filter(([, tag]) => /[:/]/.test(tag)))(
    'a ref.name with %s is a label only if the grammar of labels allows it',
    async ([, tag]) => {
      const isLabel =
        /^[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*(?:\/[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*)*$/.test(tag);
      const source = input(named(tag));
      if (isLabel) await expectAccepted(bench, source);
      else await expectRefused(bench, source, 'REFERENCE_INVALID', { subject: tag });
    },
  );

  it('a tag with a digest is a name of an image, and no tag for Docker', async () => {
    const full = `docker.io/library/x:1@${digestOf(imageA().manifest)}`;
    const archive = await expectAccepted(bench, input(tagged(full)));
    expect(archive.includes(`"RepoTags":[]`)).toBe(true);
    expect(archive.includes(full)).toBe(true);
  });
});
