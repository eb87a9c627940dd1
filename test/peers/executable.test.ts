import { type ExecFileSyncOptions, execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INPUTS } from '../../golden/codec/input.mjs';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const NODE = join(process.env['INGOT_MATRIX_DIR'] ?? '/var/cache/ingot-matrix', 'runtime/node-26.10.0/bin/node');
const goldenOf = (name: string): string | undefined =>
  readFileSync(join(PROJECT, `golden/cases/${name}/archive.sha256`), 'utf8').split(' ')[0];

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ingot-executable-'));
  const options = { cwd: PROJECT, stdio: ['ignore', 'ignore', 'inherit'] } satisfies ExecFileSyncOptions;
  execFileSync(join(PROJECT, '.ci/matrix/setup'), ['node:26.10.0'], options);
  // Fails by itself if two builds differ.
  execFileSync('node', ['.ci/executable.mjs', join(directory, 'ingot'), NODE], options);
}, 300_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Without a Node to be found, and away from the project. */
const ingot = (...argv: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(join(directory, 'ingot'), argv, {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', INGOT_STORE: join(directory, 'store') },
  });

describe('the program in one file', () => {
  it.for<[name: string, source: string, options: readonly string[]]>([
    ['app-keep-plain-layers', 'app/docker-save.tar', []],
    ['app-gzip', 'app/docker-save.tar', ['--layers', 'gzip']],
  ])('writes the golden archive %s', ([name, source, options]) => {
    const from = join(PROJECT, 'golden/inputs', source);
    const { status, stdout, stderr } = ingot('save', from, '-o', 'archive.tar', '--digest', '--json', ...options);
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ archive: { sha256: goldenOf(name) } });
  });

  it('has the schemas, the WebAssembly of zstd, and a store', () => {
    const source = join(PROJECT, 'golden/inputs/app/docker-save.tar');
    expect(ingot('verify', source).status).toBe(0);
    expect(ingot('save', source, '--layers', 'gzip=zstd-wasm-0.0.27/3', '-o', 'zstd.tar').status).toBe(0);
    expect(ingot('verify', 'zstd.tar').status).toBe(0);
    expect(ingot('copy', source, 'store:').status).toBe(0);
    expect(ingot('save', 'store:registry.example/demo/app:1.0', '-o', 'again.tar', '--json').status).toBe(0);
  });

  it('works with several threads', () => {
    // A directory of skopeo's, with two layers that are worth a worker.
    const layers = [INPUTS['layer']?.(), INPUTS['description']?.()].map((bytes, index) => {
      const path = join(directory, `layer-${index}`);
      writeFileSync(path, bytes ?? '');
      const hex = execFileSync('sha256sum', [path], { encoding: 'utf8' }).split(' ')[0] ?? '';
      return { path, hex, size: bytes?.length ?? 0 };
    });
    const image = join(directory, 'image');
    mkdirSync(image);
    for (const { path, hex } of layers) copyFileSync(path, join(image, hex));
    const config = JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: layers.map(({ hex }) => `sha256:${hex}`) },
    });
    const configHex = execFileSync('sha256sum', { input: config, encoding: 'utf8' }).split(' ')[0] ?? '';
    writeFileSync(join(image, configHex), config);
    writeFileSync(join(image, 'version'), 'Directory Transport Version: 1.1\n');
    writeFileSync(
      join(image, 'manifest.json'),
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: {
          mediaType: 'application/vnd.oci.image.config.v1+json',
          digest: `sha256:${configHex}`,
          size: config.length,
        },
        layers: layers.map(({ hex, size }) => ({
          mediaType: 'application/vnd.oci.image.layer.v1.tar',
          digest: `sha256:${hex}`,
          size,
        })),
      }),
    );
    const digests = ['1', '3'].map((threads) => {
      const { status, stdout, stderr } = ingot('digest', 'dir:image', '--layers', 'gzip', '--threads', threads);
      expect(status, stderr).toBe(0);
      return stdout;
    });
    expect(digests[0]).toMatch(/^sha256:[0-9a-f]{64} /);
    expect(digests[1]).toBe(digests[0]);
  });
});
