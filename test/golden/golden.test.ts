import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CASES,
  caseNames,
  expectedFiles,
  goldenInputs,
  inputIDs,
  readCase,
  runCase,
  saveAgain,
  sha256,
} from './golden-case.js';

const update = process.env['UPDATE_GOLDEN'] === '1';

/** The only place that writes below `golden/cases`, and only when `make golden` asks for it. */
const rewrite = (folder: string, files: ReadonlyMap<string, Buffer>): void => {
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) if (file !== 'case.json') rmSync(join(folder, file), { recursive: true });
  for (const [file, bytes] of files) writeFileSync(join(folder, file), bytes);
};

/** Text is compared as text, so that a failure shows what is different. */
const content = (file: string, bytes: Buffer): string =>
  file === 'archive.tar' ? sha256(bytes) : bytes.toString('utf8');

describe('golden cases', () => {
  const names = caseNames();

  it.each(names)('%s', async (name) => {
    const golden = readCase(name);
    const folder = join(CASES, name);
    const results = [];
    for (const run of golden.runs) results.push(await runCase(golden, run));
    const digests = results.map(({ archive }, index) => [golden.runs[index]?.sources, sha256(archive)]);
    expect(digests).toEqual(digests.map(([sources]) => [sources, digests[0]?.[1]]));
    for (const { plan } of results) expect(plan).toEqual(results[0]?.plan);
    const [first] = results;
    if (first === undefined) throw new Error('a case without a run');
    expect(sha256(await saveAgain(golden, first.archive, 'keep')), 'saved again').toBe(digests[0]?.[1]);
    if (golden.options.layers === 'none' && golden.options.keepAnnotations !== true) {
      expect(sha256(await saveAgain(golden, first.archive, 'none')), 'decompressed again').toBe(digests[0]?.[1]);
    }
    const files = expectedFiles(golden, results);
    if (update) rewrite(folder, files);
    expect(readdirSync(folder).toSorted()).toEqual(['case.json', ...files.keys()].toSorted());
    for (const [file, bytes] of files) {
      expect(content(file, readFileSync(join(folder, file))), file).toBe(content(file, bytes));
    }
  });

  it('use every input', () => {
    const used = new Set(names.flatMap((name) => readCase(name).runs.flatMap(inputIDs)));
    expect(
      goldenInputs()
        .map(({ id }) => id)
        .filter((id) => !used.has(id)),
    ).toEqual([]);
  });

  it.each([
    ['what tools store uncompressed, and what is decompressed', 'app-keep-plain-layers', 'app-none'],
    ["what is restored, and the registry's image", 'app-restore', 'app-keep-registry'],
    ["layers of the pinned codec, and the registry's layers", 'app-gzip', 'app-keep-compressed-layers'],
    ['one image of many tools, and of one tool', 'tool-none', 'tool-keep-outer'],
    ['a platform that is chosen, and a platform that is all there is', 'multi-platform', 'multi-sparse'],
  ])('%s are one archive', (_, one, other) => {
    const pinned = (name: string): string => readFileSync(join(CASES, name, 'archive.sha256'), 'utf8');
    expect(pinned(one)).toBe(pinned(other));
  });

  it('say who vouches for them', () => {
    for (const name of names) expect(readCase(name).vouchers, name).not.toEqual([]);
  });
});
