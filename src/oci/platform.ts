import { ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import type { Cursor } from './decode.js';

/**
 * What an image runs on, in Go's names. Empty strings where the source says nothing.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md#image-index-property-descriptions
 */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
  readonly osFeatures?: readonly string[];
}

/** @throws {ToolError} SCHEMA_INVALID */
export const decodePlatform = (cursor: Cursor): Platform => {
  const variant = cursor.field('variant').optional((field) => field.string());
  const osVersion = cursor.field('os.version').optional((field) => field.string());
  const osFeatures = cursor.field('os.features').optional((field) => field.strings());
  cursor.field('features').optional((field) => field.strings());
  return {
    os: cursor.field('os').string(),
    architecture: cursor.field('architecture').string(),
    ...(variant === undefined ? {} : { variant }),
    ...(osVersion === undefined ? {} : { osVersion }),
    ...(osFeatures === undefined ? {} : { osFeatures }),
  };
};

const ARCHITECTURES: ReadonlyMap<string, readonly [architecture: string, variant: string]> = new Map([
  ['x86_64', ['amd64', '']],
  ['x86-64', ['amd64', '']],
  ['aarch64', ['arm64', '']],
  ['i386', ['386', '']],
  ['armhf', ['arm', 'v7']],
  ['armel', ['arm', 'v6']],
]);

/** One spelling for each platform: aliases resolved, variants that are the default of their architecture made explicit. */
export const normalizePlatform = (platform: Platform): Platform => {
  const alias = ARCHITECTURES.get(platform.architecture);
  const architecture = alias?.[0] ?? platform.architecture;
  const given = platform.variant === undefined || platform.variant === '' ? (alias?.[1] ?? '') : platform.variant;
  const spelt = /^\d/.test(given) ? `v${given}` : given;
  const variant =
    architecture === 'arm64' && spelt === 'v8'
      ? ''
      : architecture === 'amd64' && spelt === 'v1'
        ? ''
        : architecture === 'arm' && spelt === ''
          ? 'v7'
          : spelt;
  const { variant: _dropped, ...rest } = platform;
  return { ...rest, architecture, ...(variant === '' ? {} : { variant }) };
};

/** Words that are no architecture when they stand alone. */
const OPERATING_SYSTEMS: ReadonlySet<string> = new Set(['linux', 'windows', 'darwin', 'freebsd', 'wasip1', 'js']);

/**
 * `OS/ARCHITECTURE[/VARIANT]`, as docker and podman take it; a bare architecture means linux.
 * @throws {ToolError} USAGE
 */
export const parsePlatform = (text: string): Platform => {
  const parts = text.split('/');
  if (parts.length > 3 || parts.some((part) => !/^[A-Za-z0-9_.-]+$/.test(part))) {
    throw new ToolError('USAGE', 'not a platform', {
      expected: 'OS/ARCHITECTURE[/VARIANT], such as linux/arm64',
      found: `"${excerpt(text)}"`,
    });
  }
  const [first = '', second, variant] = parts;
  if (second === undefined && OPERATING_SYSTEMS.has(first)) {
    throw new ToolError('USAGE', 'a platform without an architecture', {
      expected: `${first}/ARCHITECTURE`,
      found: `"${first}"`,
    });
  }
  return normalizePlatform(
    second === undefined
      ? { os: 'linux', architecture: first }
      : { os: first, architecture: second, ...(variant === undefined ? {} : { variant }) },
  );
};

/** `linux/arm/v7`; `unknown/unknown` for an image that says nothing. */
export const formatPlatform = (platform: Platform): string =>
  [
    platform.os === '' ? 'unknown' : platform.os,
    platform.architecture === '' ? 'unknown' : platform.architecture,
    ...(platform.variant === undefined || platform.variant === '' ? [] : [platform.variant]),
  ].join('/');

/** Equal after normalisation; a version of the operating system is compared only if it is asked for. */
export const matchesPlatform = (wanted: Platform, offered: Platform): boolean => {
  const a = normalizePlatform(wanted);
  const b = normalizePlatform(offered);
  return (
    a.os === b.os &&
    a.architecture === b.architecture &&
    (a.variant ?? '') === (b.variant ?? '') &&
    (a.osVersion === undefined || a.osVersion === b.osVersion)
  );
};
