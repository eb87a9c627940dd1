import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { loadGraph } from '../../src/content/load-graph.js';
import { nameFromRepoTag } from '../../src/content/name.js';
import type { Descriptor } from '../../src/oci/descriptor.js';
import { contextWith } from '../../src/operation/context.js';
import type { StockContext } from '../../src/operation/store-context.js';
import { type StoreConfig, saveConfig } from '../../src/store/config.js';
import { initStore } from '../../src/store/init.js';
import type { NameRules, Receipt } from '../../src/store/commit.js';
import { type SinkOptions, writeToStore } from '../../src/store/sink.js';
import { type Store, type StoreSettings, requireStore } from '../../src/store/store.js';
import { type ReadState, readState } from '../../src/store/transact.js';
import { MemoryPlace } from './memory-place.js';

/** A store in a directory of its own, images from memory to fill it with, and a clock that only the test moves. */
export class StoreFixture {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'ingot-store-'));
  readonly root: string = join(this.directory, 'store');
  readonly place: MemoryPlace = new MemoryPlace();
  /** Milliseconds since 1970. The clock of files is the machine's, so this one starts there. */
  now: number = Date.now();

  settings(more: Partial<StoreSettings> = {}): StoreSettings {
    return { root: this.root, now: () => this.now, actor: 'tester', lockWait: 10_000, purpose: 'test', ...more };
  }

  context(more: Partial<StockContext['store']> = {}): StockContext {
    const store = { root: this.root, now: () => this.now, actor: 'tester', lockWait: 10_000, ...more };
    return { ...contextWith({ pathExists: existsSync }), store };
  }

  /** The store, made with these settings if it is not there. */
  async open(config: Partial<StoreConfig> = {}, more: Partial<StoreSettings> = {}): Promise<Store> {
    const store = await initStore(this.settings(more), { adopt: false });
    if (Object.keys(config).length === 0) return store;
    await saveConfig(store.paths, { ...store.config, fsync: false, ...config }, store.limits);
    return requireStore(this.settings(more));
  }

  /** Puts documents of the place into the store. A name in Docker's words; none for an image without one. */
  async put(
    roots: readonly (readonly [Descriptor, ...string[]])[],
    options: Partial<SinkOptions> & { readonly rules?: NameRules } = {},
  ): Promise<Receipt> {
    const store = await this.open();
    const source = this.place.source(
      roots.map(([descriptor, ...names]) =>
        names.length === 0 ? descriptor : [descriptor, ...names.map(nameFromRepoTag)],
      ),
    );
    const { graph, blobs } = await loadGraph(source, DEFAULT_LIMITS);
    return writeToStore(store, graph, blobs, { operation: 'load', source: 'memory', allowSparse: false, ...options });
  }

  async state(): Promise<ReadState> {
    return readState(await this.open());
  }

  /** What each name means. */
  async meanings(): Promise<Readonly<Record<string, string>>> {
    const { index } = await this.state();
    return Object.fromEntries(
      index.entries.filter(({ nameText }) => nameText !== '').map(({ nameText, digest }) => [nameText, digest]),
    );
  }

  /** Digests of images without a name. */
  async unnamed(): Promise<readonly string[]> {
    const { index } = await this.state();
    return index.entries.filter(({ nameText }) => nameText === '').map(({ digest }) => digest);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A full name of Docker's library. */
export const library = (name: string): string => `docker.io/library/${name}`;
