import { describe, expect, it } from 'vitest';
import { eachAtOnce } from '../../../src/base/concurrent.js';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('eachAtOnce', () => {
  it('works on all items, so many at once, begun in their order', async () => {
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    await eachAtOnce([1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      most = Math.max(most, ++running);
      await turn();
      running--;
    });
    expect([begun, most, running]).toEqual([[1, 2, 3, 4, 5], 2, 0]);
  });

  it('has nothing to do for nothing', async () => {
    let count = 0;
    await eachAtOnce([], 3, async () => {
      count++;
    });
    expect(count).toBe(0);
  });

  it('calls the others off after a failure, waits for them, and throws it', async () => {
    const events: string[] = [];
    const work = eachAtOnce(['fails', 'runs', 'never'], 2, async (item, signal) => {
      events.push(item);
      await turn();
      if (item === 'fails') throw new Error('first');
      await turn();
      events.push(`${item} ${signal.aborted}`);
      signal.throwIfAborted();
    });
    await expect(work).rejects.toThrow('first');
    expect(events).toEqual(['fails', 'runs', 'runs true']);
  });

  it('ends with the reason of the outer signal', async () => {
    const outer = new AbortController();
    const work = eachAtOnce(
      [1, 2, 3],
      1,
      async () => {
        outer.abort(new Error('stop'));
      },
      outer.signal,
    );
    await expect(work).rejects.toThrow('stop');
  });
});
