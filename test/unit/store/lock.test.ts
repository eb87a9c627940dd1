import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LockKind, type LockRequest, acquireLock, isLocked, locksWork } from '../../../src/store/lock.js';
import { nativeLocks } from '../../../src/store/native-lock.js';
import { failureOf } from '../../support/memory-place.js';

const hasNative = (await nativeLocks()) !== undefined;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ingot-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const KINDS: readonly LockKind[] = ['flock', 'ofd'];

describe.each(KINDS)('%s', (kind) => {
  const request = (mode: LockRequest['mode'], wait = 0): LockRequest => ({
    path: join(directory, 'lock'),
    mode,
    kind,
    wait,
    purpose: 'testing',
  });

  describe.skipIf(kind === 'ofd' && !hasNative)('where it is to be had', () => {
    it('excludes within one process as well', async () => {
      const first = await acquireLock(request('exclusive'));
      expect(await isLocked(join(directory, 'lock'), kind)).toBe(true);
      const failure = await failureOf(() => acquireLock(request('exclusive')));
      expect(failure.code).toBe('STORE_LOCKED');
      expect(failure.details.found).toContain(`process ${process.pid}`);
      expect(failure.details.found).toContain('testing');
      await first.release();
      await first.release();
      expect(await isLocked(join(directory, 'lock'), kind)).toBe(false);
      expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe('');
    });

    it('is shared by those who read', async () => {
      const readers = [await acquireLock(request('shared')), await acquireLock(request('shared'))];
      expect((await failureOf(() => acquireLock(request('exclusive')))).code).toBe('STORE_LOCKED');
      for (const reader of readers) await reader.release();
      await (await acquireLock(request('exclusive'))).release();
    });

    it('waits for its turn, and no longer than told', async () => {
      const first = await acquireLock(request('exclusive'));
      const begun = performance.now();
      expect((await failureOf(() => acquireLock(request('exclusive', 200)))).code).toBe('STORE_LOCKED');
      expect(performance.now() - begun).toBeGreaterThan(150);
      const second = acquireLock(request('exclusive', 10_000));
      await first.release();
      await (await second).release();
    });

    it('stops to wait when it is told to', async () => {
      const first = await acquireLock(request('exclusive'));
      const controller = new AbortController();
      const waiting = acquireLock({ ...request('exclusive', 60_000), signal: controller.signal });
      setTimeout(() => controller.abort(new Error('enough')), 50);
      await expect(waiting).rejects.toThrow('enough');
      await first.release();
    });

    it('works on this file system', async () => {
      expect(await locksWork(join(directory, 'lock'), kind)).toBe(true);
    });
  });
});

describe('a lock', () => {
  const request: LockRequest = { path: '', mode: 'exclusive', kind: 'flock', wait: 0, purpose: 'test' };

  it('goes with the process that has it, and not before', async () => {
    const path = join(directory, 'lock');
    const holder: ChildProcess = spawn('flock', ['-x', path, 'sh', '-c', 'echo has it; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    await once(holder.stdout ?? holder, 'data');
    expect((await failureOf(() => acquireLock({ ...request, path }))).code).toBe('STORE_LOCKED');
    // A holder that sleeps, or whose clock is wrong, is a holder still.
    process.kill(-(holder.pid ?? 0), 'SIGSTOP');
    expect((await failureOf(() => acquireLock({ ...request, path, wait: 100 }))).code).toBe('STORE_LOCKED');
    process.kill(-(holder.pid ?? 0), 'SIGKILL');
    await (await acquireLock({ ...request, path, wait: 10_000 })).release();
  });

  it('is not taken through a link', async () => {
    symlinkSync('/dev/null', join(directory, 'lock'));
    expect((await failureOf(() => acquireLock({ ...request, path: join(directory, 'lock') }))).code).toBe(
      'STORE_TAMPERED',
    );
  });

  it('is refused where there is no way to take it', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = directory;
    try {
      const failure = await failureOf(() => acquireLock({ ...request, path: join(directory, 'lock') }));
      expect(failure.code).toBe('STORE_LOCK_UNAVAILABLE');
      expect(failure.hint).toContain('fs-native-extensions');
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('of another kind than there is here is refused, and not chosen', async () => {
    vi.resetModules();
    vi.doMock('fs-native-extensions', () => {
      throw new Error('not built for this platform');
    });
    try {
      const other = await import('../../../src/store/lock.js');
      await expect(other.acquireLock({ ...request, kind: 'ofd', path: join(directory, 'lock') })).rejects.toMatchObject(
        { code: 'STORE_LOCK_UNAVAILABLE' },
      );
      expect(await other.chooseLockKind()).toBe('flock');
    } finally {
      vi.doUnmock('fs-native-extensions');
      vi.resetModules();
    }
  });
});
