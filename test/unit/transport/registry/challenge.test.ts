import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../../../src/transport/registry/challenge.js';
import { failureOf } from '../../../support/memory-place.js';

const read = (header: string): readonly (readonly [scheme: string, parameters: Readonly<Record<string, string>>])[] =>
  parseChallenges(header, 'registry').map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('WWW-Authenticate', () => {
  it.for<[header: string, challenges: ReturnType<typeof read>]>([
    ['', []],
    [' , ,', []],
    ['Basic', [['basic', {}]]],
    ['Basic realm="a b"', [['basic', { realm: 'a b' }]]],
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
      [['bearer', { realm: 'https://auth.docker.io/token', service: 'registry.docker.io' }]],
    ],
    [
      'bearer  REALM = "x" , Scope="repository:a:pull,push"',
      [['bearer', { realm: 'x', scope: 'repository:a:pull,push' }]],
    ],
    ['Bearer realm=token', [['bearer', { realm: 'token' }]]],
    [
      'Basic realm="a", Bearer realm="b",service="c", Negotiate',
      [
        ['basic', { realm: 'a' }],
        ['bearer', { realm: 'b', service: 'c' }],
        ['negotiate', {}],
      ],
    ],
    [
      'Negotiate dG9rZW4=, Basic realm="x"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    [
      'Negotiate, Basic',
      [
        ['negotiate', {}],
        ['basic', {}],
      ],
    ],
    [
      String.raw`Basic realm="a \"b\" \\ c, Bearer realm=\"evil\""`,
      [['basic', { realm: 'a "b" \\ c, Bearer realm="evil"' }]],
    ],
    ['Basic realm=""', [['basic', { realm: '' }]]],
    [',Basic realm="x",,charset="UTF-8",', [['basic', { realm: 'x', charset: 'UTF-8' }]]],
  ])('%j', ([header, challenges]) => {
    expect(read(header)).toStrictEqual(challenges);
  });

  it.for([
    'Bearer realm="open',
    'Bearer realm="a"service="b"',
    'Bearer realm="a", realm="b"',
    'Bearer realm="a", REALM="b"',
    'Bearer realm=https://auth.example/token',
    'Bearer "a"',
    'Bearer realm="a\u0007"',
    'Bearer realm="a" b',
    '"Bearer" realm="a"',
    'Bearer realm=="a"',
    'Be@rer realm="a"',
  ])('refuses %j', async (header) => {
    expect(await failureOf(() => read(header))).toMatchObject({
      code: 'AUTH_CHALLENGE_INVALID',
      class: 'surroundings',
      details: { subject: 'registry' },
    });
  });
});
