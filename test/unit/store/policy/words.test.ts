import { describe, expect, it } from 'vitest';
import { patternFault, repoTest, tagTest } from '../../../../src/store/policy/match.js';
import { amountOf, durationOf, tryBytes, tryDuration } from '../../../../src/store/policy/measure.js';
import { compareNatural, compareVersions, parseVersion } from '../../../../src/store/policy/order.js';

describe('durations', () => {
  it.for([
    ['0s', 0],
    ['90s', 90],
    ['5m', 300],
    ['12h', 43_200],
    ['30d', 2_592_000],
    ['2w', 1_209_600],
    ['1d12h', 129_600],
    ['720h', 2_592_000],
  ] as const)('%s', ([text, seconds]) => {
    expect(tryDuration(text)).toBe(seconds);
    expect(durationOf(text)).toEqual({ text, milliseconds: seconds * 1000 });
  });

  it.for(['', '30', 'd', '1y', '3mo', '-1d', '1.5d', '1 d', '1D', '30d ', '1234567890d'])('%j is none', (text) => {
    expect(tryDuration(text)).toBeUndefined();
    expect(durationOf(text)).toBeUndefined();
  });
});

describe('sizes and shares', () => {
  it.for([
    ['0', 0],
    ['500B', 500],
    ['10kB', 10_000],
    ['20GB', 20_000_000_000],
    ['1.5GiB', 1_610_612_736],
    ['1tib', 1_099_511_627_776],
  ] as const)('%s', ([text, bytes]) => {
    expect(tryBytes(text)).toBe(bytes);
    expect(amountOf(text)).toEqual({ text, bytes });
  });

  it.for([
    ['10%', 10],
    ['0%', 0],
    ['100%', 100],
    ['2.5%', 2.5],
  ] as const)('%s', ([text, percent]) => {
    expect(amountOf(text)).toEqual({ text, percent });
  });

  it.for(['', '10%%', '101%', '-1%', '1iB', '10 GB', '1e3', 'GB'])('%j is none', (text) => {
    expect(amountOf(text)).toBeUndefined();
  });
});

describe('patterns of tags', () => {
  it.for([
    ['*', 'v1.0', true],
    ['pr-*', 'pr-1', true],
    ['pr-*', 'xpr-1', false],
    ['v?', 'v1', true],
    ['v?', 'v10', false],
    ['v1.0', 'v1x0', false],
    ['/^v\\d+$/', 'v10', true],
    ['/^v\\d+$/', 'v10a', false],
    ['/rc/', '1.0-rc.1', true],
    ['/RC/i', '1.0-rc.1', true],
    ['/RC/', '1.0-rc.1', false],
    ['/^(?!stable$)/', 'stable', false],
    ['/^(?!stable$)/', 'stable-1', true],
  ] as const)('%s against %s: %s', ([pattern, tag, expected]) => {
    expect(tagTest(pattern)(tag)).toBe(expected);
  });

  it('may be malformed', () => {
    expect(patternFault('/(/')).toBeDefined();
    expect(patternFault('/\\A/')).toBeDefined();
    expect(patternFault('(')).toBeUndefined();
    expect(patternFault('/a/')).toBeUndefined();
  });
});

describe('patterns of repositories', () => {
  it.for([
    ['**', 'registry.example/team/app', true],
    ['**', '', true],
    ['app', 'docker.io/library/app', true],
    ['app', 'docker.io/library/app2', false],
    ['registry.example/*', 'registry.example/app', true],
    ['registry.example/*', 'registry.example/team/app', false],
    ['registry.example/**', 'registry.example/team/app', true],
    ['registry.example/**', 'registry.example', false],
    ['registry.example/**', '', false],
    ['localhost:5000/x', 'localhost:5000/x', true],
    ['/^registry\\.example\\//', 'registry.example/app', true],
    ['/app$/', 'registry.example/app', true],
    ['/app$/', 'registry.example/app/x', false],
  ] as const)('%s against %s: %s', ([pattern, repo, expected]) => {
    expect(repoTest(pattern)(repo)).toBe(expected);
  });
});

describe('the natural order of tags', () => {
  it('counts digits', () => {
    const sorted = ['1', '2', '10', 'a', 'v1', 'v2', 'v9', 'v10', 'v10.1', 'v10.2', 'v10.10', 'x007', 'x7'];
    expect(sorted.toReversed().toSorted(compareNatural)).toEqual(sorted);
  });

  it('never takes different tags for equal', () => {
    for (const [a, b] of [
      ['v01', 'v1'],
      ['a', 'A'],
      ['1', '01'],
    ] as const)
      expect(Math.sign(compareNatural(a, b))).toBe(-Math.sign(compareNatural(b, a)));
    expect(compareNatural('v01', 'v1')).not.toBe(0);
    expect(compareNatural('v1', 'v1')).toBe(0);
  });

  it('takes numbers of any length', () => {
    expect(compareNatural(`b${'9'.repeat(40)}`, `b1${'0'.repeat(40)}`)).toBeLessThan(0);
  });
});

describe('versions', () => {
  it('stand in the order of the specification', () => {
    const sorted = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      'v1.0.0',
      '1.2.0',
      '1.10.0',
      'v2.0.0',
      '2.0.10',
    ];
    const versions = sorted.map((tag) => parseVersion(tag));
    for (let at = 1; at < versions.length; at++) {
      const [a, b] = [versions[at - 1], versions[at]];
      if (a === undefined || b === undefined) throw new Error(`no version at ${at}`);
      expect([sorted[at], compareVersions(a, b) < 0, compareVersions(b, a) > 0]).toEqual([sorted[at], true, true]);
    }
  });

  it.for(['latest', '1', '1.2', '1.2.3.4', '01.2.3', '1.2.3-', '1.2.3-01', 'vv1.2.3', '1.2.3-a..b'])(
    '%s is none',
    (tag) => {
      expect(parseVersion(tag)).toBeUndefined();
    },
  );

  it('may have a build, which does not count', () => {
    const [a, b] = [parseVersion('1.2.3_build.7'), parseVersion('1.2.3')];
    expect(a).toEqual(b);
  });
});
