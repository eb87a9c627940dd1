import { escapeText } from '../../base/escape.js';
import type { Observer } from '../../base/event.js';
import type { PROGRESS_MODES } from '../global-flags.js';
import { jsonLine } from './json.js';
import { humanSize } from './text.js';

export interface Progress {
  readonly observer: Observer;
  /** Takes the bar off the screen; call it before anything else is written there. */
  readonly clear: () => void;
}

export interface ProgressScreen {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly write: (text: string) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

interface Phase {
  readonly name: string;
  readonly total?: number;
  readonly since: number;
  done: number;
}

/** Milliseconds between two states of a bar, and between two lines of a plain log. */
const BAR_INTERVAL = 100;
const PLAIN_INTERVAL = 3000;

const percentOf = ({ done, total }: Phase): string =>
  total === undefined || total === 0 ? '' : `${Math.min(100, Math.floor((done / total) * 100))}%`;

/** Nothing before there is something to measure. */
const rateOf = ({ since, done }: Phase, now: number): string =>
  now - since < 200 ? '' : `${humanSize((done / (now - since)) * 1000)}/s`;

const words = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('  ');

const stateOf = (phase: Phase, now: number): string => {
  const bytes =
    phase.total === undefined ? humanSize(phase.done) : `${humanSize(phase.done)} of ${humanSize(phase.total)}`;
  return words(percentOf(phase), bytes, rateOf(phase, now));
};

const barOf = (phase: Phase, { columns, now }: ProgressScreen): string => {
  const text = `${escapeText(phase.name)}  ${stateOf(phase, now())}`;
  const width = Math.min(30, columns - text.length - 5);
  if (phase.total === undefined || phase.total === 0 || width < 5) return text.slice(0, Math.max(0, columns - 1));
  const full = Math.min(width, Math.floor((phase.done / phase.total) * width));
  return `${text}  [${'='.repeat(full)}${' '.repeat(width - full)}]`;
};

/** How each mode shows the start, course and end of a phase. */
interface Style {
  readonly interval: number;
  readonly start: (phase: Phase) => string;
  readonly course: (phase: Phase) => string;
  readonly end: (phase: Phase) => string;
}

const eventLine = (type: string, { name, done, total }: Phase): string =>
  `${jsonLine({ type, phase: name, done, ...(total === undefined ? {} : { total }) })}\n`;

const styleOf = (mode: 'bar' | 'plain' | 'json', screen: ProgressScreen): Style => {
  const plain = (phase: Phase): string => `${escapeText(phase.name)}: ${stateOf(phase, screen.now())}\n`;
  const bar = (phase: Phase): string => `\r\u001b[2K${barOf(phase, screen)}`;
  switch (mode) {
    case 'bar':
      return { interval: BAR_INTERVAL, start: () => '', course: bar, end: () => '' };
    case 'plain':
      return {
        interval: PLAIN_INTERVAL,
        start: (phase) => `${escapeText(phase.name)}\n`,
        course: plain,
        // Headers and what is found again are part of the total and are not counted.
        end: (phase) =>
          `${escapeText(phase.name)}: ${words('done', humanSize(phase.total ?? phase.done), rateOf(phase, screen.now()))}\n`,
      };
    case 'json':
      return {
        interval: BAR_INTERVAL,
        start: (phase) => eventLine('phase', phase),
        course: (phase) => eventLine('bytes', phase),
        end: (phase) => eventLine('phase-end', phase),
      };
  }
};

/** Shows events of operations on standard error. Notes are not its business. */
export const startProgress = (
  mode: (typeof PROGRESS_MODES)[number],
  quiet: boolean,
  screen: ProgressScreen,
): Progress => {
  const shown = mode !== 'auto' ? mode : screen.isTerminal ? 'bar' : 'none';
  if (shown === 'none' || quiet) return { observer: () => {}, clear: () => {} };
  const style = styleOf(shown, screen);
  let phase: Phase | undefined;
  let shownAt = 0;
  let onScreen = false;
  const clear = (): void => {
    if (onScreen) screen.write('\r\u001b[2K');
    onScreen = false;
  };
  return {
    clear,
    observer: (event) => {
      if (event.type === 'phase') {
        phase = {
          name: event.name,
          ...(event.total === undefined ? {} : { total: event.total }),
          since: screen.now(),
          done: 0,
        };
        shownAt = phase.since;
        screen.write(style.start(phase));
      }
      if (event.type === 'bytes' && phase !== undefined) {
        phase.done += event.done;
        const now = screen.now();
        if (now - shownAt < style.interval) return;
        shownAt = now;
        screen.write(style.course(phase));
        onScreen = shown === 'bar';
      }
      if (event.type === 'phase-end' && phase !== undefined) {
        clear();
        screen.write(style.end(phase));
        phase = undefined;
      }
    },
  };
};
