import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/cli/version.js';
import { ROOT, golden, run, runJson } from './support/run.js';
import { inScratch } from './support/scratch.js';

inScratch();

const APP = golden('app/docker-save.tar');
const MANIFEST = 'sha256:b711c79ee3b8e5b89eb8f1b63f5f3fd92708d62b133e662e9eb5a06560d781e1';
const CONFIG = 'sha256:69f0ba4a96afa2f184253636b7c5da2122cee87ffbad4a3278baa7da6f3dc836';
const MULTI = `oci:${golden('multi/oras-layout')}`;

const archiveDigest = async (...argv: string[]): Promise<string> =>
  (await run(['digest', ...argv])).stdout.slice(0, 71);

describe('ingot', () => {
  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string };
    expect(VERSION).toBe(version);
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: `ingot ${version}\n`, stderr: '' });
  });

  it.for([[[]], [['--help']], [['-h']]])('gives help on standard output: %j', async ([argv]) => {
    const { code, stdout, stderr } = await run(argv ?? []);
    expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: ingot COMMAND\n/);
    expect(stdout).not.toMatch(/ \n/);
  });
});

describe('save', () => {
  it('writes the archive and tells what is in it', async () => {
    const { code, stdout, stderr } = await run(['save', APP, '-o', 'app.tar', '--digest']);
    expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      [
        'registry.example/demo/app:1.0 (linux/amd64)',
        `  digest    ${MANIFEST}`,
        `  image ID  ${CONFIG}`,
        `saved: app.tar: hybrid-1, 53.8 kB (53760 bytes), ${await archiveDigest(APP)}`,
        '',
      ].join('\n'),
    );
    expect(readFileSync('app.tar')).toHaveLength(53_760);
  });

  it('reports as JSON', async () => {
    const report = await runJson('save-report', [
      'save',
      APP,
      '-o',
      'json.tar',
      '--mtime',
      '1970-01-01T00:01:00Z',
      '--profile',
      'oci-1',
    ]);
    expect(report).toMatchObject({
      output: 'json.tar',
      profile: 'oci-1',
      mtime: 60,
      layers: 'keep',
      images: [{ digest: MANIFEST }],
    });
  });

  it('writes to standard output, the summary beside', async () => {
    const { code, bytes, stderr } = await run(['save', APP, '-o', '-']);
    await run(['save', APP, '-o', 'same.tar', '--quiet']);
    expect(code).toBe(0);
    expect(stderr).toBe('saved: -: hybrid-1, 53.8 kB (53760 bytes)\n');
    expect(bytes.equals(readFileSync('same.tar'))).toBe(true);
  });

  it('says nothing with --quiet', async () => {
    expect(await run(['save', APP, '-o', 'quiet.tar', '-q'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(existsSync('quiet.tar')).toBe(true);
  });

  it('takes the time from SOURCE_DATE_EPOCH, and from --mtime first', async () => {
    const env = { SOURCE_DATE_EPOCH: '1000' };
    expect(await runJson('save-report', ['save', APP, '-o', 'e.tar'], { env })).toMatchObject({ mtime: 1000 });
    expect(await runJson('save-report', ['save', APP, '-o', 'e.tar', '--mtime=2000'], { env })).toMatchObject({
      mtime: 2000,
    });
    expect(
      await runJson('save-report', ['save', APP, '-o', 'e.tar'], { env: { SOURCE_DATE_EPOCH: '' } }),
    ).toMatchObject({ mtime: 0 });
  });

  it('renames, chooses platforms and decompresses', async () => {
    const argv = [
      'save',
      MULTI,
      '-o',
      'm.tar',
      '--platform',
      'linux/amd64',
      '--name',
      'a:1',
      '--layers',
      'none',
      '--allow-sparse',
    ];
    const report = await runJson('save-report', argv);
    expect(report).toMatchObject({
      layers: 'none',
      images: [{ names: expect.arrayContaining(['docker.io/library/a:1']) as unknown }],
    });
  });

  it('restores what the registry had, and leaves a recipe', async () => {
    const from = golden('app/skopeo-oci.tar');
    const report = await runJson('save-report', [
      'save',
      APP,
      '--layers',
      'restore',
      '--manifest-from',
      from,
      '-o',
      'r.tar',
    ]);
    expect(report).toMatchObject({ layers: 'restore', recipe: 'r.tar.recipe.json' });
    expect(await archiveDigest('r.tar')).toBe(await archiveDigest(from));
  });

  it('compresses by a named codec', async () => {
    const report = await runJson('save-report', ['save', APP, '--layers', 'gzip=zlib-1.3/1', '-o', 'z.tar']);
    expect(report).toMatchObject({ layers: 'gzip' });
  });

  it('reads standard input', async () => {
    const { code } = await run(['save', '-', '-o', 'stdin.tar'], { stdin: readFileSync(APP) });
    expect(code).toBe(0);
    expect(await archiveDigest('stdin.tar')).toBe(await archiveDigest(APP));
  });
});

describe('load and copy', () => {
  it('list what is in an archive', async () => {
    const report = await runJson('load-report', ['load', golden('hybrid/containerd-two.tar'), '--list']);
    expect(report).not.toHaveProperty('destination');
    expect(report).toMatchObject({ images: [{}, {}] });
    expect((await run(['load', APP, '--list'])).stdout).toContain(`image ID  ${CONFIG}`);
  });

  it('put images into a layout', async () => {
    const { code, stdout } = await run(['load', APP, '--to', 'oci:loaded']);
    expect(code).toBe(0);
    expect(stdout.split('\n').at(-2)).toBe('loaded: 1 image into oci:loaded');
    expect(
      await runJson('load-report', ['load', '-', '--to', 'oci:loaded'], { stdin: readFileSync(APP) }),
    ).toMatchObject({
      source: '-',
      destination: 'oci:loaded',
    });
    expect(await archiveDigest('oci:loaded')).toBe(await archiveDigest(APP));
  });

  it('copy from place to place', async () => {
    expect((await run(['copy', APP, 'dir:copied'])).stdout.split('\n').at(-2)).toBe('copied: 1 image to dir:copied');
    expect(await runJson('copy-report', ['copy', APP, 'oci-archive:copied.tar:v2'])).toMatchObject({
      images: [{ names: ['v2'] }],
    });
    expect(await run(['copy', APP, '-'])).toMatchObject({ code: 0, stderr: 'copied: 1 image to -\n' });
  });
});

describe('verify', () => {
  it('says yes', async () => {
    expect(await run(['verify', APP])).toMatchObject({
      code: 0,
      stdout: 'verified: 1 image in 1 location\n',
      stderr: '',
    });
    expect(await runJson('verify-report', ['verify', APP, '--quick'])).toMatchObject({ verified: true });
  });

  it('says no, a line for each finding', async () => {
    const bytes = readFileSync(golden('app/skopeo-oci.tar'));
    const place = bytes.indexOf(Buffer.from([0x1f, 0x8b])) + 50;
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    writeFileSync('damaged.tar', bytes);
    const { code, stdout } = await run(['verify', 'damaged.tar']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^error: DIGEST_MISMATCH: sha256:/m);
    expect(stdout).toMatch(/^not verified: \d+ errors?.*; 1 image in 1 location\n$/m);
    expect(await runJson('verify-report', ['verify', 'damaged.tar'])).toMatchObject({ verified: false });
    expect((await run(['verify', 'damaged.tar', '-q'])).stdout).not.toMatch(/verified/);
  });

  it('compares with what is expected', async () => {
    expect((await run(['verify', APP, '--expect', MANIFEST])).code).toBe(0);
    expect((await run(['verify', APP, '--expect', CONFIG.slice('sha256:'.length)])).code).toBe(0);
    const { code, stdout } = await run(['verify', APP, '--expect', '0'.repeat(64)]);
    expect({ code, stdout }).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^error: DIGEST_UNEXPECTED: /) as unknown,
    });
  });

  it('compares with a lock', async () => {
    expect((await run(['lock', APP, '-o', 'app.lock'])).stdout).toBe('locked: 1 reference in app.lock\n');
    expect((await run(['verify', APP, '--lock', 'app.lock'])).code).toBe(0);
    const other = await run(['verify', golden('hybrid/containerd-two.tar'), '--lock', 'app.lock']);
    expect(other.code).toBe(1);
    expect(other.stdout).toMatch(/^error: LOCK_MISMATCH: /m);
    writeFileSync('bad.lock', '{}');
    expect((await run(['verify', APP, '--lock', 'bad.lock'])).code).toBe(3);
  });
});

describe('digest and lock', () => {
  it('print a line for each location', async () => {
    const { stdout } = await run(['digest', APP, golden('app/podman-save.tar')]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(new Set(lines.map((line) => line.slice(0, 71))).size).toBe(1);
    expect(lines[0]?.slice(72)).toBe(APP);
  });

  it('tell files and images', async () => {
    expect(await runJson('digest-report', ['digest', '--file', APP])).toMatchObject({ digests: [{ kind: 'file' }] });
    expect(await runJson('digest-report', ['digest', APP])).toMatchObject({ digests: [{ kind: 'archive' }] });
    expect(await runJson('digest-report', ['digest', '--images', APP])).toMatchObject({
      digests: [{ kind: 'image', digest: MANIFEST, imageID: CONFIG }],
    });
  });

  it('agree on every flag that changes bytes', async () => {
    for (const flags of [
      ['--profile', 'oci-1'],
      ['--mtime', '5'],
      ['--layers', 'none'],
      ['--name', 'b:2'],
    ]) {
      await run(['save', APP, '-o', 'flag.tar', ...flags]);
      expect((await run(['digest', '--file', 'flag.tar'])).stdout.slice(0, 71)).toBe(
        await archiveDigest(APP, ...flags),
      );
    }
  });

  it('write a lock', async () => {
    const report = await runJson('lock', ['lock', APP]);
    expect(report).toMatchObject({
      images: { 'registry.example/demo/app:1.0': { digest: MANIFEST, imageID: CONFIG } },
    });
    await runJson('lock', ['lock', APP, '-o', 'json.lock']);
    expect(readFileSync('json.lock', 'utf8')).toBe((await run(['lock', APP])).stdout);
  });
});

describe('what is in it', () => {
  it('inspect', async () => {
    const { stdout, code } = await run(['inspect', APP]);
    expect(code).toBe(0);
    expect(stdout).toContain('registry.example/demo/app:1.0 (linux/amd64)\n');
    expect(stdout).toContain('    Entrypoint  ["/opt/tool"]\n');
    expect(stdout).not.toMatch(/ \n/);
    expect(await runJson('inspect-report', ['inspect', APP])).toMatchObject({ images: [{ imageID: CONFIG }] });
    expect(await runJson('inspect-report', ['inspect', MULTI])).toMatchObject({ images: [{ manifests: [{}, {}] }] });
    expect(await runJson('inspect-report', ['inspect', MULTI, '--platform', 'linux/amd64'])).toMatchObject({
      images: [{ platform: 'linux/amd64', layers: expect.any(Array) as unknown }],
    });
  });

  it('inspect gives documents byte for byte', async () => {
    const { imageID } =
      ((await runJson('digest-report', ['digest', '--images', APP])) as { digests: { imageID: string }[] })
        .digests[0] ?? {};
    const { createHash } = await import('node:crypto');
    const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    expect(sha256((await run(['inspect', '--config', APP])).bytes)).toBe(imageID);
    expect(sha256((await run(['inspect', '--raw', APP])).bytes)).toBe(MANIFEST);
  });

  it('tree', async () => {
    const { stdout } = await run(['tree', golden('hybrid/containerd-two.tar')]);
    expect(stdout).toMatch(/^manifest {2}registry\.example\/demo\/tool:2 {2}\(linux\/amd64\)/);
    expect(stdout).toMatch(/\n├─ layer {2}sha256:[0-9a-f]{64} {2}331 B {2}shared\n/);
    expect(stdout.split('\n').at(-2)).toBe('9 blobs, 27.6 kB (27562 bytes)');
    for (const path of ['oci/nested-index', 'oci/referrers', 'oci/artifact', 'oci/sha512', 'multi/oras-layout']) {
      await runJson('tree-report', ['tree', `oci:${golden(path)}`]);
    }
    await runJson('tree-report', ['tree', golden('multi/ctr-sparse.tar')]);
  });

  it('history', async () => {
    const { stdout } = await run(['history', APP]);
    expect(stdout.split('\n').slice(0, 3)).toStrictEqual([
      'registry.example/demo/app:1.0 (linux/amd64)',
      '  CREATED                  SIZE  CREATED BY                        COMMENT',
      '  2024-02-29T12:34:56Z  6.14 kB  COPY base / # layer 0             demo',
    ]);
    expect((await run(['history', '--no-trunc', APP])).stdout).toMatch(/ LAYER .*\n.* sha256:/);
    await runJson('history-report', ['history', APP]);
    await runJson('history-report', ['history', MULTI, '--platform', 'linux/amd64']);
  });

  it('ls', async () => {
    const { stdout } = await run(['ls', '-l', APP]);
    expect(stdout).toMatch(/^-rwsr-xr-x {2}0:0 +4 {2}2024-02-29T12:34:57Z {2}data\/sticky$/m);
    expect(stdout).toMatch(/^l.* usr\/share\/README\.link -> README$/m);
    expect((await run(['ls', APP])).stdout).toMatch(/^data\ndata\/empty\n/);
    await runJson('ls-report', ['ls', APP]);
    expect(await runJson('ls-report', ['ls', APP, '--layer', '0'])).toHaveProperty('layer');
  });
});

describe('completion', () => {
  it.for(['bash', 'zsh', 'fish'])('for %s names every command and option', async (shell) => {
    const { code, stdout } = await run(['completion', shell]);
    expect(code).toBe(0);
    for (const word of ['save', 'completion', 'drop-referrers', 'max-ratio', 'no-trunc'])
      expect(stdout).toContain(word);
  });
});
