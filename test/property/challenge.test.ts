import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ToolError } from '../../src/base/error.js';
import { parseChallenges } from '../../src/transport/registry/challenge.js';

const among = (characters: string): fc.Arbitrary<string> => fc.constantFrom(...characters.split(''));

const token = fc.string({ unit: among('abcXYZ019!#$%&*+-.^_`|~'), minLength: 1, maxLength: 12 });
const text = fc.string({ unit: among(' ,="\\abc/:;\t\u00e9'), maxLength: 30 });

const quote = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;

const challenge = fc.record({
  scheme: token,
  parameters: fc.uniqueArray(fc.tuple(token, text), { selector: ([name]) => name.toLowerCase(), maxLength: 4 }),
});

const separator = fc.constantFrom(',', ', ', ' , ', ',,', ', ,');

const spell = (
  { scheme, parameters }: { readonly scheme: string; readonly parameters: readonly (readonly [string, string])[] },
  between: string,
): string =>
  parameters.length === 0
    ? scheme
    : `${scheme} ${parameters.map(([name, value]) => `${name}=${quote(value)}`).join(between)}`;

describe('WWW-Authenticate', () => {
  it('gives what was written', () => {
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), separator, (challenges, between) => {
        const header = challenges.map((one) => spell(one, between)).join(between);
        const read = parseChallenges(header, 'registry');
        const plain = read.map(({ scheme, parameters }) => [scheme, [...parameters]]);
        const written = challenges.map(({ scheme, parameters }) => [
          scheme.toLowerCase(),
          parameters.map(([name, value]) => [name.toLowerCase(), value]),
        ]);
        return JSON.stringify(plain) === JSON.stringify(written);
      }),
    );
  });

  it('is read or refused, whatever it is', () => {
    const anything = fc.oneof(fc.string(), fc.string({ unit: among('Bearer realm="x",=\\ \t'), maxLength: 60 }));
    fc.assert(
      fc.property(anything, (header) => {
        try {
          return parseChallenges(header, 'registry').every(({ scheme }) => scheme !== '');
        } catch (error) {
          return error instanceof ToolError && error.code === 'AUTH_CHALLENGE_INVALID';
        }
      }),
    );
  });

  it('takes no time that grows faster than it does', () => {
    const start = performance.now();
    for (const part of [',', ' ', 'a=', 'a="', 'Bearer ', '\\"', '=']) {
      try {
        parseChallenges(`Bearer realm="${part.repeat(8000)}`, 'registry');
        parseChallenges(part.repeat(8000), 'registry');
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
      }
    }
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
