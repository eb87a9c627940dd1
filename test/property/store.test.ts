import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_SETTINGS, PROFILES } from '../../src/format/profile.js';
import { startHash } from '../../src/base/hash.js';
import { DEFAULT_TRANSFER } from '../../src/operation/prepare.js';
import { save } from '../../src/operation/save.js';
import { checkStore } from '../../src/operation/stock/check.js';
import { DEFAULT_IMAGES, images } from '../../src/operation/stock/images.js';
import { pin, tag, untag } from '../../src/operation/stock/names.js';
import { gc, prune } from '../../src/operation/stock/prune.js';
import { DEFAULT_RMI, rmi } from '../../src/operation/stock/remove.js';
import { restore } from '../../src/operation/stock/restore.js';
import { df } from '../../src/operation/stock/usage.js';
import { StoreFixture, library } from '../support/store-fixture.js';
import type { MemoryImage } from '../support/memory-place.js';

/** A store as it should be: names and what they mean, images without a name, images in the trash. */
interface Model {
  readonly names: Map<string, number>;
  readonly dangling: Set<number>;
  readonly pinned: Set<string>;
  /** Newest last. */
  readonly trash: { readonly image: number; readonly names: readonly string[] }[];
}

const NAMES = ['a:1', 'b:1', 'c:1'].map(library);
const IMAGES = 4;

const name = fc.constantFrom(...NAMES);
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('load' as const), name, image: fc.nat(IMAGES - 1) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('tag' as const), name, to: name }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('untag' as const), name }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('rmi' as const), name }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('restore' as const), name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pin' as const), name, pinned: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('gc' as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('prune' as const), all: fc.boolean() }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const namesOf = ({ names }: Model, image: number): readonly string[] =>
  [...names]
    .filter(([, other]) => other === image)
    .map(([it]) => it)
    .toSorted();

const give = (model: Model, to: string, image: number): void => {
  const old = model.names.get(to);
  model.names.set(to, image);
  model.dangling.delete(image);
  if (old !== undefined && old !== image && namesOf(model, old).length === 0) model.dangling.add(old);
};

const take = (model: Model, from: string): void => {
  const image = model.names.get(from);
  model.names.delete(from);
  model.pinned.delete(from);
  if (image !== undefined && namesOf(model, image).length === 0) model.dangling.add(image);
};

/** Does to the model what the operation must do to the store; false where the store must refuse. */
const expectedOf = (model: Model, step: Operation): boolean => {
  switch (step.type) {
    case 'load':
      give(model, step.name, step.image);
      return true;
    case 'tag': {
      const image = model.names.get(step.name);
      if (image !== undefined) give(model, step.to, image);
      return image !== undefined;
    }
    case 'untag':
      if (!model.names.has(step.name) || model.pinned.has(step.name)) return false;
      take(model, step.name);
      return true;
    case 'rmi': {
      const image = model.names.get(step.name);
      if (image === undefined || model.pinned.has(step.name)) return false;
      const names = namesOf(model, image);
      take(model, step.name);
      if (names.length === 1) {
        model.dangling.delete(image);
        model.trash.push({ image, names });
      }
      return true;
    }
    case 'restore': {
      const at = model.trash.findLastIndex(({ names }) => names.includes(step.name));
      const record = model.trash[at];
      if (record === undefined) return false;
      if (record.names.some((it) => model.names.has(it) && model.names.get(it) !== record.image)) return false;
      model.trash.splice(at, 1);
      for (const it of record.names) give(model, it, record.image);
      return true;
    }
    case 'pin':
      if (!model.names.has(step.name)) return false;
      if (step.pinned) model.pinned.add(step.name);
      else model.pinned.delete(step.name);
      return true;
    case 'gc':
      return true;
    case 'prune':
      model.dangling.clear();
      if (step.all) {
        // In the order of the index.
        for (const image of new Set([...model.names.keys()].toSorted().map((it) => model.names.get(it) ?? 0))) {
          const names = namesOf(model, image);
          if (names.some((it) => model.pinned.has(it))) continue;
          for (const it of names) model.names.delete(it);
          model.trash.push({ image, names });
        }
      }
      return true;
  }
};

class Run {
  readonly fixture: StoreFixture = new StoreFixture();
  readonly images: readonly MemoryImage[] = Array.from({ length: IMAGES }, (_, index) =>
    this.fixture.place.image({ layers: ['shared', `half ${index >> 1}`, `own ${index}`] }),
  );

  async do(step: Operation): Promise<boolean> {
    const context = this.fixture.context();
    try {
      switch (step.type) {
        case 'load':
          await this.fixture.put([[this.images[step.image]!.descriptor, step.name]]);
          return true;
        case 'tag':
          await tag(step.name, [step.to], {}, context);
          return true;
        case 'untag':
          await untag([step.name], { force: false, ignoreMissing: false }, context);
          return true;
        case 'rmi':
          return (await rmi([step.name], DEFAULT_RMI, context)).conflicts.length === 0;
        case 'restore':
          await restore([step.name], { force: false }, context);
          return true;
        case 'pin':
          await pin([step.name], step.pinned, context);
          return true;
        case 'gc':
          await gc({ dryRun: false, grace: 0 }, context);
          return true;
        case 'prune':
          await prune({ all: step.all, filters: [], purge: false, dryRun: false, grace: 0 }, context);
          return true;
      }
    } catch (error) {
      if (error instanceof Error && 'class' in error && error.class === 'usage') return false;
      throw error;
    }
  }

  digest(image: number): string {
    return this.images[image]!.descriptor.digest;
  }

  /** Digest of the archive of all names. */
  async saved(names: readonly string[]): Promise<string> {
    const hash = startHash('sha256');
    const stream = async (archive: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const chunk of archive) hash.update(chunk);
    };
    const options = { ...DEFAULT_TRANSFER, profile: PROFILES['hybrid-1'], settings: DEFAULT_SETTINGS, digest: false };
    await save(
      names.map((it) => `store:${it}`),
      { stream },
      options,
      this.fixture.context(),
    );
    return hash.hex();
  }
}

it('a store does what its model does, and no byte tells how it came about', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 14 }), async (steps) => {
      const run = new Run();
      const fresh = new Run();
      try {
        await run.fixture.open({ fsync: false });
        const model: Model = { names: new Map(), dangling: new Set(), pinned: new Set(), trash: [] };
        for (const step of steps) {
          expect(await run.do(step), JSON.stringify(step)).toBe(expectedOf(model, step));
          const expected = [...model.names].map(([it, image]) => [it, run.digest(image)]);
          expect(await run.fixture.meanings()).toEqual(Object.fromEntries(expected));
          expect((await run.fixture.unnamed()).toSorted()).toEqual(
            [...model.dangling].map((image) => run.digest(image)).toSorted(),
          );
        }
        const { trash, refs } = await run.fixture.state();
        expect(trash.records.map(({ root, names }) => [root.digest, names])).toEqual(
          model.trash.map(({ image, names }) => [run.digest(image), names]),
        );
        expect(
          [...refs.refs]
            .filter(([, { pinned }]) => pinned)
            .map(([it]) => it)
            .toSorted(),
        ).toEqual([...model.pinned].toSorted());
        // What rests and what is listed is whole, and the numbers fit.
        expect((await checkStore({ repair: false, quick: false }, run.fixture.context())).findings).toEqual([]);
        const usage = await df(run.fixture.context());
        expect(Object.values(usage.parts).reduce((sum, bytes) => sum + bytes, 0)).toBe(usage.total);
        expect((await images(DEFAULT_IMAGES, run.fixture.context())).images).toHaveLength(
          model.names.size + model.dangling.size,
        );
        if (model.names.size === 0) return;
        await fresh.fixture.open({ fsync: false });
        for (const [it, image] of [...model.names].toReversed())
          await fresh.fixture.put([[fresh.images[image]!.descriptor, it]]);
        const names = [...model.names.keys()];
        expect(await run.saved(names)).toBe(await fresh.saved(names.toReversed()));
      } finally {
        run.fixture.remove();
        fresh.fixture.remove();
      }
    }),
    { numRuns: Number(process.env['INGOT_PROPERTY_RUNS'] ?? '15') },
  );
}, 90_000);
