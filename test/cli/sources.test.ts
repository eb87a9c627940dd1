import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expandSources } from '../../src/cli/sources.js';
import { runFailing } from './support/run.js';
import { inScratch } from './support/scratch.js';

inScratch();

beforeAll(() => {
  mkdirSync('d');
  for (const name of [
    'b.tar',
    'a.tar',
    '\ud83d\ude00.tar',
    '\uff5e.tar',
    '[x].tar',
    'x.tar',
    'oci:z.tar',
    '.hidden.tar',
  ]) {
    writeFileSync(`d/${name}`, '');
    writeFileSync(name, '');
  }
  mkdirSync('d/layout');
});

const expand = (...texts: string[]): Promise<readonly string[]> => expandSources(texts, existsSync);

describe('patterns', () => {
  it('are expanded in the order of bytes', async () => {
    expect(await expand('d/*.tar')).toStrictEqual([
      'd/[x].tar',
      'd/a.tar',
      'd/b.tar',
      'd/oci:z.tar',
      'd/x.tar',
      'd/\uff5e.tar',
      'd/\ud83d\ude00.tar',
    ]);
  });

  it('match directories too', async () => {
    expect(await expand('oci:d/lay*')).toStrictEqual(['oci:d/layout']);
  });

  it('keep transport and reference', async () => {
    expect(await expand('oci-archive:d/{a,b}.tar:v1@0')).toStrictEqual([
      'oci-archive:d/a.tar:v1@0',
      'oci-archive:d/b.tar:v1@0',
    ]);
  });

  it('are paths where a path of that name exists', async () => {
    expect(await expand('d/[x].tar', 'docker-archive:d/[x].tar:tag')).toStrictEqual([
      'd/[x].tar',
      'docker-archive:d/[x].tar:tag',
    ]);
  });

  it('give each location once, in the order of the words', async () => {
    expect(await expand('x.tar', '-', 'd/b.tar', 'd/{a,b}.tar', '-')).toStrictEqual([
      'x.tar',
      '-',
      'd/b.tar',
      'd/a.tar',
    ]);
  });

  it('do not turn a file into another transport', async () => {
    expect(await expand('oci?z.tar')).toStrictEqual(['./oci:z.tar']);
  });

  it('that match nothing are an error', async () => {
    expect(await runFailing(['verify', 'd/*.zip'])).toMatchObject({
      code: 4,
      error: { code: 'FILE_NOT_FOUND', subject: 'd/*.zip' },
    });
    expect(await runFailing(['digest', 'oci:none/**'])).toMatchObject({ code: 4, error: { code: 'FILE_NOT_FOUND' } });
  });

  it('without a pattern are left alone', async () => {
    const plain = ['', 'alpine', './none', 'docker://a/b', 'oci:', 'a@sha256:0', '!x'];
    expect(await expand(...plain)).toStrictEqual(plain);
  });
});
