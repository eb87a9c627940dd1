import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { ErrorCode } from '../../src/base/error-code.js';
import { tarOf, writeFiles } from '../support/archive-builder.js';
import { blobPath, digestOf } from '../support/image-builder.js';
import { L1, imageA, layoutBase } from './bases.js';
import { createWorkbench, expectAccepted, expectRefused, expectSameBytes, saved } from './outcome.js';
import { contextWith } from '../../src/operation/context.js';
import { inspect } from '../../src/operation/inspect.js';
import { withoutRoot } from '../support/without-root.js';

const bench = createWorkbench();
const BLOB = blobPath(digestOf(L1.plain));
const MANIFEST = blobPath(digestOf(imageA().manifest));

const layoutDirectory = (): string => {
  const root = mkdtempSync(join(bench.root, 'layout-'));
  writeFiles(root, layoutBase());
  return root;
};

/** Puts something else in the place of a file or folder, whose content goes beside the layout. */
const instead = (root: string, path: string, put: (at: string, moved: string) => void): void => {
  const moved = join(mkdtempSync(join(bench.root, 'moved-')), 'x');
  renameSync(join(root, path), moved);
  put(join(root, path), moved);
};
const link = (at: string, moved: string): void => symlinkSync(moved, at);
const fifo = (at: string): void => void execFileSync('mkfifo', [at]);
const folder = (at: string): void => mkdirSync(at);
const socketLike = (at: string): void => symlinkSync('/dev/zero', at);

const CASES: readonly (readonly [
  row: string,
  what: string,
  path: string,
  put: (at: string, moved: string) => void,
  code: ErrorCode,
])[] = [
  ['O26', 'index.json is a folder', 'index.json', folder, 'LAYOUT_INVALID'],
  ['O26', 'index.json is a link', 'index.json', link, 'BLOB_NOT_REGULAR'],
  ['O26', 'index.json is a FIFO', 'index.json', fifo, 'BLOB_NOT_REGULAR'],
  ['O26', 'oci-layout is a FIFO', 'oci-layout', fifo, 'BLOB_NOT_REGULAR'],
  ['O27', 'a layer is a link to the right bytes', BLOB, link, 'BLOB_NOT_REGULAR'],
  ['O27', 'a layer is a link to a device', BLOB, socketLike, 'BLOB_NOT_REGULAR'],
  ['O27', 'a layer is a FIFO', BLOB, fifo, 'BLOB_NOT_REGULAR'],
  ['O27', 'a layer is a folder', BLOB, folder, 'BLOB_NOT_REGULAR'],
  ['O27', 'a manifest is a link to the right bytes', MANIFEST, link, 'BLOB_NOT_REGULAR'],
  // What lies behind a linked folder is not of the layout.
  ['O27', 'blobs is a link', 'blobs', link, 'BLOB_NOT_REGULAR'],
  ['O27', 'blobs/sha256 is a link', dirname(BLOB), link, 'BLOB_NOT_REGULAR'],
  ['O27', 'blobs is a FIFO', 'blobs', fifo, 'BLOB_NOT_REGULAR'],
];

describe('faults of layouts in directories', () => {
  it('the base is the image of the archive', async () => {
    const { archive } = saved(await bench.save(bench.input(tarOf(layoutBase()))));
    expectSameBytes(await expectAccepted(bench, layoutDirectory()), archive);
  });

  it('a link to the layout is the layout', async () => {
    symlinkSync(layoutDirectory(), join(bench.root, 'linked'));
    await expectAccepted(bench, join(bench.root, 'linked'));
  });

  it.for(CASES)('%s %s', { timeout: 5000 }, async ([, , path, put, code]) => {
    const root = layoutDirectory();
    instead(root, path, put);
    await expectRefused(bench, root, code);
  });

  it('O26 index.json cannot be read: the surroundings are to blame, not the layout', async () => {
    const root = layoutDirectory();
    chmodSync(join(root, 'index.json'), 0);
    for (const open of [bench.root, root]) chmodSync(open, 0o755);
    const context = contextWith({ pathExists: existsSync });
    await withoutRoot(() =>
      expect(inspect(root, context)).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
        class: 'surroundings',
        details: { subject: `${root}: index.json` },
      }),
    );
  });

  it('a blob that goes away is missing', async () => {
    const root = layoutDirectory();
    rmSync(join(root, BLOB));
    await expectRefused(bench, root, 'BLOB_MISSING');
  });

  it('a blob with other bytes', async () => {
    const root = layoutDirectory();
    writeFileSync(join(root, BLOB), Buffer.alloc(L1.plain.length, 'x'));
    await expectRefused(bench, root, 'DIGEST_MISMATCH', { subject: digestOf(L1.plain) });
  });

  it.for(['archive that is a FIFO', 'archive behind a FIFO'] as const)(
    'an %s is refused at once',
    { timeout: 5000 },
    async (what) => {
      const at = join(bench.root, what.replaceAll(' ', '-'));
      fifo(at);
      const source = what === 'archive that is a FIFO' ? at : `oci-archive:${at}`;
      await expectRefused(bench, source, 'ARCHIVE_NOT_REGULAR', { found: 'a FIFO' });
    },
  );
});
