import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveConfig } from '../../src/store/config.js';
import { collect } from '../../src/store/collect.js';
import { listBlobs } from '../../src/store/content.js';
import { fsck } from '../../src/store/fsck.js';
import { initStore } from '../../src/store/init.js';
import { Reach } from '../../src/store/reach.js';
import { requireStore } from '../../src/store/store.js';
import { readState } from '../../src/store/transact.js';
import { KILL_STEPS, torture } from './torture.js';

/** Ten seconds with all tests; the CI takes a minute: `INGOT_TORTURE_SECONDS=60 make test TEST=test/torture`. */
const SECONDS = Number(process.env['INGOT_TORTURE_SECONDS'] ?? '10');
const SEED = Number(process.env['INGOT_TORTURE_SEED'] ?? String(process.pid));

describe('a store under processes that are killed', () => {
  let scratch: string;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'ingot-torture-'));
  });
  afterAll(() => {
    rmSync(scratch, { recursive: true, force: true });
  });

  it(
    `loses nothing in ${SECONDS} s (seed ${SEED})`,
    async () => {
      const root = join(scratch, 'store');
      const made = await initStore({ root }, { adopt: false });
      // Nothing rests and nothing is too young, so that whatever is not protected really goes.
      await saveConfig(made.paths, { ...made.config, fsync: false, trash: 0, grace: 0 }, made.limits);
      const result = await torture({
        root,
        logs: join(scratch, 'logs'),
        seconds: SECONDS,
        writers: 6,
        collectors: 2,
        seed: SEED,
      });
      const { operations, removed, killed, killedAt } = result;
      console.info(
        `torture: ${JSON.stringify({ seconds: SECONDS, seed: SEED, operations, removed, killed, killedAt, violations: result.violations.length })}`,
      );
      expect(result.violations).toEqual([]);

      const store = await requireStore({ root });
      const state = await readState(store);
      const meaning = new Map(state.index.entries.map(({ nameText, digest }) => [nameText, digest]));
      const lost = [...result.allowed].filter(([name, allowed]) => !allowed.includes(meaning.get(name) ?? null));
      expect(lost).toEqual([]);
      const checked = await fsck(store, { repair: false, quick: false });
      expect(checked.findings.filter(({ severity }) => severity === 'error')).toEqual([]);

      await collect(store, { grace: 0 });
      const live = await new Reach(store.paths, store.limits).from(
        state.index.entries.map(({ digest, mediaType, nameText }) => ({ digest, mediaType, owner: nameText })),
      );
      const { blobs, odd } = await listBlobs(store.paths);
      expect(odd).toEqual([]);
      expect(blobs.map(({ digest }) => digest).toSorted()).toEqual([...live].toSorted());
      expect(readdirSync(store.paths.ingest)).toEqual([]);
      expect(readdirSync(store.paths.leases)).toEqual([]);
      expect(operations).toBeGreaterThan(SECONDS);
      // With so many, every point of every operation was somebody's last.
      if (operations > 2000) expect(Object.keys(killedAt).toSorted()).toEqual([...KILL_STEPS].toSorted());
    },
    (SECONDS + 60) * 1000,
  );
});
