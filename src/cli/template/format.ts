import { ROW_RULES, type Rules, evaluateTemplate } from './evaluate.js';
import { callFunction } from './function.js';
import { parseTemplate } from './parse.js';
import { table } from '../render/text.js';
import type { Block } from './syntax.js';
import { type Fields, Written, charactersOf, jsonOf } from './value.js';

/** What `--format` asks for. */
export type RowFormat =
  /** One JSON document on a line for each row. */
  | { readonly kind: 'json' }
  /** The table that is shown without the option. */
  | { readonly kind: 'table' }
  /** A line for each row; with a head, in columns; or, for `{{range .}}`, the rows as a list. */
  | { readonly kind: 'rows' | 'columns' | 'list'; readonly template: Block };

const OVER_ROWS = /^\s*\{\{-?\s*range\s+(?:\$\w*\s*(?:,\s*\$\w+\s*)?:=\s*)?\.\s*-?\}\}/;

/**
 * Reads `json`, `table`, `table TEMPLATE` or a template.
 * @throws {ToolError} USAGE
 */
export const parseRowFormat = (text: string): RowFormat => {
  const trimmed = text.trim();
  if (trimmed === 'json' || trimmed === 'table') return { kind: trimmed };
  const columns = /^table(?:\s|\\t|\\n)/.exec(text)?.[0];
  if (columns !== undefined) return { kind: 'columns', template: parseTemplate(text.slice(columns.length)) };
  return { kind: OVER_ROWS.test(text) ? 'list' : 'rows', template: parseTemplate(text) };
};

const HEADS: Readonly<Record<string, string>> = { ID: 'IMAGE ID', CreatedSince: 'CREATED', ImportedSince: 'IMPORTED' };

const headOf = (name: string): string =>
  (Object.hasOwn(HEADS, name) ? HEADS[name] : undefined) ?? name.replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase();

const PRINTING: ReadonlySet<string> = new Set(['print', 'println', 'and', 'or', 'not']);

/** The head says of every field what it is called, whatever a function makes of the field's value. */
const HEAD_RULES: Rules = {
  field: (value, name) => (charactersOf(value) === undefined ? ROW_RULES.field(value, name) : headOf(name)),
  turns: (value) => [[0, value]],
  call: (name, args) => {
    if (PRINTING.has(name)) return callFunction(name, args);
    if (name !== 'printf') return args[0];
    const [format, ...values] = args;
    const loose = (charactersOf(format) ?? '').replace(/%([-+0 ]*\d*)(?:\.\d+)?[a-zA-Z]/g, '%$1s');
    return callFunction(name, [new Written(loose), ...values]);
  },
};

const cellsOf = (text: string): readonly (readonly string[])[] => text.split('\n').map((line) => line.split('\t'));

/**
 * Rows as text.
 * @param names of the fields that every row has
 * @param plain what is shown for the format `table`
 * @throws {ToolError} USAGE as `evaluateTemplate`
 */
export const formatRows = (
  format: RowFormat,
  rows: readonly Fields[],
  names: readonly string[],
  plain: () => readonly string[],
): readonly string[] => {
  switch (format.kind) {
    case 'table':
      return plain();
    case 'json':
      return rows.map(jsonOf);
    case 'rows':
      return rows.map((row) => evaluateTemplate(format.template, row));
    case 'list': {
      const text = evaluateTemplate(format.template, rows);
      return text === '' ? [] : [text.replace(/\n$/, '')];
    }
    case 'columns': {
      const heads = Object.fromEntries(names.map((name) => [name, headOf(name)]));
      const head = evaluateTemplate(format.template, heads, HEAD_RULES);
      return table([head, ...rows.map((row) => evaluateTemplate(format.template, row))].flatMap(cellsOf));
    }
  }
};
