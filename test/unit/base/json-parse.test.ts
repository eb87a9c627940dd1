import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import { ToolError } from '../../../src/base/error.js';
import { JsonNumber, type JsonValue, parseJson } from '../../../src/base/json-parse.js';

const parse = (text: string | Uint8Array, depth = 64): JsonValue =>
  parseJson(typeof text === 'string' ? utf8(text) : text, { subject: 'doc', depth });

const failure = (text: string | Uint8Array, depth = 64): ToolError => {
  try {
    parse(text, depth);
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
  throw new Error('was accepted');
};

describe('parseJson accepts what RFC 8259 allows', () => {
  it.for<[text: string, value: unknown]>([
    ['null', null],
    ['true', true],
    ['false', false],
    ['""', ''],
    ['"a"', 'a'],
    [' \t\r\n[ ]\n', []],
    ['{ }', {}],
    ['[1,2,3]', [1, 2, 3]],
    ['[null , true]', [null, true]],
    ['{"a":{"b":[{"c":null}]}}', { a: { b: [{ c: null }] } }],
    ['{ "a" : 1 , "b" : 2 }', { a: 1, b: 2 }],
    ['{"":0}', { '': 0 }],
    ['[[[]]]', [[[]]]],
    ['0', 0],
    ['-1', -1],
    ['572', 572],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER],
    ['"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'],
    ['"\\u0041\\u00e9\\u20AC\\u20ac"', 'Aé€€'],
    ['"\\ud83d\\ude00"', '😀'],
    ['"\\uD83D\\uDE00x"', '😀x'],
    ['"😀é€"', '😀é€'],
    ['"\\u0000"', '\u0000'],
    ['"\u007f\u0080\u2028\u2029\ufeff\uffff"', '\u007f\u0080\u2028\u2029\ufeff\uffff'],
    ['"\\ufffd\ufffd"', '\ufffd\ufffd'],
  ])('%s', ([text, value]) => {
    expect(parse(text)).toEqual(value);
  });

  it.for([
    '1.0',
    '1e3',
    '1E+2',
    '-0',
    '-0.0',
    '0.5',
    '-1.5e-7',
    '0e0',
    '1e400',
    '9007199254740992',
    '-9007199254740992',
    '9223372036854775808',
    '1'.repeat(400),
  ])('the number %s keeps its spelling', (text) => {
    const value = parse(text);
    expect(value).toBeInstanceOf(JsonNumber);
    expect(value).toEqual(new JsonNumber(text));
  });
});

describe('parseJson refuses the rest', () => {
  it.for<[text: string, offset: number]>([
    ['', 0],
    ['  ', 2],
    ['nul', 0],
    ['Null', 0],
    ['undefined', 0],
    ['NaN', 0],
    ['Infinity', 0],
    ['-Infinity', 1],
    ["'a'", 0],
    ['a', 0],
    ['[', 1],
    ['[1', 2],
    ['[1,', 3],
    ['[1,]', 3],
    ['[,1]', 1],
    ['[1,,2]', 3],
    ['[1 2]', 3],
    ['[1}', 2],
    ['[a]', 1],
    [']', 0],
    ['{', 1],
    ['{]', 1],
    ['{a:1}', 1],
    ["{'a':1}", 1],
    ['{1:1}', 1],
    ['{"a"}', 4],
    ['{"a":}', 5],
    ['{"a" 1}', 5],
    ['{"a"::1}', 5],
    ['{"a":1,}', 7],
    ['{"a":1 "b":2}', 7],
    ['{"a":1', 6],
    ['{,}', 1],
    ['{"a":1]', 6],
    ['[/**/1]', 1],
    ['// a\n1', 0],
    ['01', 0],
    ['-01', 0],
    ['-', 1],
    ['+1', 0],
    ['.5', 0],
    ['1.', 2],
    ['1.e1', 2],
    ['1e', 2],
    ['1e+', 3],
    ['--1', 1],
    ['-a', 1],
    ['[1.2.3]', 4],
    ['[1_000]', 2],
    ['"', 1],
    ['"a', 2],
    ['"\\', 2],
    ['"\\"', 3],
    ['"\\x41"', 2],
    ['"\\a"', 2],
    ['"\\\'"', 2],
    ['"\\u"', 3],
    ['"\\u12"', 5],
    ['"\\u12G4"', 5],
    ['"\\u 123"', 3],
    ['"\\ud800\\u12"', 11],
    ['"\\U0041"', 2],
    ['"a\nb"', 2],
    ['"\t"', 1],
    ['"\u0000"', 1],
    ['"\u001f"', 1],
    ['\u00a01', 0],
    ['\u20281', 0],
    ['[\u000b1]', 1],
    ['[\f]', 1],
    ['\u00001', 0],
    ['["é😀", x]', 11],
  ])('%j as JSON_SYNTAX at byte %d', ([text, offset]) => {
    const error = failure(text);
    expect(error.code).toBe('JSON_SYNTAX');
    expect(error.details.offset).toBe(offset);
    expect(error.details.subject).toBe('doc');
    expect(error.details.expected).toBeTypeOf('string');
    expect(error.details.found).toBeTypeOf('string');
  });

  it.for<[text: string, offset: number]>([
    ['1 2', 2],
    ['{}{}', 2],
    ['[]]', 2],
    ['"a"b', 3],
    ['nullx', 4],
    ['{}\u0000', 2],
    ['"é😀"\n,', 9],
    ['{} // done', 3],
  ])('%j as JSON_TRAILING_DATA at byte %d', ([text, offset]) => {
    expect(failure(text)).toMatchObject({ code: 'JSON_TRAILING_DATA', details: { offset } });
  });

  it.for<[bytes: number[], offset: number]>([
    [[0xff], 0],
    [[0xfe, 0xff, 0x00, 0x31], 0],
    [[0x22, 0x80, 0x22], 1],
    [[0x22, 0xc3, 0x22], 1],
    [[0x22, 0xc0, 0xaf, 0x22], 1],
    [[0x22, 0xed, 0xa0, 0x80, 0x22], 1],
    [[0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], 1],
    [[0x22, 0xe2, 0x82], 1],
    [[0x22, 0xef, 0xbf, 0xbd, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80, 0xff, 0x22], 10],
  ])('bytes %j as JSON_INVALID_UTF8 at byte %d', ([bytes, offset]) => {
    expect(failure(Uint8Array.from(bytes))).toMatchObject({ code: 'JSON_INVALID_UTF8', details: { offset } });
  });

  it('a byte order mark, even before nothing', () => {
    expect(failure('\ufeff{}')).toMatchObject({ code: 'JSON_BOM', details: { offset: 0 } });
    expect(failure('\ufeff')).toMatchObject({ code: 'JSON_BOM' });
  });

  it.for<[text: string, pointer: string, offset: number]>([
    ['{"a":1,"a":1}', '/a', 7],
    ['{"a":1,"\\u0061":2}', '/a', 7],
    ['{"x":[0,{"é":1,"b~/c":1,"b~/c":2}]}', '/x/1/b~0~1c', 25],
    ['{"__proto__":1,"__proto__":2}', '/__proto__', 15],
    ['{"toString":1,"toString":2}', '/toString', 14],
    ['{"":1,"":2}', '/', 6],
  ])('%s as JSON_DUPLICATE_KEY at %s, byte %d', ([text, pointer, offset]) => {
    expect(failure(text)).toMatchObject({ code: 'JSON_DUPLICATE_KEY', details: { pointer, offset } });
  });

  it.for<[text: string, pointer: string, offset: number]>([
    ['"\\ud800"', '', 1],
    ['"\\udc00"', '', 1],
    ['"\\ude00\\ud83d"', '', 1],
    ['{"a":["x","\\ud83dx"]}', '/a/1', 11],
    ['{"a":"\\ud83d\\n"}', '/a', 6],
    ['{"a":"\\ud83d\\ud83d\\ude00"}', '/a', 6],
    ['{"a":"\\ud83d\\u0041"}', '/a', 6],
  ])('%s as JSON_LONE_SURROGATE at %j, byte %d', ([text, pointer, offset]) => {
    expect(failure(text)).toMatchObject({ code: 'JSON_LONE_SURROGATE', details: { pointer, offset } });
  });

  it('nesting from the level after the limit on', () => {
    expect(parse('[[{"a":[]}]]', 4)).toEqual([[{ a: [] }]]);
    expect(failure('[[{"a":[[]]}]]', 4)).toMatchObject({ code: 'LIMIT_JSON_DEPTH', details: { offset: 8 } });
    expect(failure('[{}]', 1).code).toBe('LIMIT_JSON_DEPTH');
    expect(parse('1', 0)).toBe(1);
    expect(parse(`[${'[],'.repeat(1000)}[]]`, 2)).toHaveLength(1001);
    expect(failure('['.repeat(200_000)).code).toBe('LIMIT_JSON_DEPTH');
    expect(failure('{"a":'.repeat(200_000)).code).toBe('LIMIT_JSON_DEPTH');
  });
});

describe('parsed objects', () => {
  it('hold keys of foreign documents as own properties and have no prototype', () => {
    const object = parse('{"__proto__":{"a":1},"constructor":2,"toString":3,"hasOwnProperty":4}');
    expect(Object.getPrototypeOf(object)).toBeNull();
    expect(Object.keys(object as object)).toEqual(['__proto__', 'constructor', 'toString', 'hasOwnProperty']);
    expect(Object.getOwnPropertyDescriptor(object, '__proto__')?.value).toEqual({ a: 1 });
    expect(({} as { a?: unknown }).a).toBeUndefined();
  });

  it('of a duplicate key that is allowed hold the later value, and the caller is told', () => {
    const seen: [string, number][] = [];
    const value = parseJson(utf8('{"é":0,"a":{"b":1,"b":2,"b":3},"a":4}'), {
      subject: 'doc',
      depth: 64,
      onDuplicateKey: (pointer, offset) => seen.push([pointer, offset]),
    });
    expect(value).toEqual({ é: 0, a: 4 });
    expect(seen).toEqual([
      ['/a/b', 19],
      ['/a/b', 25],
      ['/a', 32],
    ]);
  });

  it('are not touched by what follows in the buffer', () => {
    const bytes = utf8('xx{"a":"b"}yy');
    expect(parse(bytes.subarray(2, 11))).toEqual({ a: 'b' });
  });
});

describe('parseJson takes time in proportion to the document', () => {
  it.for<[name: string, text: string]>([
    ['escapes', `"${'\\n'.repeat(2 ** 21)}"`],
    ['digits', '9'.repeat(2 ** 22)],
    ['white space', `${' '.repeat(2 ** 22)}1`],
    ['keys', `{${Array.from({ length: 200_000 }, (_, index) => `"k${index}":${index}`).join(',')}}`],
    [
      'descriptors',
      `[${Array.from({ length: 25_000 }, (_, index) => `{"mediaType":"a/b","digest":"sha256:${'0'.repeat(64)}","size":${index}}`).join(',')}]`,
    ],
  ])('4 MiB of %s', ([, text]) => {
    const bytes = utf8(text);
    const start = performance.now();
    parse(bytes);
    // Measured at 20 to 150 ms; the bound is for a machine that is busy, and still excludes what is not linear.
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
