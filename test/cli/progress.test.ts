import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Progress, startProgress } from '../../src/cli/render/progress.js';
import { golden, run } from './support/run.js';
import { inScratch } from './support/scratch.js';

inScratch();

const APP = golden('app/docker-save.tar');

interface Screen {
  readonly progress: Progress;
  readonly text: () => string;
  readonly wait: (milliseconds: number) => void;
}

const screen = (mode: Parameters<typeof startProgress>[0], isTerminal = true, columns = 80): Screen => {
  let written = '';
  let clock = 0;
  const progress = startProgress(mode, false, {
    isTerminal,
    columns,
    write: (text) => (written += text),
    now: () => clock,
  });
  return { progress, text: () => written, wait: (milliseconds) => (clock += milliseconds) };
};

/** Ten seconds of work in steps of 10 ms. */
const work = ({ progress, wait }: Screen): void => {
  progress.observer({ type: 'phase', name: 'write \u001b[2Jarchive', total: 1_000_000 });
  for (let step = 0; step < 1000; step++) {
    wait(10);
    progress.observer({ type: 'bytes', done: 1000 });
  }
  progress.observer({ type: 'phase-end', name: 'write archive' });
};

describe('progress', () => {
  it('as a bar, ten times a second, gone at the end', () => {
    const shown = screen('auto');
    work(shown);
    const states = shown.text().split('\r\u001b[2K');
    expect(states).toHaveLength(102);
    expect(states[50]).toBe('write \\x1b[2Jarchive  50%  500 kB of 1.00 MB  100 kB/s  [==========           ]');
    expect(states.at(-1)).toBe('');
    expect(Math.max(...states.map((state) => state.length))).toBeLessThan(80);
  });

  it('as a bar on a narrow terminal', () => {
    const shown = screen('auto', true, 20);
    work(shown);
    expect(
      Math.max(
        ...shown
          .text()
          .split('\r\u001b[2K')
          .map((state) => state.length),
      ),
    ).toBeLessThan(20);
  });

  it('as lines, a few', () => {
    const shown = screen('plain', false);
    work(shown);
    expect(shown.text()).toBe(
      [
        'write \\x1b[2Jarchive',
        'write \\x1b[2Jarchive: 30%  300 kB of 1.00 MB  100 kB/s',
        'write \\x1b[2Jarchive: 60%  600 kB of 1.00 MB  100 kB/s',
        'write \\x1b[2Jarchive: 90%  900 kB of 1.00 MB  100 kB/s',
        'write \\x1b[2Jarchive: done  1.00 MB  100 kB/s',
        '',
      ].join('\n'),
    );
  });

  it('as events', () => {
    const shown = screen('json', false);
    work(shown);
    const events = shown
      .text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toHaveLength(102);
    expect(events[1]).toStrictEqual({ type: 'bytes', phase: 'write \u001b[2Jarchive', done: 10_000, total: 1_000_000 });
    expect(events.at(-1)).toMatchObject({ type: 'phase-end', done: 1_000_000 });
  });

  it('of unknown length', () => {
    const shown = screen('plain');
    shown.progress.observer({ type: 'phase', name: 'read' });
    shown.progress.observer({ type: 'bytes', done: 5000 });
    shown.progress.observer({ type: 'phase-end', name: 'read' });
    expect(shown.text()).toBe('read\nread: done  5.00 kB\n');
  });

  it('is not shown without a terminal, with none, or with --quiet', async () => {
    for (const flags of [[], ['--progress=none'], ['--progress=plain', '--quiet']]) {
      expect((await run(['save', APP, '-o', 'x.tar', ...flags])).stderr).toBe('');
    }
  });

  it('goes to standard error', async () => {
    const plain = await run(['save', APP, '-o', 'x.tar', '--progress', 'plain']);
    expect(plain.stderr).toMatch(/^write archive\nwrite archive: done {2}45\.7 kB/m);
    const json = await run(['save', '-', '-o', 'x.tar', '--progress', 'json'], { stdin: readFileSync(APP) });
    const types = json.stderr
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(new Set(types)).toStrictEqual(new Set(['phase', 'phase-end']));
  });
});

describe('notes', () => {
  const WITH_NOTES = golden('hybrid/classic-trio.tar');

  it('are told once, and not with --quiet', async () => {
    const { stderr } = await run(['inspect', WITH_NOTES]);
    const lines = stderr.split('\n').filter((line) => line !== '');
    expect(new Set(lines).size).toBe(lines.length);
    expect((await run(['inspect', WITH_NOTES, '--quiet'])).stderr).toBe('');
  });
});
