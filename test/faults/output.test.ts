import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterEach, describe, expect, it } from 'vitest';

import type { ToolEvent } from '../../src/base/event.js';
import type { ByteStream } from '../../src/base/bytes.js';
import { DEFAULT_SETTINGS, PROFILES } from '../../src/format/profile.js';
import { type OperationContext, contextWith } from '../../src/operation/context.js';
import { DEFAULT_TRANSFER, type TransferOptions } from '../../src/operation/prepare.js';
import type { SaveReport } from '../../src/operation/report.js';
import { type SaveOutput, save } from '../../src/operation/save.js';
import { tarOf } from '../support/archive-builder.js';
import { MEDIA, buildImage, dockerFiles, layerTar, layoutFiles } from '../support/image-builder.js';
import { L1, layoutBase } from './bases.js';
import { createWorkbench, expectSameBytes, saved } from './outcome.js';
import { withoutRoot } from '../support/without-root.js';

const bench = createWorkbench();
const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';
const MIB = 1024 * 1024;

const LARGE = { plain: layerTar({ 'large.txt': 'x'.repeat(3 * MIB) }) };

const saveTo = (
  source: string,
  output: SaveOutput,
  context: Partial<OperationContext> = {},
  transfer: Partial<TransferOptions> = {},
): Promise<SaveReport> =>
  save(
    [source],
    output,
    { ...DEFAULT_TRANSFER, ...transfer, profile: PROFILES['hybrid-1'], settings: DEFAULT_SETTINGS, digest: false },
    contextWith({ pathExists: existsSync, temporary: bench.temporary, ...context }),
  );

const to = (path: string): SaveOutput => ({ path, durable: true });
const small = (): string => bench.input(tarOf(layoutBase()));
const large = (): string =>
  bench.input(tarOf(layoutFiles([{ built: buildImage({ layers: [L1, LARGE] }), names: ['t'] }])), 'large.tar');
const folder = (): string => mkdtempSync(join(bench.root, 'output-'));

describe('faults of the output', () => {
  afterEach(() => {
    const left = readdirSync(bench.temporary);
    if (left.length > 0) throw new Error(`temporary files stay: ${left.join(', ')}`);
  });

  it('the folder is not there', async () => {
    const path = join(folder(), 'none', 'x.tar');
    await expect(saveTo(small(), to(path))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      class: 'surroundings',
      details: { subject: path },
    });
  });

  it('the folder is a file', async () => {
    const path = join(small(), 'x.tar');
    await expect(saveTo(small(), to(path))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', class: 'surroundings' });
  });

  it('the folder may not be written', async () => {
    const root = folder();
    chmodSync(root, 0o555);
    chmodSync(bench.root, 0o755);
    const input = small();
    await withoutRoot(() =>
      expect(saveTo(input, to(join(root, 'x.tar')))).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
        class: 'surroundings',
        details: { subject: join(root, 'x.tar') },
      }),
    );
    chmodSync(root, 0o700);
    expect(readdirSync(root)).toEqual([]);
  });

  it('the output is a folder', async () => {
    const root = folder();
    await expect(saveTo(small(), to(root))).rejects.toMatchObject({ code: 'DESTINATION_UNFIT', class: 'usage' });
    expect(readdirSync(root)).toEqual([]);
  });

  it('the output is a link: what it points to is replaced, and it stays a link', async () => {
    const root = folder();
    writeFileSync(join(root, 'real'), 'before');
    symlinkSync('real', join(root, 'link'));
    await saveTo(small(), to(join(root, 'link')));
    expectSameBytes(readFileSync(join(root, 'real')), saved(await bench.save(small())).archive);
    expect(readdirSync(root).toSorted()).toEqual(['link', 'real']);
  });

  it('the output is a link to nothing: that is made, as a shell would', async () => {
    const root = folder();
    symlinkSync('nowhere', join(root, 'link'));
    await saveTo(small(), to(join(root, 'link')));
    expectSameBytes(readFileSync(join(root, 'nowhere')), saved(await bench.save(small())).archive);
    expect(readdirSync(root).toSorted()).toEqual(['link', 'nowhere']);
  });

  it('the output is the input', async () => {
    const source = small();
    const { archive } = saved(await bench.save(source));
    await saveTo(source, to(source));
    expectSameBytes(readFileSync(source), archive);
  });

  it('the output is a device', async () => {
    const { archive } = await saveTo(small(), to('/dev/null'));
    expect(archive.size).toBeGreaterThan(0);
  });

  it.skipIf(!isLinux)('U02 the device is full', async () => {
    await expect(saveTo(small(), to('/dev/full'))).rejects.toMatchObject({ code: 'NO_SPACE', class: 'surroundings' });
  });

  it('the name is too long', async () => {
    const root = folder();
    await expect(saveTo(small(), to(join(root, 'n'.repeat(300))))).rejects.toMatchObject({ class: 'surroundings' });
    expect(readdirSync(root)).toEqual([]);
  });

  it('S14 odd names', async () => {
    const root = folder();
    for (const name of ['with space', 'new\nline', '-rf', '%s', 'ü\u{1f4e6}', 'n'.repeat(255)]) {
      await saveTo(small(), to(join(root, name)));
      expect(existsSync(join(root, name))).toBe(true);
    }
    expect(readdirSync(root).length).toBe(6);
  });

  it('the consumer of a stream fails', async () => {
    const failure = new Error('the reader went away');
    const consume = async (stream: ByteStream): Promise<void> => {
      for await (const _ of stream) throw failure;
    };
    await expect(saveTo(small(), { stream: consume })).rejects.toBe(failure);
  });

  it('the consumer of a stream stops early', async () => {
    const consume = async (stream: ByteStream): Promise<void> => {
      for await (const _ of stream) break;
    };
    await expect(saveTo(small(), { stream: consume })).resolves.toMatchObject({ output: '-' });
  });

  describe.skipIf(!isRoot || !isLinux)('on a disk that is full', () => {
    const withDisk = async (size: string, use: (mount: string) => Promise<void>): Promise<void> => {
      const mount = folder();
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', mount]);
      try {
        await use(mount);
      } finally {
        execFileSync('umount', [mount]);
      }
    };

    it('S03 the archive does not fit', async () => {
      await withDisk('1m', async (mount) => {
        writeFileSync(join(mount, 'x.tar'), 'before');
        await expect(saveTo(large(), to(join(mount, 'x.tar')))).rejects.toMatchObject({
          code: 'NO_SPACE',
          class: 'surroundings',
        });
        expect(readFileSync(join(mount, 'x.tar'), 'utf8')).toBe('before');
        expect(readdirSync(mount)).toEqual(['x.tar']);
        await saveTo(small(), to(join(mount, 'x.tar')));
        expectSameBytes(readFileSync(join(mount, 'x.tar')), saved(await bench.save(small())).archive);
      });
    });

    it('S03 no file more fits', async () => {
      await withDisk('1m,nr_inodes=2', async (mount) => {
        writeFileSync(join(mount, 'x.tar'), 'before');
        await expect(saveTo(small(), to(join(mount, 'x.tar')))).rejects.toMatchObject({ code: 'NO_SPACE' });
        expect(readFileSync(join(mount, 'x.tar'), 'utf8')).toBe('before');
      });
    });

    const packed = { ...LARGE, stored: gzipSync(LARGE.plain), mediaType: MEDIA.layerGzip };
    it.for([
      ['of an outer file', () => bench.input(gzipSync(readFileSync(large())), 'large.tar.gz'), {}],
      [
        'of layers',
        () => bench.input(tarOf(layoutFiles([{ built: buildImage({ layers: [packed] }) }])), 'packed.tar'),
        { layers: 'none' },
      ],
    ] as const)('S03 what is decompressed %s does not fit', async ([, source, transfer]) => {
      await withDisk('1m', async (mount) => {
        const path = join(bench.output, 'target.tar');
        writeFileSync(path, 'before');
        await expect(saveTo(source(), to(path), { temporary: mount }, transfer)).rejects.toMatchObject({
          code: 'NO_SPACE',
          class: 'surroundings',
        });
        expect(readFileSync(path, 'utf8')).toBe('before');
        expect(readdirSync(mount)).toEqual([]);
      });
    });

    it('S07 a disk that is read-only', async () => {
      await withDisk('1m,ro', async (mount) => {
        await expect(saveTo(small(), to(join(mount, 'x.tar')))).rejects.toMatchObject({
          code: 'PERMISSION_DENIED',
          class: 'surroundings',
        });
      });
    });
  });

  describe('an input that changes meanwhile', () => {
    const whenWriting =
      (act: () => void) =>
      (event: ToolEvent): void => {
        if (event.type === 'phase' && event.name === 'write archive') act();
      };

    it.for([
      ['a layout', large],
      [
        'a docker-archive',
        () => bench.input(tarOf(dockerFiles([{ built: buildImage({ layers: [LARGE] }), names: ['t'] }])), 'docker.tar'),
      ],
      ['a small layout', small],
    ] as const)('%s becomes shorter', async ([, input]) => {
      const source = input();
      const path = join(bench.output, 'target.tar');
      writeFileSync(path, 'before');
      const observer = whenWriting(() => truncateSync(source, 3000));
      await expect(saveTo(source, to(path), { observer })).rejects.toMatchObject({
        code: 'FILE_CHANGED',
        class: 'surroundings',
      });
      expect(readFileSync(path, 'utf8')).toBe('before');
      expect(readdirSync(bench.output)).toEqual(['target.tar']);
    });

    it('other bytes come instead', async () => {
      const source = large();
      const path = join(bench.output, 'target.tar');
      writeFileSync(path, 'before');
      const observer = whenWriting(() => writeFileSync(source, Buffer.alloc(readFileSync(source).length)));
      await expect(saveTo(source, to(path), { observer })).rejects.toMatchObject({
        code: 'DIGEST_MISMATCH',
        class: 'input',
      });
      expect(readFileSync(path, 'utf8')).toBe('before');
      expect(readdirSync(bench.output)).toEqual(['target.tar']);
    });

    it('a blob of a layout directory goes away', async () => {
      const root = folder();
      execFileSync('tar', ['-xf', large(), '-C', root]);
      const path = join(bench.output, 'target.tar');
      writeFileSync(path, 'before');
      const observer = whenWriting(() => execFileSync('rm', ['-r', join(root, 'blobs')]));
      await expect(saveTo(root, to(path), { observer })).rejects.toMatchObject({
        code: 'FILE_NOT_FOUND',
        class: 'surroundings',
      });
      expect(readFileSync(path, 'utf8')).toBe('before');
      expect(readdirSync(bench.output)).toEqual(['target.tar']);
    });

    it('the work is called off', async () => {
      const path = join(bench.output, 'target.tar');
      writeFileSync(path, 'before');
      const controller = new AbortController();
      const reason = new Error('called off');
      const observer = whenWriting(() => controller.abort(reason));
      await expect(saveTo(large(), to(path), { observer, signal: controller.signal })).rejects.toBe(reason);
      expect(readFileSync(path, 'utf8')).toBe('before');
      expect(readdirSync(bench.output)).toEqual(['target.tar']);
    });
  });

  it.skipIf(!isLinux)('no file stays open, whatever happens', async () => {
    const open = (): number => readdirSync('/proc/self/fd').length;
    const good = small();
    const bad = bench.input(tarOf(layoutBase()).subarray(0, 6000), 'cut.tar');
    const zipped = bench.input(gzipSync(readFileSync(bad)), 'cut.tar.gz');
    const md5 = bench.input(tarOf(layoutBase({ image: { algorithm: 'md5' } })), 'md5.tar');
    const run = async (): Promise<void> => {
      for (const source of [good, bad, zipped, md5, join(bench.root, 'none')]) {
        await bench.save(source).catch(() => {});
        await bench.findings(source).catch(() => {});
      }
    };
    await run();
    const before = open();
    for (let round = 0; round < 5; round += 1) await run();
    expect(open()).toBeLessThanOrEqual(before);
    closeSync(openSync(good, 'r'));
  });

  it('an empty folder is no image', async () => {
    mkdirSync(join(bench.root, 'empty'));
    expect(await bench.save(join(bench.root, 'empty'))).toMatchObject({
      state: 'refused',
      error: { code: 'ARCHIVE_EMPTY', class: 'input' },
    });
  });

  it('a file that is not there', async () => {
    const none = `./${join('none', 'x.tar')}`;
    expect(await bench.save(none)).toMatchObject({
      state: 'refused',
      error: { code: 'FILE_NOT_FOUND', class: 'surroundings' },
    });
  });
});
