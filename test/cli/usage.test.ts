import { describe, expect, it } from 'vitest';
import { golden, run, runFailing } from './support/run.js';
import { inScratch } from './support/scratch.js';

inScratch();

const APP = golden('app/docker-save.tar');

describe('a command line that is wrong', () => {
  it.for<[argv: string, details: Record<string, unknown>]>([
    ['savee a -o b', { found: '"savee"', hint: 'did you mean save? see: ingot --help' }],
    ['nothing', { found: '"nothing"', hint: 'see: ingot --help' }],
    ['--nothing', { found: '"--nothing"' }],
    ['save', { expected: 'ingot save SOURCE... -o FILE|-' }],
    ['save a', { expected: '-o FILE, or -o - for standard output' }],
    ['save a -o', { subject: '-o' }],
    ['save a --output', { subject: '--output' }],
    [
      'save a -o b --platfrom linux/amd64',
      { found: '"--platfrom"', hint: 'did you mean --platform? see: ingot save --help' },
    ],
    ['save a -o b -x', { found: '"-x"' }],
    ['save a -ofile', { found: '"-f"' }],
    ['save a -o b --no-digest', { found: '"--no-digest"' }],
    ['save a -o b --manifest.from c', { found: '"--manifest.from"' }],
    ['save a -o b --dropReferrers', { found: '"--dropReferrers"', hint: expect.stringContaining('--drop-referrers') }],
    ['save a -o b --_ c', { found: '"--_"' }],
    ['save a -o b --$0 c', { found: '"--$0"' }],
    ['save a -o b --__proto__ c', { found: '"--__proto__"' }],
    ['save a -o b --deep=perhaps', { subject: '--deep' }],
    ['save a -o b --threads abc', { subject: '--threads' }],
    ['save a -o b --threads 0', { subject: '--threads' }],
    ['save a -o b --threads 1.5', { subject: '--threads' }],
    ['save a -o b --max-layer-size 12Q', { subject: '--max-layer-size' }],
    ['save a -o b --max-ratio=', { subject: '--max-ratio' }],
    ['save a -o b --progress bar', { subject: '--progress', expected: 'auto, plain, json, none' }],
    ['save a -o b --profile hybrid-0', { subject: '--profile', expected: 'hybrid-1, oci-1' }],
    ['save a -o b --platform a/b/c/d', { subject: '--platform' }],
    ['save a -o b --platform linux/amd64 --platform /', { subject: '--platform' }],
    ['save a -o b --name x=', { subject: '--name' }],
    ['save a -o b --name =x', { subject: '--name' }],
    ['save a -o b --mtime yesterday', { subject: '--mtime' }],
    ['save a -o b --mtime -1', { subject: '--mtime' }],
    ['save a -o b --mtime 2024-02-30', { subject: '--mtime' }],
    ['save a -o b --mtime 99999999999', { expected: '0 to 8589934591 seconds since 1970' }],
    ['save a -o b --layers squash', { subject: '--layers', found: '"squash"' }],
    ['save a -o b --layers restore', { expected: '--manifest-from FILE' }],
    ['save a -o b --manifest-from c', {}],
    ['save a -o b --recipe c', {}],
    ['save a -o - --digest', {}],
    ['load a --to oci:b --link', { subject: '--link' }],
    ['load a b', { found: '"b"' }],
    ['load a b --list', { found: '"b"' }],
    ['load a --list --to oci:b', {}],
    ['copy a', { expected: 'ingot copy SRC DEST' }],
    ['copy a b c', { found: '"c"' }],
    ['copy golden/inputs/app/*.tar oci:b', { subject: 'golden/inputs/app/*.tar' }],
    ['verify', {}],
    ['verify a --expect sha256:12', { subject: '--expect' }],
    ['verify a --lock', { subject: '--lock' }],
    ['verify a --recipe b', { expected: '--lock FILE' }],
    ['save a -o b --lock c', {}],
    ['digest a --file --images', {}],
    ['inspect', {}],
    ['inspect a -- b', { found: '"b"' }],
    ['inspect a --raw --config', {}],
    ['tree a --layers --platforms', {}],
    ['store', {}],
    ['store reset', { expected: 'ingot store reset PATH' }],
    ['store info --grace 1h', {}],
    ['fsck a', { found: '"a"' }],
    ['history a --trunc', { found: '"--trunc"', hint: expect.stringContaining('--no-trunc') }],
    ['ls a --layer', { subject: '--layer' }],
    ['completion powershell', { expected: 'bash, zsh, fish' }],
    ['completion bash', { message: 'a script is no JSON document' }],
  ])('%s', async ([line, details]) => {
    // The last one is wrong with --json alone.
    const failure =
      line === 'completion bash' ? { code: 2, ...(await jsonFailure(line)) } : await runFailing(line.split(' '));
    expect(failure).toMatchObject({ code: 2, error: { code: 'USAGE', ...details } });
  });

  const jsonFailure = async (line: string): Promise<{ error: unknown }> =>
    JSON.parse((await run(['--json', ...line.split(' ')])).stdout) as { error: unknown };

  it('names other codes of the class', async () => {
    expect(await runFailing(['inspect', 'oci::tag'])).toMatchObject({
      code: 2,
      error: { code: 'LOCATION_INVALID' },
    });
    expect(await runFailing(['inspect', `docker-archive:${APP}:other`])).toMatchObject({
      code: 2,
      error: { code: 'REFERENCE_NOT_FOUND' },
    });
    expect(await runFailing(['save', APP, '-o', 'x.tar', '--layers', 'gzip=best'])).toMatchObject({
      code: 2,
      error: { code: 'CODEC_UNKNOWN' },
    });
    expect(await runFailing(['digest', APP], { env: { SOURCE_DATE_EPOCH: 'now' } })).toMatchObject({
      code: 2,
      error: { code: 'USAGE', subject: 'SOURCE_DATE_EPOCH' },
    });
  });

  it('shows the error and what to do about it', async () => {
    expect((await run(['savee'])).stderr).toBe(
      'ingot: USAGE: no such command: found "savee"\nhint: did you mean save? see: ingot --help\n',
    );
  });
});

describe('the words of a command line', () => {
  it('may be numbers, or follow --', async () => {
    await run(['save', APP, '-o', '1e3']);
    expect((await run(['verify', './1e3'])).code).toBe(0);
    expect((await run(['digest', '1e3'])).stdout).toMatch(/ 1e3\n$/);
    expect((await run(['digest', '--', '1e3'])).stdout).toMatch(/ 1e3\n$/);
  });

  it('may name a file that looks like an option', async () => {
    await run(['save', APP, '-o', './-x.tar']);
    expect((await run(['digest', '--', '-x.tar'])).stdout).toMatch(/ -x\.tar\n$/);
    expect((await run(['save', APP, '--output=-y.tar'])).code).toBe(0);
  });

  it('may come before the command, and again: the last one counts', async () => {
    const { code, stdout } = await run([
      '--threads',
      '2',
      '--json',
      'digest',
      APP,
      '--mtime',
      '1',
      '--mtime',
      '2',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(stdout).toBe((await run(['digest', APP, '--mtime', '2', '--json'])).stdout);
  });

  it('that repeat a list do not swallow what follows', async () => {
    const { code } = await run(['digest', '--platform', 'linux/amd64', '--platform', 'linux/arm64', APP]);
    expect(code).toBe(0);
  });
});
