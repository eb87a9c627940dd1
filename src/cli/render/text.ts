import { escapeText } from '../../base/escape.js';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes as docker shows them, in powers of 1000: `512 B`, `1.25 MB`. */
export const humanSize = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
};

/** `1.25 MB (1250000 bytes)`; below 1000 the bytes alone. */
export const exactSize = (bytes: number): string =>
  bytes < 1000 ? `${bytes} bytes` : `${humanSize(bytes)} (${bytes} bytes)`;

/** Seconds in the largest unit that divides them: `7d`, `90s`. */
export const durationText = (seconds: number): string => {
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ] as const) {
    if (seconds > 0 && seconds % length === 0) return `${seconds / length}${unit}`;
  }
  return `${seconds}s`;
};

/** Columns side by side, without blanks at the ends of lines. Cells are escaped here. */
export const table = (
  rows: readonly (readonly string[])[],
  right: ReadonlySet<number> = new Set(),
): readonly string[] => {
  const cells = rows.map((row) => row.map(escapeText));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return cells.map((row) =>
    row
      .map((cell, column) =>
        right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
};

/** Lines moved to the right. */
export const indent = (lines: readonly string[], by = 2): readonly string[] =>
  lines.map((line) => ' '.repeat(by) + line);

export const plural = (count: number, one: string, many: string = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** A foreign document on a terminal: its lines stay, everything else that a terminal obeys is spelt out. */
export const documentText = (bytes: Uint8Array): string =>
  `${new TextDecoder().decode(bytes).split('\n').map(escapeText).join('\n').trimEnd()}\n`;
