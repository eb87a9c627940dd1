import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PINNED_CODEC_IDS } from '../../src/codec/pinned/codec.js';
import { codecOrder } from '../../src/layer/codec-search.js';
import { ROOT, golden, run, runFailing, runJson } from './support/run.js';
import { inScratch } from './support/scratch.js';

const GZIP_CODECS = codecOrder([]);

inScratch();

/** What docker saved, and what skopeo copied of the same image from the registry that docker had pushed it to. */
const SAVED = golden('app/docker-save.tar');
const PUSHED = golden('app/skopeo-oci.tar');
/** The same image as podman compressed it. */
const FOREIGN = golden('app/podman-oci.tar');
const DIGEST = 'sha256:f945b867d7f5a9cb08714b4c9b666e1c054d9846173c5e6c621194f3c4abb0e8';
const SYNTHESISED = 'sha256:b711c79ee3b8e5b89eb8f1b63f5f3fd92708d62b133e662e9eb5a06560d781e1';
const CONFIG = 'sha256:69f0ba4a96afa2f184253636b7c5da2122cee87ffbad4a3278baa7da6f3dc836';
const NAME = 'registry.example/demo/app:1.0';

const RESTORE = ['--layers', 'restore', '--manifest-from'];
const sha256 = (path: string): string => `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
const digestOf = async (...argv: string[]): Promise<string> => (await run(['digest', ...argv])).stdout.slice(0, 71);

interface SaveReport {
  readonly images: readonly { readonly digest: string }[];
  readonly recipe?: string;
  readonly notes: readonly {
    readonly code: string;
    readonly severity: string;
    readonly subject: string;
    readonly expected?: string;
  }[];
}
const save = async (...argv: string[]): Promise<SaveReport> =>
  (await runJson('save-report', ['save', ...argv])) as SaveReport;

let expected = '';
beforeAll(async () => {
  expected = await digestOf(PUSHED);
  await run(['lock', PUSHED, '-o', 'own.lock.json']);
  await run(['recipe', PUSHED, '-o', 'app.recipe.json']);
  const { stdout } = await run(['inspect', '--raw', PUSHED]);
  writeFileSync('app.manifest.json', stdout);
  // The layers of a compressor that nobody has: of their digests, the last digit is another one.
  const manifest = JSON.parse(stdout) as { readonly layers: readonly { readonly digest: string }[] };
  const other = (digest: string): string => digest.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
  writeFileSync(
    'nobody.manifest.json',
    JSON.stringify({
      ...manifest,
      layers: manifest.layers.map((layer) => ({ ...layer, digest: other(layer.digest) })),
    }),
  );
  writeFileSync('digest.lock.json', JSON.stringify({ version: 1, images: { [NAME]: { digest: DIGEST } } }));
  writeFileSync('other.lock.json', JSON.stringify({ version: 1, images: { [NAME]: { digest: CONFIG } } }));
});

describe('save --layers restore', () => {
  it.for<[line: string, from: string]>([
    ['an archive from the registry', PUSHED],
    ['a layout from the registry', `oci:${golden('app/skopeo-layout')}`],
    ['a directory from the registry', `dir:${golden('app/skopeo-dir')}`],
    ['the manifest itself', 'app.manifest.json'],
    ['a lock', 'own.lock.json'],
    ['a lock that has nothing but the digest', 'digest.lock.json'],
    ['a recipe', 'app.recipe.json'],
  ])('gives the archive of the registry by %s', async ([, from]) => {
    const report = await save(SAVED, ...RESTORE, from, '-o', 'restored.tar');
    expect(report).toMatchObject({
      layers: 'restore',
      images: [{ digest: DIGEST, imageID: CONFIG }],
      changes: [{ from: SYNTHESISED, to: DIGEST }],
      recipe: 'restored.tar.recipe.json',
      notes: [],
    });
    expect(sha256('restored.tar')).toBe(expected);
    expect(readFileSync('restored.tar.recipe.json').equals(readFileSync('app.recipe.json'))).toBe(true);
    rmSync('restored.tar.recipe.json');
  });

  it('puts the recipe where it is told to', async () => {
    expect((await save(SAVED, ...RESTORE, PUSHED, '-o', 'a.tar', '--recipe', 'elsewhere.json')).recipe).toBe(
      'elsewhere.json',
    );
    expect([existsSync('elsewhere.json'), existsSync('a.tar.recipe.json')]).toEqual([true, false]);
  });

  it('writes no recipe beside a stream, unless it is told to', async () => {
    const before = readdirSync('.');
    const { bytes } = await run(['save', SAVED, ...RESTORE, PUSHED, '-o', '-']);
    expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(expected);
    expect(readdirSync('.')).toEqual(before);
    await run(['save', SAVED, ...RESTORE, PUSHED, '-o', '-', '--recipe', 'stream.json']);
    expect(readFileSync('stream.json').equals(readFileSync('app.recipe.json'))).toBe(true);
  });

  it('of what is restored changes nothing', async () => {
    await save(SAVED, ...RESTORE, PUSHED, '-o', 'once.tar');
    expect(await save('once.tar', ...RESTORE, 'once.tar.recipe.json', '-o', 'twice.tar')).toMatchObject({
      changes: [],
      images: [{ digest: DIGEST }],
    });
    expect([sha256('twice.tar'), sha256('twice.tar.recipe.json')]).toEqual([expected, sha256('once.tar.recipe.json')]);
  });

  it('restores what podman compressed, of one version and of the next', async () => {
    for (const source of [FOREIGN, golden('app/podman5-oci.tar')]) {
      await save(SAVED, ...RESTORE, source, '-o', 'podman.tar');
      expect(sha256('podman.tar')).toBe(await digestOf(source));
    }
  });

  it('starts from layers of any compression, and from none', async () => {
    await save(FOREIGN, '--layers', 'none', '-o', 'plain.tar');
    for (const source of ['plain.tar', PUSHED, golden('app/podman-save.tar'), golden('app/skopeo-docker.tar')]) {
      expect(await digestOf(source, ...RESTORE, 'app.manifest.json')).toBe(expected);
    }
  });

  it('restores in copy and digest too', async () => {
    await run(['copy', SAVED, 'oci:layout', ...RESTORE, 'app.recipe.json']);
    expect(JSON.parse(readFileSync('layout/index.json', 'utf8'))).toMatchObject({ manifests: [{ digest: DIGEST }] });
    expect(await digestOf('oci:layout')).toBe(expected);
    expect(await digestOf(SAVED, ...RESTORE, 'own.lock.json')).toBe(expected);
  });

  it('satisfies the lock that was made of the registry', async () => {
    await save(SAVED, ...RESTORE, 'own.lock.json', '-o', 'locked.tar');
    expect((await run(['verify', 'locked.tar', '--lock', 'own.lock.json'])).code).toBe(0);
    expect((await run(['verify', SAVED, '--lock', 'own.lock.json'])).code).toBe(1);
  });
});

describe('a recipe that a lock records', () => {
  const LOCKED = ['--lock', 'signed.lock.json'];
  const signedBy = (digest: string): object => ({
    version: 1,
    images: { [NAME]: { digest: DIGEST, imageID: CONFIG, recipe: digest } },
  });
  beforeAll(async () => {
    await run(['lock', PUSHED, '--recipe', 'app.recipe.json', '-o', 'signed.lock.json']);
    writeFileSync('forged.json', ` ${readFileSync('app.recipe.json', 'utf8')}`);
  });

  it('stands there by its digest', async () => {
    expect(await runJson('lock', ['lock', PUSHED, '--recipe', 'app.recipe.json'])).toEqual(
      signedBy(sha256('app.recipe.json')),
    );
    expect(readFileSync('signed.lock.json', 'utf8')).toBe(
      (await run(['lock', PUSHED, '--recipe', 'app.recipe.json'])).stdout,
    );
    expect((await runFailing(['lock', SAVED, '--recipe', 'app.recipe.json'])).error.code).toBe('RECIPE_UNRECORDED');
  });

  it('restores, in every command', async () => {
    await save(SAVED, ...RESTORE, 'app.recipe.json', ...LOCKED, '-o', 'signed.tar');
    expect(sha256('signed.tar')).toBe(expected);
    expect(await digestOf(SAVED, ...RESTORE, 'app.recipe.json', ...LOCKED)).toBe(expected);
    expect((await run(['copy', SAVED, 'oci:signed', ...RESTORE, 'app.recipe.json', ...LOCKED])).code).toBe(0);
  });

  it.for<[line: string, from: string, lock: string]>([
    ['another recipe', 'forged.json', 'signed.lock.json'],
    ['a lock of before, which records none', 'app.recipe.json', 'own.lock.json'],
  ])('is required: not %s', async ([, from, lock]) => {
    const argv = ['save', SAVED, ...RESTORE, from, '--lock', lock, '-o', 'unsigned.tar'];
    for (const more of [[], ['--restore-best-effort']]) {
      const { code, error } = await runFailing([...argv, ...more]);
      expect([code, error.code, error['subject'], error['found']]).toEqual([
        3,
        'RECIPE_UNRECORDED',
        from,
        sha256(from),
      ]);
      expect(existsSync('unsigned.tar')).toBe(false);
    }
  });

  it('is checked by verify as far as it is given', async () => {
    interface Report {
      readonly verified: boolean;
      readonly findings: readonly { readonly code: string }[];
    }
    const verify = async (source: string, ...argv: string[]): Promise<[boolean, ...string[]]> => {
      const report = (await runJson('verify-report', ['verify', source, ...LOCKED, ...argv])) as Report;
      return [report.verified, ...report.findings.map(({ code }) => code).filter((code) => !code.startsWith('LAYER'))];
    };
    expect(await verify(PUSHED, '--recipe', 'app.recipe.json')).toEqual([true]);
    expect(await verify(PUSHED)).toEqual([true, 'NOT_CHECKED']);
    expect(await verify(PUSHED, '--recipe', 'forged.json')).toEqual([false, 'RECIPE_UNRECORDED']);
    expect(await verify(SAVED, '--recipe', 'app.recipe.json')).toEqual([false, 'LOCK_MISMATCH']);
  });
});

describe('temporary files', () => {
  const before = process.env['TMPDIR'];
  beforeAll(() => {
    mkdirSync('tmp');
    process.env['TMPDIR'] = resolve('tmp');
  });
  afterAll(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });

  it.for<[line: string, argv: readonly string[], code: number]>([
    ['restoring', ['save', SAVED, ...RESTORE, 'app.manifest.json', '-o', 'tidy.tar'], 0],
    ['restoring by a digest', ['digest', SAVED, ...RESTORE, 'digest.lock.json'], 0],
    ['restoring from compressed layers', ['digest', FOREIGN, ...RESTORE, 'app.recipe.json'], 0],
    ['failing to', ['save', SAVED, ...RESTORE, 'other.lock.json', '-o', 'tidy.tar'], 3],
    ['compressing', ['digest', SAVED, '--layers', 'gzip'], 0],
    ['a recipe', ['recipe', PUSHED], 0],
    ['explaining', ['explain-layers', FOREIGN], 0],
  ])('of %s are gone', async ([, argv, code]) => {
    expect((await run(argv)).code).toBe(code);
    expect(readdirSync('tmp')).toEqual([]);
  });
});

describe('what cannot be restored', () => {
  it('is an error that names the layer and the codecs, and leaves nothing', async () => {
    const { code, error } = await runFailing(['save', SAVED, ...RESTORE, 'nobody.manifest.json', '-o', 'lost.tar']);
    expect({ code, error: error.code }).toEqual({ code: 3, error: 'LAYER_UNRESTORABLE' });
    expect(error['subject']).toMatch(/^sha256:/);
    for (const codec of GZIP_CODECS) expect(error['found']).toContain(codec);
    expect([existsSync('lost.tar'), existsSync('lost.tar.recipe.json')]).toEqual([false, false]);
  });

  it('is kept and told with --restore-best-effort', async () => {
    const report = await save(SAVED, ...RESTORE, 'nobody.manifest.json', '--restore-best-effort', '-o', 'kept.tar');
    expect(report.images.map(({ digest }) => digest)).toEqual([SYNTHESISED]);
    expect(report.notes.map(({ code, severity }) => `${code} ${severity}`)).toEqual(
      Array(4).fill('LAYER_UNRESTORABLE warning'),
    );
    expect([sha256('kept.tar'), report.recipe]).toEqual([await digestOf(SAVED), undefined]);
    expect(existsSync('kept.tar.recipe.json')).toBe(false);
  });

  it.for<[line: string, body: (manifest: string) => string, code: string]>([
    [
      'the manifest of another image',
      (text) => text.replaceAll(CONFIG, `sha256:${'0'.repeat(64)}`),
      'MANIFEST_MISMATCH',
    ],
    ['an index', () => '{"schemaVersion":2,"manifests":[]}', 'MANIFEST_MISMATCH'],
    [
      'a lock of other images',
      () => `{"version":1,"images":{"a":{"digest":"${SYNTHESISED}","imageID":"${SYNTHESISED}"}}}`,
      'MANIFEST_MISMATCH',
    ],
    [
      'a recipe that was changed',
      () => readFileSync('app.recipe.json', 'utf8').replace(DIGEST, SYNTHESISED),
      'RECIPE_INVALID',
    ],
    [
      'a recipe with a codec of tomorrow',
      () => readFileSync('app.recipe.json', 'utf8').replaceAll('go-flate-1.26/6', 'go-flate-9.0/6'),
      'CODEC_UNKNOWN',
    ],
    ['a recipe of another version', () => '{"version":2,"images":[]}', 'RECIPE_INVALID'],
    ['JSON that is something else', () => '{"Name":"app"}', 'SCHEMA_INVALID'],
  ])('is refused by %s', async ([, body, code]) => {
    writeFileSync('given.json', body(readFileSync('app.manifest.json', 'utf8')));
    const { code: exit, error } = await runFailing(['save', SAVED, ...RESTORE, 'given.json', '-o', 'lost.tar']);
    expect([exit, error.code, existsSync('lost.tar')]).toEqual([code === 'CODEC_UNKNOWN' ? 2 : 3, code, false]);
  });
});

describe('recipe', () => {
  it('goes to standard output, the same each time', async () => {
    const { code, bytes, stderr } = await run(['recipe', PUSHED]);
    expect([code, stderr]).toEqual([0, '']);
    expect(bytes.equals(readFileSync('app.recipe.json'))).toBe(true);
    expect((await run(['recipe', `dir:${golden('app/skopeo-dir')}`])).bytes.equals(bytes)).toBe(true);
  });

  it('reports what it covers', async () => {
    expect(await runJson('recipe-report', ['recipe', PUSHED, '-o', 'r.json'])).toEqual({
      output: 'r.json',
      digest: sha256('app.recipe.json'),
      images: 1,
      layers: 4,
      restorable: 4,
    });
    expect(await runJson('recipe-report', ['recipe', SAVED, '-o', 'r.json'])).toEqual({
      output: 'r.json',
      digest: sha256('r.json'),
      images: 1,
      layers: 0,
      restorable: 0,
    });
  });

  it('is a document of its schema', async () => {
    expect(await runJson('recipe', ['recipe', PUSHED])).toMatchObject({
      version: 1,
      images: [{ imageID: CONFIG, manifest: { digest: DIGEST } }],
    });
  });
});

describe('explain-layers', () => {
  it('names producer and codec of each layer', async () => {
    const report = await runJson('explain-layers-report', ['explain-layers', PUSHED]);
    const layer = { producer: 'go-flate', codec: 'go-flate-1.26/6', restorable: true };
    expect(report).toMatchObject({
      location: PUSHED,
      images: [{ names: [NAME], digest: DIGEST, layers: Array(5).fill(layer) }],
    });
  });

  it('tries nothing with --quick', async () => {
    const report = (await runJson('explain-layers-report', ['explain-layers', '--quick', FOREIGN])) as {
      readonly images: readonly { readonly layers: readonly Readonly<Record<string, unknown>>[] }[];
    };
    expect(report.images[0]?.layers.map(({ producer, codec, restorable }) => [producer, codec, restorable])).toEqual(
      Array(5).fill(['pgzip', undefined, undefined]),
    );
  });

  it('has one line for each layer', async () => {
    const { code, stdout, stderr } = await run(['explain-layers', SAVED]);
    expect([code, stderr, stdout.trimEnd().split('\n').length]).toEqual([0, '', 2 + 5]);
  });
});

describe('save --layers gzip', () => {
  it('gives what docker pushed its layers back, under a manifest made anew', async () => {
    const report = await save(SAVED, '--layers', 'gzip', '-o', 'gzip.tar');
    const layersOf = (text: string): readonly string[] =>
      (JSON.parse(text) as { readonly layers: readonly { readonly digest: string }[] }).layers.map(
        ({ digest }) => digest,
      );
    const { stdout } = await run(['inspect', '--raw', 'gzip.tar']);
    expect(layersOf(stdout)).toEqual(layersOf(readFileSync('app.manifest.json', 'utf8')));
    expect(report.images.map(({ digest }) => digest)).not.toContain(DIGEST);
    expect(report.recipe).toBeUndefined();
  });

  it('is another archive for another codec, and the same for the default named', async () => {
    const archives = await Promise.all(
      ['gzip', 'gzip=go-flate-1.26/6', 'gzip=go-flate-1.26/1', 'gzip=zlib-1.3/9'].map((mode) =>
        digestOf(SAVED, '--layers', mode),
      ),
    );
    expect(new Set(archives).size).toBe(3);
    expect(archives[0]).toBe(archives[1]);
    expect(await digestOf(PUSHED, '--layers', 'gzip=zlib-1.3/9')).toBe(expected);
  });

  it.for(['gzip=', 'gzip=6', 'gzip=go-flate-1.27/6', 'gzip=GO-FLATE-1.26/6'])('knows no codec of %s', async (mode) => {
    const { code, error } = await runFailing(['save', SAVED, '--layers', mode, '-o', 'lost.tar']);
    expect([error.code, existsSync('lost.tar')]).toEqual(['CODEC_UNKNOWN', false]);
    expect(code).toBeGreaterThan(0);
  });
});

describe('docs/restoring.md', () => {
  const text = readFileSync(`${ROOT}docs/restoring.md`, 'utf8');
  const blocks = [...text.matchAll(/^```console\n\$ ingot (.*)\n([^`]*)```$/gm)].map(([, line = '', output = '']) => ({
    line,
    output,
  }));

  it('shows what the commands print', async () => {
    writeFileSync('images.lock.json', readFileSync('digest.lock.json'));
    for (const { line, output } of blocks) {
      const { code, stdout } = await run(line.split(' '));
      const [shown = '', cut] = output.split('  …\n');
      expect({
        line,
        code,
        stdout: cut === undefined && shown !== '' ? stdout : stdout.slice(0, shown.length),
      }).toEqual({
        line,
        code: 0,
        stdout: shown,
      });
    }
    expect(blocks.length).toBeGreaterThan(6);
  });

  it('knows the family of every codec', () => {
    for (const codec of PINNED_CODEC_IDS) expect(text).toContain(`| \`${codec.slice(0, codec.indexOf('/') + 1)}`);
  });
});
