import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeRegistry, startFakeRegistry } from '../support/fake-registry.js';
import { reply } from '../support/fake-registry-answers.js';
import { golden, run, runJson } from './support/run.js';
import { inScratch } from './support/scratch.js';

const APP = golden('app/skopeo-oci.tar');
const at = inScratch();

let fake: FakeRegistry;
beforeEach(async () => {
  fake = await startFakeRegistry();
});
afterEach(() => fake.close());

describe('a registry on the command line', () => {
  it('is a destination and a source, and the reports say what was done', async () => {
    const place = `docker://${fake.host}/team/app:1`;
    const copied = await runJson('copy-report', ['copy', APP, place]);
    expect(copied).toMatchObject({ push: { uploaded: 5, present: 0, referrers: [] } });
    expect(await runJson('copy-report', ['copy', APP, place])).toMatchObject({ push: { uploaded: 0, present: 5 } });
    expect(await runJson('load-report', ['load', APP, '--to', `docker://${fake.host}/team`])).toMatchObject({
      push: { mounted: 0 },
    });
    const saved = await runJson('save-report', ['save', place, '-o', 'app.tar']);
    expect(saved).toMatchObject({ images: [{ names: [`${fake.host}/team/app:1`] }] });
    for (const [schema, command] of [
      ['inspect-report', 'inspect'],
      ['tree-report', 'tree'],
      ['history-report', 'history'],
      ['ls-report', 'ls'],
      ['verify-report', 'verify'],
    ] as const) {
      expect(await runJson(schema, [command, place]), command).toBeTypeOf('object');
    }
  });

  it('gets the credentials that are given, and no message has them', async () => {
    fake.always(/./, (response, seen, ordinary) => {
      const known = `Basic ${Buffer.from('me:s3cret').toString('base64')}`;
      if (seen.headers['authorization'] === known) return ordinary();
      return reply(401, { 'www-authenticate': 'Basic realm="x"' })(response, seen, ordinary);
    });
    const line = ['copy', APP, `docker://${fake.host}/app:1`];
    expect((await run([...line, '--creds', 'me:s3cret'])).code).toBe(0);
    const wrong = await run([...line, '--creds', 'me:other-s3cret', '--debug']);
    expect([wrong.code, wrong.stderr.includes('AUTH_FAILED'), wrong.stderr.includes('other-s3cret')]).toEqual([
      4,
      true,
      false,
    ]);
    const odd = await run([...line, '--creds', 's3cret']);
    expect([odd.code, odd.stderr.includes('s3cret')]).toEqual([2, false]);
    const none = await run([...line, '--authfile', at('no-such-file')]);
    expect(none.code).toBe(4);
  });

  it('does not get the credentials that another registry was given', async () => {
    const other = await startFakeRegistry();
    try {
      const place = `docker://${fake.host}/app:1`;
      expect((await run(['copy', APP, place])).code).toBe(0);
      const { code, stderr } = await run(['copy', place, `docker://${other.host}/app:1`, '--creds', 'me:s3cret']);
      expect([code, stderr.includes('USAGE'), stderr.includes('s3cret')]).toEqual([2, true, false]);
      expect(other.requests.filter(({ headers }) => headers['authorization'] !== undefined)).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('shows the bytes of blobs as they go', async () => {
    const { stderr } = await run(['copy', APP, `docker://${fake.host}/app:1`, '--progress', 'json']);
    const events = stderr
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { phase?: string });
    expect(events.some(({ phase }) => phase === `push to ${fake.host}`)).toBe(true);
  });
});
