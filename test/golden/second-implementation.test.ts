import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CASES,
  type GoldenCase,
  type GoldenRun,
  INPUTS,
  caseNames,
  goldenInputs,
  readCase,
  sha256,
} from './golden-case.js';
import { secondArchive } from './second-implementation.js';

/** What it cannot decompress, and codecs, which it has not; all else it must give as the program does. */
const BEYOND: ReadonlySet<string> = new Set(['outer-zstd', 'outer-bzip2', 'outer-xz']);
const BEYOND_CASES: ReadonlySet<string> = new Set(['zstd-none', 'app-gzip', 'app-restore']);

const archiveOf = ({ options }: GoldenCase, run: GoldenRun): Buffer => {
  const inputs = goldenInputs();
  return secondArchive(
    run.sources.map((source) => {
      const [id, ...rest] = source.split(':');
      const path = join(INPUTS, inputs.find((input) => input.id === id)?.path ?? '');
      return rest.length === 0 ? { path } : { path, name: rest.join(':') };
    }),
    {
      profile: options.profile ?? 'hybrid-1',
      layers: options.layers === 'none' ? 'none' : 'keep',
      platforms: options.platforms ?? [],
      dockerPlatform: options.dockerPlatform ?? 'linux/amd64',
      mtime: options.mtime ?? 0,
      allowSparse: options.allowSparse ?? false,
      dropReferrers: options.dropReferrers ?? false,
      keepAnnotations: options.keepAnnotations ?? false,
      names: run.names ?? [],
    },
  );
};

const pinned = (name: string): string => readFileSync(join(CASES, name, 'archive.sha256'), 'utf8').slice(0, 64);

describe('an implementation of the document alone gives the golden archives', () => {
  const runs = caseNames()
    .filter((name) => !BEYOND_CASES.has(name))
    .flatMap((name) => {
      const golden = readCase(name);
      return golden.runs
        .filter((run) => !run.sources.some((source) => BEYOND.has(source)))
        .map((run) => [`${name} from ${run.sources.join(' + ')}`, name, golden, run] as const);
    });

  it.each(runs)('%s', (_, name, golden, run) => {
    expect(sha256(archiveOf(golden, run))).toBe(pinned(name));
  });
});

const DOCUMENT = readFileSync(new URL('../../docs/canonical-archive.md', import.meta.url), 'utf8');

/** As `hexdump -C` prints it. */
const hexdump = (bytes: Buffer, start: number, end: number): string => {
  const lines: string[] = [];
  let last = '';
  for (let at = start; at < end; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const cells = [...row].map((byte) => byte.toString(16).padStart(2, '0'));
    const text = [...row].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    const body = `${cells.slice(0, 8).join(' ')}  ${cells.slice(8).join(' ')}  |${text}|`;
    if (body !== last) lines.push(`${at.toString(16).padStart(8, '0')}  ${body}`);
    else if (lines.at(-1) !== '*') lines.push('*');
    last = body;
  }
  return `${[...lines, end.toString(16).padStart(8, '0')].join('\n')}\n`;
};

describe('the examples of the document', () => {
  const archive = (name: string): Buffer => readFileSync(join(CASES, name, 'archive.tar'));

  it('are entries of golden archives', () => {
    const examples = [...DOCUMENT.matchAll(/```json\n([\s\S]*?)\n```/g)].map((match) => match[1] ?? '');
    const archives = [archive('tool-keep-gzip'), archive('multi-none')];
    expect(examples.length).toBeGreaterThanOrEqual(5);
    for (const example of examples) {
      expect(
        archives.some((bytes) => bytes.includes(`${example}\0`) || bytes.includes(example)),
        example,
      ).toBe(true);
    }
  });

  it.each([
    ['tool-keep-gzip', 0, 0x780],
    ['sha512-keep', 0x1000, 0x1600],
  ] as const)('show the bytes of %s', (name, start, end) => {
    expect(DOCUMENT).toContain(`\`\`\`\n${hexdump(archive(name), start, end)}\`\`\``);
  });

  it('list the entries', () => {
    expect(DOCUMENT).toContain(`\`\`\`\n${readFileSync(join(CASES, 'tool-keep-gzip', 'listing.txt'), 'utf8')}\`\`\``);
  });
});
