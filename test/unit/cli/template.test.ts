import { describe, expect, it } from 'vitest';
import { JsonNumber } from '../../../src/base/json.js';
import { evaluateTemplate } from '../../../src/cli/template/evaluate.js';
import { formatRows, parseRowFormat } from '../../../src/cli/template/format.js';
import { FUNCTION_NAMES } from '../../../src/cli/template/function.js';
import { parseTemplate } from '../../../src/cli/template/parse.js';
import type { Fields, Value } from '../../../src/cli/template/value.js';
import { failureOf } from '../../support/memory-place.js';

const ESCAPE = '\u001b[31m';

const ROW: Fields = {
  ID: 'sha256:0123',
  Name: 'app:1',
  Size: 1_234_567,
  Hostile: `a${ESCAPE}\n\tb`,
  Labels: new Map<string, Value>([
    ['__proto__', 'own'],
    ['constructor', ESCAPE],
    ['nested', new Map([['deep', [1, undefined]]])],
  ]),
  Big: new JsonNumber('1e400'),
};

const made = (template: string, value: Value = ROW): string => evaluateTemplate(parseTemplate(template), value);
const refused = async (template: string, value: Value = ROW): Promise<Record<string, unknown>> => {
  const { code, what, details, hint } = await failureOf(() => made(template, value));
  return { code, what, ...details, ...(hint === undefined ? {} : { hint }) };
};

describe('a field', () => {
  it.for([
    ['{{.Nme}}', { found: '"Nme"', hint: 'did you mean .Name?' }],
    ['{{.name}}', { hint: 'did you mean .Name?' }],
    ['{{.id}}', { hint: 'did you mean .ID?' }],
    ['{{.Zzzzzz}}', { expected: 'ID, Name, Size, Hostile, Labels, Big' }],
    ['{{.ID.Short}}', { found: '"Short" of a text' }],
    ['{{.Missing.More}}', { found: '"Missing"' }],
  ] as const)('that is not there is an error that names the others: %s', async ([template, details]) => {
    expect(await refused(template)).toMatchObject({ code: 'USAGE', subject: '--format', ...details });
  });

  it.for(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'])(
    'is never one of the prototype: %s',
    async (name) => {
      expect(await refused(`{{.${name}}}`)).toMatchObject({ code: 'USAGE' });
      expect(await refused(`{{.Size.${name}}}`)).toMatchObject({ code: 'USAGE' });
      expect(await refused(`{{range .Labels}}{{end}}{{index . "${name}"}}`)).toMatchObject({ code: 'USAGE' });
      expect(made(`{{.Labels.nested.${name}}}`)).toBe('<no value>');
    },
  );

  it('of a map is what the image says, whatever it is called', () => {
    expect(made('{{.Labels.__proto__}}')).toBe('own');
    expect(made('{{.Labels.nested.deep}}')).toBe('[1 <no value>]');
    expect(made('{{json .Labels.nested}}')).toBe('{"deep":[1,null]}');
  });
});

describe('text of an image', () => {
  it.for([
    ['{{.Hostile}}', 'a\\x1b[31m\\x0a\\x09b'],
    ['{{print .Hostile}}', 'a\\x1b[31m\\x0a\\x09b'],
    ['{{println .Hostile}}', 'a\\x1b[31m\\x0a\\x09b\n'],
    ['{{printf "%s" .Hostile}}', 'a\\x1b[31m\\x0a\\x09b'],
    ['{{printf .Hostile}}', 'a\\x1b[31m\\x0a\\x09b'],
    ['{{upper .Hostile}}', 'A\\x1b[31M\\x0a\\x09B'],
    ['{{join (split .Hostile "b") "\\n"}}', 'a\\x1b[31m\\x0a\\x09\n'],
    ['{{join (split "a b" " ") .Hostile}}', 'aa\\x1b[31m\\x0a\\x09bb'],
    ['{{pad .Hostile 1 1}}', ' a\\x1b[31m\\x0a\\x09b '],
    ['{{slice .Hostile 1 2}}', '\\x1b'],
    ['{{.Labels.constructor}}', '\\x1b[31m'],
    ['{{range $k, $v := .Labels}}{{$v}};{{end}}', 'own;\\x1b[31m;map[deep:[1 <no value>]];'],
    ['{{json .Hostile}}', '"a\\u001b[31m\\n\\tb"'],
    ['{{printf "%q" .Hostile}}', '"a\\u001b[31m\\n\\tb"'],
  ])('moves no cursor: %s', ([template = '', text]) => {
    const result = made(template);
    expect(result).not.toContain('\u001b');
    expect(result).toBe(text);
  });

  it('is compared as it is, and what the template says is printed as it is', () => {
    expect(made(`{{eq .Labels.constructor "\\x1b[31m"}}`)).toBe('true');
    expect(made('{{"a\\tb\\n"}}{{upper "x\\n"}}{{truncate "\\n\\n" 1}}')).toBe('a\tb\nX\n\n');
  });

  it('that is a number of JSON keeps its spelling', () => {
    expect(made('{{.Big}} {{json .Big}}')).toBe('1e400 1e400');
  });
});

describe('a template that asks for too much', () => {
  it.for([
    ['longer than it may be', 'x'.repeat(70_000)],
    ['with blocks in blocks', `${'{{if true}}'.repeat(200)}${'{{end}}'.repeat(200)}`],
    ['with else in else', `{{if true}}${'{{else if true}}'.repeat(200)}{{end}}`],
    ['with parentheses in parentheses', `{{${'('.repeat(200)}1${')'.repeat(200)}}}`],
    ['with a wide field', '{{printf "%99999d" 1}}'],
    ['with much padding', '{{pad "x" 99999 1}}'],
  ])('is refused: one %s', async ([, template = '']) => {
    expect(await refused(template)).toMatchObject({
      code: 'USAGE',
      expected: expect.stringMatching(/^up to/) as string,
    });
  });

  it('ends, however many loops are in loops', async () => {
    const list = Array.from({ length: 200 }, (_, index) => index);
    const loops = `${'{{range $}}'.repeat(6)}${'{{end}}'.repeat(6)}`;
    expect(await refused(loops, list)).toMatchObject({ what: 'takes too long' });
  }, 30_000);
});

describe('functions', () => {
  it('show sizes', () => {
    expect(made('{{size .Size}} {{.Size | size | printf "%10s|"}}')).toBe('1.23 MB    1.23 MB|');
  });

  it.for([
    ['{{printf "%d" .ID}}', 'a number'],
    ['{{printf "%d" 1.5}}', 'a whole number'],
    ['{{printf "%z" 1}}', '%s'],
    ['{{printf "%s"}}', undefined],
    ['{{printf "%s" 1 2}}', '1'],
    ['{{size .ID}}', 'a number'],
    ['{{join .ID ","}}', 'a list'],
    ['{{upper .Size}}', 'a text'],
    ['{{index .Labels 1}}', 'a text'],
    ['{{index .ID 0}}', 'a list or a map'],
    ['{{lt .Labels .Labels}}', undefined],
    ['{{slice .ID 1 2 3}}', '1 to 3'],
    ['{{eq 1}}', '2 or more'],
    ['{{not}}', '1'],
    ['{{foo .ID}}', 'printf'],
    ['{{rang .ID}}', undefined],
  ] as const)('take nothing that they cannot work on: %s', async ([template, expected]) => {
    const failure = await refused(template);
    expect(failure).toMatchObject({ code: 'USAGE' });
    if (expected !== undefined) expect(failure['expected']).toContain(expected);
  });

  it('are known by name, and named when they are not', async () => {
    expect(await refused('{{jsn .}}')).toMatchObject({
      hint: 'did you mean json?',
      expected: FUNCTION_NAMES.join(', '),
    });
  });
});

describe('errors of a template', () => {
  it.for([
    ['ab{{.ID', 2],
    ['ab{{.ID ;}}', 8],
    ['{{if .ID}}x', 0],
    ['x{{end}}', 1],
    ['{{$x}}', 2],
    ['{{template "x"}}', 0],
    ['{{define "x"}}{{end}}', 0],
    ['{{break}}', 0],
    ['{{"\\q"}}', 2],
  ] as const)('tell the place: %s', async ([template, offset]) => {
    expect(await refused(template)).toMatchObject({ code: 'USAGE', offset });
  });
});

const ROWS: readonly Fields[] = [
  { ID: 'a', Name: 'one', Parts: ['x', 'y'], UniqueSize: 1, Labels: new Map([['k', 'v']]) },
  { ID: 'bbbb', Name: 'two\nlines', Parts: [], UniqueSize: 2, Labels: new Map() },
];

const rows = (text: string, given: readonly Fields[] = ROWS): readonly string[] =>
  formatRows(parseRowFormat(text), given, Object.keys(ROWS[0] ?? {}), () => ['plain']);

describe('a format', () => {
  it.for([
    ['table', ['plain']],
    ['{{.ID}}\\t{{.Name}}', ['a\tone', 'bbbb\ttwo\\x0alines']],
    ['{{range .}}{{.ID}}{{"\\n"}}{{end}}', ['a\nbbbb']],
    ['{{range $i, $r := .}}{{$i}}{{$r.ID}} {{end}}', ['0a 1bbbb ']],
    ['table {{.ID}}\\t{{.Name}}', ['IMAGE ID  NAME', 'a         one', 'bbbb      two\\x0alines']],
    ['table {{.UniqueSize}}', ['UNIQUE SIZE', '1', '2']],
    [
      'table {{json .Parts}}\\t{{len .Parts}} {{join .Parts ","}}',
      ['PARTS      PARTS PARTS', '["x","y"]  2 x,y', '[]         0'],
    ],
    [
      'table {{range .Parts}}{{.}}{{end}}|{{printf "%3d" .UniqueSize}}|{{.Labels.k}}',
      ['PARTS|UNIQUE SIZE|K', 'xy|  1|v', '|  2|<no value>'],
    ],
    ['table {{if gt .UniqueSize 1}}{{.ID}}{{end}}', ['IMAGE ID', '', 'bbbb']],
    [
      'json',
      [
        '{"ID":"a","Name":"one","Parts":["x","y"],"UniqueSize":1,"Labels":{"k":"v"}}',
        '{"ID":"bbbb","Name":"two\\nlines","Parts":[],"UniqueSize":2,"Labels":{}}',
      ],
    ],
  ] as const)('%s', ([text, lines]) => {
    expect(rows(text)).toEqual(lines);
  });

  it('of a table says what is wrong even where there are no rows', async () => {
    expect(rows('table {{.ID}}', [])).toEqual(['IMAGE ID']);
    expect((await failureOf(() => rows('table {{.Nothing}}', []))).code).toBe('USAGE');
    expect(rows('{{.ID}}', [])).toEqual([]);
    expect(rows('{{range .}}{{.ID}}{{end}}', [])).toEqual([]);
  });
});
