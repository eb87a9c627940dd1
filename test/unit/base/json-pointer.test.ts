import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import { type JsonValue, parseJson } from '../../../src/base/json-parse.js';
import { appendPointer, pointerOf, pointerSteps, valueAt } from '../../../src/base/json-pointer.js';

// The document of RFC 6901, section 5.
const document: JsonValue = parseJson(
  utf8('{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8}'),
  { subject: 'doc', depth: 8 },
);

describe('a pointer', () => {
  it.for<[steps: (string | number)[], pointer: string]>([
    [[], ''],
    [['foo'], '/foo'],
    [['foo', 0], '/foo/0'],
    [[''], '/'],
    [['a/b'], '/a~1b'],
    [['m~n'], '/m~0n'],
    [['~1'], '/~01'],
    [['a', '', 'b'], '/a//b'],
  ])('of %j is %j, there and back', ([steps, pointer]) => {
    expect(pointerOf(steps)).toBe(pointer);
    expect(pointerSteps(pointer)).toEqual(steps.map(String));
  });

  it('grows by a step', () => {
    expect(appendPointer('', 'a/b')).toBe('/a~1b');
    expect(appendPointer('/x', 3)).toBe('/x/3');
  });

  it.for<[pointer: string, value: unknown]>([
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
    ['/foo/2', undefined],
    ['/foo/00', undefined],
    ['/foo/-', undefined],
    ['/foo/length', undefined],
    ['/toString', undefined],
    ['/foo/0/x', undefined],
  ])('%j leads to its value', ([pointer, value]) => {
    expect(valueAt(document, pointer)).toEqual(value);
  });

  it('of no step leads to the document', () => {
    expect(valueAt(document, '')).toBe(document);
  });
});
