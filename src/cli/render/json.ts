import { JsonNumber } from '../../base/json.js';

// Characters that JSON allows in a string as they are and a terminal obeys or hides.
const UNSAFE = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

const spell = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const text = (value: string): string => JSON.stringify(value).replace(UNSAFE, spell);

const write = (value: unknown, margin: string): string => {
  // A number of a foreign document keeps its spelling.
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const inner = `${margin}  `;
  const parts = Array.isArray(value)
    ? value.map((item: unknown) => write(item, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]: [string, unknown]) => `${text(key)}: ${write(member, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return parts.length === 0 ? `${open}${close}` : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`;
};

/** A report as one JSON document for people and programs: exact, indented, without a character that a terminal obeys. */
export const jsonText = (value: unknown): string => `${write(value, '')}\n`;

/** A value on one line. */
export const jsonLine = (value: unknown): string =>
  value instanceof JsonNumber
    ? value.text
    : Array.isArray(value)
      ? `[${value.map(jsonLine).join(',')}]`
      : typeof value === 'object' && value !== null
        ? `{${Object.entries(value)
            .map(([key, member]: [string, unknown]) => `${text(key)}:${jsonLine(member)}`)
            .join(',')}}`
        : write(value, '');
