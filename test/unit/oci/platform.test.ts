import { describe, expect, it } from 'vitest';
import {
  type Platform,
  formatPlatform,
  matchesPlatform,
  normalizePlatform,
  parsePlatform,
} from '../../../src/oci/platform.js';
import { failureOf } from '../../support/memory-place.js';

describe('a platform', () => {
  it.for<[text: string, normal: string]>([
    ['linux/amd64', 'linux/amd64'],
    ['amd64', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['linux/x86-64', 'linux/amd64'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/amd64/v2', 'linux/amd64/v2'],
    ['linux/amd64/3', 'linux/amd64/v3'],
    ['linux/i386', 'linux/386'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/8', 'linux/arm64'],
    ['linux/arm64/v9', 'linux/arm64/v9'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/7', 'linux/arm/v7'],
    ['linux/arm/v6', 'linux/arm/v6'],
    ['linux/armhf', 'linux/arm/v7'],
    ['linux/armel', 'linux/arm/v6'],
    ['linux/armel/v5', 'linux/arm/v5'],
    ['windows/amd64', 'windows/amd64'],
    ['linux/s390x', 'linux/s390x'],
  ])('%s is %s', ([text, normal]) => {
    expect(formatPlatform(parsePlatform(text))).toBe(normal);
    expect(formatPlatform(normalizePlatform(parsePlatform(text)))).toBe(normal);
  });

  it.for<[line: string, text: string]>([
    ['nothing', ''],
    ['four parts', 'linux/arm/v7/x'],
    ['an empty system', '/amd64'],
    ['an empty architecture', 'linux/'],
    ['an empty variant', 'linux/arm/'],
    ['a space', 'linux/amd 64'],
    ['several', 'linux/amd64,linux/arm64'],
    ['a version in brackets', 'windows(10.0)/amd64'],
    ['a newline', 'linux/amd64\n'],
  ])('is not %s', async ([, text]) => {
    expect((await failureOf(() => parsePlatform(text))).code).toBe('USAGE');
  });

  it.for<[platform: Platform, text: string]>([
    [{ os: '', architecture: '' }, 'unknown/unknown'],
    [{ os: 'linux', architecture: '' }, 'linux/unknown'],
    [{ os: 'linux', architecture: 'arm', variant: '' }, 'linux/arm'],
    [{ os: 'linux', architecture: 'arm', variant: 'v6' }, 'linux/arm/v6'],
    [{ os: 'windows', architecture: 'amd64', osVersion: '10.0.1' }, 'windows/amd64'],
  ])('%j is shown as %s', ([platform, text]) => {
    expect(formatPlatform(platform)).toBe(text);
  });

  it.for<[line: string, wanted: string, offered: Platform, matches: boolean]>([
    ['the same', 'linux/amd64', { os: 'linux', architecture: 'amd64' }, true],
    ['an alias', 'linux/arm64', { os: 'linux', architecture: 'aarch64' }, true],
    ['a default variant spelt out', 'linux/arm64', { os: 'linux', architecture: 'arm64', variant: 'v8' }, true],
    ['a default variant left out', 'linux/arm/v7', { os: 'linux', architecture: 'arm' }, true],
    ['an empty variant', 'linux/amd64', { os: 'linux', architecture: 'amd64', variant: '' }, true],
    [
      'a version that was not asked for',
      'windows/amd64',
      { os: 'windows', architecture: 'amd64', osVersion: '10' },
      true,
    ],
    ['another variant', 'linux/arm/v6', { os: 'linux', architecture: 'arm' }, false],
    ['a higher level', 'linux/amd64', { os: 'linux', architecture: 'amd64', variant: 'v3' }, false],
    ['another architecture', 'linux/amd64', { os: 'linux', architecture: 'arm64' }, false],
    ['another system', 'linux/amd64', { os: 'windows', architecture: 'amd64' }, false],
    ['none at all', 'linux/amd64', { os: '', architecture: '' }, false],
  ])('is matched by %s', ([, wanted, offered, matches]) => {
    expect(matchesPlatform(parsePlatform(wanted), offered)).toBe(matches);
  });

  it('with a version asks for that version', () => {
    const windows = (osVersion?: string): Platform => ({
      os: 'windows',
      architecture: 'amd64',
      ...(osVersion === undefined ? {} : { osVersion }),
    });
    expect(matchesPlatform(windows('10.0.1'), windows('10.0.1'))).toBe(true);
    expect(matchesPlatform(windows('10.0.1'), windows('10.0.2'))).toBe(false);
    expect(matchesPlatform(windows('10.0.1'), windows())).toBe(false);
  });
});
