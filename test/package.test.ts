import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exportedNames, tokensOf } from './support/source-scan.js';

/**
 * The API: a name added is a minor release, a name gone a major one. Types first, then what exists at run time;
 * in the order of `sort()`.
 */
const TYPES: readonly string[] = [
  'ByteStream',
  'CheckOptions',
  'CopyOptions',
  'CopyReport',
  'Destination',
  'DfReport',
  'Digest',
  'DigestReport',
  'ErrorClass',
  'ErrorCode',
  'ErrorDetails',
  'Filter',
  'FsckReport',
  'GcOptions',
  'GcReport',
  'HistoryReport',
  'ImageEntry',
  'ImageRow',
  'ImagesOptions',
  'ImagesReport',
  'InspectReport',
  'LayerMode',
  'LeaseOptions',
  'LeaseReport',
  'Limits',
  'LoadReport',
  'Lock',
  'LsReport',
  'MigrateOptions',
  'Note',
  'Observer',
  'OperationContext',
  'PinReport',
  'Platform',
  'Profile',
  'ProfileSettings',
  'PruneOptions',
  'PruneReport',
  'PushEntry',
  'Reference',
  'RegistrySettings',
  'RestoreOptions',
  'RestoreReport',
  'RmiOptions',
  'RmiReport',
  'SaveOptions',
  'SaveOutput',
  'SaveReport',
  'Severity',
  'StockContext',
  'StoreReceipt',
  'StoreReport',
  'StoreSetting',
  'TagOptions',
  'TagReport',
  'ToolEvent',
  'TransferOptions',
  'TrashReport',
  'TreeLayersReport',
  'TreePlatformsReport',
  'TreeReport',
  'UntagOptions',
  'VerifyOptions',
  'VerifyReport',
  'WhatRequiresReport',
];
const VALUES: readonly string[] = [
  'DEFAULT_IMAGES',
  'DEFAULT_LIMITS',
  'DEFAULT_RMI',
  'DEFAULT_SETTINGS',
  'DEFAULT_TRANSFER',
  'ERROR_CODES',
  'PROFILE_IDS',
  'ToolError',
  'addLease',
  'archiveDigest',
  'asIsDigest',
  'checkStore',
  'contextWith',
  'copy',
  'df',
  'formatPlatform',
  'formatReference',
  'gc',
  'history',
  'hostDefaults',
  'imageDigests',
  'images',
  'initStore',
  'inspect',
  'inspectRaw',
  'leases',
  'listLoad',
  'load',
  'lock',
  'lockBytes',
  'ls',
  'migrateStore',
  'parseDigest',
  'parseFilter',
  'parseLock',
  'parsePlatform',
  'parseReference',
  'pin',
  'pins',
  'profileOf',
  'prune',
  'removeLeases',
  'resetStore',
  'restore',
  'rmi',
  'save',
  'storeInfo',
  'tag',
  'trash',
  'tree',
  'treeLayers',
  'treePlatforms',
  'untag',
  'verify',
  'whatRequires',
  'withStore',
];

const root = new URL('../', import.meta.url);
const readText = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const readJson = <T>(path: string): T => JSON.parse(readText(path)) as T;

type Versions = Readonly<Record<string, string>>;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly bin: Versions;
  readonly exports: { readonly '.': { readonly types: string; readonly default: string } } & Readonly<
    Record<string, unknown>
  >;
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
}

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
  readonly optionalDependencies?: Versions;
}

const manifest = readJson<Manifest>('package.json');

/** What Node, not the test runner, sees in the built package under its own name. */
const inNode = (expression: string): unknown =>
  JSON.parse(
    execFileSync(
      process.execPath,
      ['--input-type=module', '-e', `console.log(JSON.stringify(await (${expression})))`],
      {
        cwd: fileURLToPath(root),
        encoding: 'utf8',
      },
    ),
  );

describe('the built package', () => {
  const source = manifest.exports['.'].default.replace('./dist/', 'src/').replace(/\.js$/, '.ts');

  it('exports the names of the API', () => {
    const names = exportedNames(tokensOf(readText(source), source));
    expect([...names].sort()).toStrictEqual([...TYPES, ...VALUES].sort());
    expect(inNode(`import('${manifest.name}').then((api) => Object.keys(api).sort())`)).toStrictEqual(
      [...VALUES].sort(),
    );
  });

  it('has the files that package.json names', () => {
    const { types, default: module } = manifest.exports['.'];
    for (const path of [types, module, ...Object.values(manifest.bin)])
      expect(existsSync(new URL(path, root)), path).toBe(true);
    expect(Object.keys(manifest.exports).sort()).toStrictEqual(['.', './package.json', './schemas/*']);
  });

  it('has a program that starts', () => {
    for (const path of Object.values(manifest.bin)) {
      const url = new URL(path, root);
      expect(readFileSync(url, 'utf8').startsWith('#!/usr/bin/env node\n'), path).toBe(true);
      if (process.platform !== 'win32') expect(statSync(url).mode & 0o111, path).not.toBe(0);
      const version = execFileSync(process.execPath, [fileURLToPath(url), '--version'], { encoding: 'utf8' });
      expect(version).toContain(manifest.version);
    }
  });

  it('offers every schema under its name', () => {
    const { resolve } = createRequire(new URL('package.json', root));
    const files = readdirSync(new URL('schemas/', root)).filter((name) => name.endsWith('.json'));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      expect(resolve(`${manifest.name}/schemas/${name}`)).toBe(fileURLToPath(new URL(`schemas/${name}`, root)));
    }
  });
});

describe('the dependencies', () => {
  const lock = readJson<{ readonly packages: Readonly<Record<string, LockedPackage>> }>('package-lock.json');
  const packages = Object.entries(lock.packages);

  it.for(['dependencies', 'devDependencies'] as const)('have exact versions: %s', (kind) => {
    const loose = Object.entries(manifest[kind]).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    expect(loose).toStrictEqual([]);
    expect(Object.keys(manifest[kind]).length).toBeGreaterThan(0);
    expect(lock.packages['']?.[kind]).toStrictEqual(manifest[kind]);
  });

  it('are locked to bytes', () => {
    // Without `resolved` the registry of the machine serves them; the digest says what it must serve.
    const registry = 'https://registry.npmjs.org/';
    const unlocked = packages.filter(
      ([path, { resolved = registry, integrity = '' }]) =>
        path !== '' && !(resolved.startsWith(registry) && integrity.startsWith('sha512-')),
    );
    expect(unlocked.map(([path]) => path)).toStrictEqual([]);
    expect(packages.length).toBeGreaterThan(100);
  });

  // `npm install` writes such a lock file when the registry lacks a platform's package, and `npm ci` then fails.
  it('have an entry for each optional dependency', () => {
    const missing = packages.flatMap(([path, { optionalDependencies }]) => {
      const parents = path.split(/(?:^|\/)node_modules\//).slice(1);
      return Object.keys(optionalDependencies ?? {})
        .filter((name) => {
          const places = [...parents.keys(), parents.length].map((count) =>
            [...parents.slice(0, count), name].map((part) => `node_modules/${part}`).join('/'),
          );
          return !places.some((place) => place in lock.packages);
        })
        .map((name) => `${path === '' ? 'the package' : path} → ${name}`);
    });
    expect(missing).toStrictEqual([]);
    expect(packages.some(([, entry]) => entry.optionalDependencies !== undefined)).toBe(true);
  });

  it('run on the Node that package.json asks for', () => {
    expect(manifest.engines.node).toBe('>=20.19');
    expect(manifest.devDependencies['@types/node']).toMatch(/^20\./);
  });
});
