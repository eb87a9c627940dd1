import { escapeText } from '../../base/escape.js';
import type { FileEntry, LsReport } from '../../operation/ls.js';
import { table } from './text.js';

const LETTERS: Readonly<Record<FileEntry['type'], string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  hardlink: 'h',
  'character-device': 'c',
  'block-device': 'b',
  fifo: 'p',
};

/** `-rwsr-xr-x` */
const modeText = ({ type, mode }: FileEntry): string => {
  const bits = Number.parseInt(mode, 8);
  const triple = (shift: number, special: number, letter: string): string => {
    const value = (bits >> shift) & 7;
    const executable = (value & 1) !== 0;
    const last = (bits & special) === 0 ? (executable ? 'x' : '-') : executable ? letter : letter.toUpperCase();
    return `${(value & 4) === 0 ? '-' : 'r'}${(value & 2) === 0 ? '-' : 'w'}${last}`;
  };
  return `${LETTERS[type]}${triple(6, 0o4000, 's')}${triple(3, 0o2000, 's')}${triple(0, 0o1000, 't')}`;
};

/** The largest time that a date can hold, in seconds. */
const MAX_DATE = 8_640_000_000_000;

const timeText = (seconds: number): string =>
  Math.abs(seconds) <= MAX_DATE ? new Date(seconds * 1000).toISOString().replace('.000Z', 'Z') : String(seconds);

const nameOf = ({ path, linkTarget }: FileEntry): string =>
  linkTarget === undefined ? path : `${path} -> ${linkTarget}`;

/** @param long with mode, owner, size and time */
export const fileLines = ({ entries }: LsReport, long: boolean): readonly string[] =>
  long
    ? table(
        entries.map((entry) => [
          modeText(entry),
          `${entry.uid}:${entry.gid}`,
          String(entry.size),
          timeText(entry.mtime),
          nameOf(entry),
        ]),
        new Set([2]),
      )
    : entries.map(({ path }) => escapeText(path));
