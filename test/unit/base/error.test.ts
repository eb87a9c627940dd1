import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorClass, type ErrorCode, errorClassOf } from '../../../src/base/error-code.js';
import { ToolError, fromSystemError, invariant } from '../../../src/base/error.js';

describe('a ToolError', () => {
  it('keeps the details that were given, and no others', () => {
    const error = new ToolError('DIGEST_MISMATCH', 'what', { subject: 's', expected: 'a', found: 'b', hint: 'h' });
    expect(error.details).toEqual({ subject: 's', expected: 'a', found: 'b' });
    expect(Object.keys(error.details)).toEqual(['subject', 'expected', 'found']);
    expect(error).toMatchObject({
      name: 'ToolError',
      code: 'DIGEST_MISMATCH',
      what: 'what',
      hint: 'h',
      class: 'input',
    });
    expect('cause' in error).toBe(false);
  });

  it.for<[line: string, options: ConstructorParameters<typeof ToolError>[2], message: string]>([
    ['nothing else', {}, 'what'],
    ['a subject', { subject: 'x' }, 'x: what'],
    ['the whole document is no place', { subject: 'x', pointer: '' }, 'x: what'],
    ['a pointer', { pointer: '/a/0' }, 'what (at /a/0)'],
    ['the first byte', { offset: 0 }, 'what (at byte 0)'],
    ['pointer and byte', { pointer: '/a', offset: 7 }, 'what (at /a, at byte 7)'],
    ['an expectation', { expected: 'e' }, 'what: expected e'],
    ['a finding', { found: 'f' }, 'what: found f'],
    ['all of it', { subject: 'x', pointer: '/a', expected: 'e', found: 'f' }, 'x: what (at /a): expected e, found f'],
    ['text that would move the cursor', { subject: '\u001b[2J', found: '\u202e' }, '\\x1b[2J: what: found \\u202e'],
  ])('is told with %s', ([, options, message]) => {
    expect(new ToolError('IO', 'what', options).message).toBe(message);
  });

  it('learns more about its place, and what it knows wins', () => {
    const cause = new Error('cause');
    const error = new ToolError('JSON_SYNTAX', 'what', { offset: 3, subject: 'inner', cause });
    const outer = error.within({ subject: 'outer', pointer: '/p' }, 'hint');
    expect(outer).toMatchObject({ code: 'JSON_SYNTAX', what: 'what', hint: 'hint', cause });
    expect(outer.details).toEqual({ subject: 'inner', offset: 3, pointer: '/p' });
    expect(outer.within({}, 'another').hint).toBe('hint');
    expect(error.hint).toBeUndefined();
  });
});

describe('a system error', () => {
  it.for<[system: string, code: ErrorCode]>([
    ['ENOENT', 'FILE_NOT_FOUND'],
    ['ENOTDIR', 'FILE_NOT_FOUND'],
    ['EACCES', 'PERMISSION_DENIED'],
    ['EPERM', 'PERMISSION_DENIED'],
    ['EROFS', 'PERMISSION_DENIED'],
    ['ENOSPC', 'NO_SPACE'],
    ['EDQUOT', 'NO_SPACE'],
    ['EFBIG', 'NO_SPACE'],
    ['EMFILE', 'TOO_MANY_FILES'],
    ['ENFILE', 'TOO_MANY_FILES'],
    ['EPIPE', 'PIPE_CLOSED'],
    ['EIO', 'IO'],
    ['EISDIR', 'IO'],
    ['ERR_FS_FILE_TOO_LARGE', 'IO'],
  ])('%s is %s', ([system, code]) => {
    const cause = Object.assign(new Error('message'), { code: system });
    const error = fromSystemError(cause, 'what', 'subject');
    expect(error).toMatchObject({ code, details: { subject: 'subject', found: system }, cause, class: 'surroundings' });
    expect(error.hint === undefined).toBe(code === 'IO' || code === 'PIPE_CLOSED');
  });

  it('without a code tells what it says', () => {
    expect(fromSystemError(new Error('odd'), 'what')).toMatchObject({ code: 'IO', details: { found: 'odd' } });
    expect(fromSystemError('text', 'what').details).toEqual({ found: 'text' });
  });

  it('that is a ToolError already passes unchanged', () => {
    const error = new ToolError('TAR_TRUNCATED', 'what');
    expect(fromSystemError(error, 'other', 'subject')).toBe(error);
  });
});

it('an invariant that does not hold is a defect', () => {
  invariant(1, 'fine');
  expect(() => invariant(0, 'broken')).toThrow(expect.objectContaining({ code: 'DEFECT', class: 'defect' }));
});

it('every code has a class that an exit code follows from, and one line of meaning', () => {
  const classes: readonly ErrorClass[] = [
    'refusal',
    'usage',
    'input',
    'surroundings',
    'defect',
    'interrupted',
    'terminated',
  ];
  const codes = Object.keys(ERROR_CODES) as ErrorCode[];
  expect(codes.filter((code) => !classes.includes(errorClassOf(code)))).toEqual([]);
  expect(codes.filter((code) => !/^[A-Z][A-Z0-9_]+$/.test(code))).toEqual([]);
  expect(codes.filter((code) => !/^.*[^.]$/.test(ERROR_CODES[code].meaning))).toEqual([]);
});
