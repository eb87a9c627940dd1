import { describe, expect, it } from 'vitest';
import { nearNames } from '../../../src/store/near.js';
import { matchesAny, namePattern } from '../../../src/store/pattern.js';

describe('namePattern', () => {
  it.for([
    ['app', 'docker.io/library/app:latest', true],
    ['app', 'docker.io/library/app:2', true],
    ['app', 'docker.io/library/apple:2', false],
    ['app:2', 'docker.io/library/app:2', true],
    ['app:2', 'docker.io/library/app:20', false],
    ['app:*', 'docker.io/library/app:2', true],
    ['a*', 'docker.io/library/app:2', true],
    ['team/*:v?', 'docker.io/team/app:v1', true],
    ['team/*:v?', 'docker.io/team/app:v10', false],
    ['team/*', 'docker.io/team/app/sub:v1', false],
    ['registry.example/**', 'registry.example/a/b:1', true],
    ['**', 'anything:1', true],
    ['*', 'docker.io/library/app:2', true],
    ['**/app:*', 'registry.example/x/app:1', true],
    ['a.b/c', 'a-b/c:1', false],
    ['v1', 'v1', true],
    ['localhost:5000/x', 'localhost:5000/x:1', true],
  ] as const)('%s against %s: %s', ([pattern, name, expected]) => {
    expect(namePattern(pattern)(name)).toBe(expected);
  });

  it('takes one of many', () => {
    expect(matchesAny(['b', 'a'], 'docker.io/library/a:1')).toBe(true);
    expect(matchesAny([], 'docker.io/library/a:1')).toBe(false);
  });
});

describe('nearNames', () => {
  const names = ['docker.io/library/alpine:3', 'docker.io/library/busybox:1', 'registry.example/team/service:v1'];
  it.for([
    ['alpin:3', 'docker.io/library/alpine:3'],
    ['alpnie', 'docker.io/library/alpine:3'],
    ['busybx:1', 'docker.io/library/busybox:1'],
    ['service', 'registry.example/team/service:v1'],
  ] as const)('%s is near %s', ([text, expected]) => {
    expect(nearNames(text, names)[0]).toBe(expected);
  });
  it('does not find what is far', () => {
    expect(nearNames('postgres:15', names)).toEqual([]);
  });
});
