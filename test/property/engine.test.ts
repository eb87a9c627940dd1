import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ToolError } from '../../src/base/error.js';
import { DEFAULT_ENGINE_RMI } from '../../src/operation/engine/plan-rmi.js';
import { type RemovalRun, pruneEngineImages, removeEngineImages } from '../../src/operation/engine/remove.js';
import { serveModel } from '../support/engine-in-memory.js';
import {
  MODEL_KINDS,
  type ModelContainer,
  type ModelEngine,
  type ModelKind,
  type ModelState,
} from '../support/model-engine.js';

/** Few names, so that images share repositories and races hit. */
const NAMES = ['t/a:1', 't/a:2', 't/b:1', 'localhost/c:1', 'd:latest'];
const STATES: readonly ModelState[] = ['created', 'running', 'paused', 'restarting', 'exited', 'storage'];
const CONTAINERS = ['c0', 'c1', 'c2', 'c3', 'c4'];

/** True once in so many times: most requests are to do something. */
const seldom = fc.nat(4).map((value) => value === 0);
const often = seldom.map((value) => !value);

const image = fc.record({
  names: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 3 }),
  hasDigest: fc.boolean(),
  parent: fc.option(fc.nat(4), { nil: undefined, freq: 2 }),
  keep: fc.boolean(),
});
const container = fc.record({
  image: fc.nat(1),
  state: fc.constantFrom(...STATES),
  mount: fc.option(fc.constantFrom(...NAMES, 'gone:1'), { nil: undefined, freq: 4 }),
  inPod: seldom,
});
const target = fc.oneof(
  fc.constantFrom(...NAMES),
  fc.record({ image: fc.nat(2), form: fc.constantFrom('id', 'hex', 'short', 'digest') }),
);
const stops = fc.uniqueArray(fc.constantFrom(...CONTAINERS), { minLength: 1, maxLength: 2 });
/** What somebody else does just before the engine gets a request that changes something. */
const race = fc.record({
  at: fc.nat(4),
  act: fc.constantFrom('start', 'run', 'tag', 'untag', 'end'),
  image: fc.nat(4),
  container: fc.constantFrom(...CONTAINERS),
  name: fc.constantFrom(...NAMES),
});
const operation = fc.oneof(
  fc.record({
    verb: fc.constant('rmi' as const),
    targets: fc.array(target, { minLength: 1, maxLength: 3 }),
    dryRun: seldom,
    allNames: often,
    removeStopped: fc.boolean(),
    stop: fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: stops }),
    untagAnyway: seldom,
    allowParent: often,
    ignoreMissing: often,
  }),
  fc.record({
    verb: fc.constant('prune' as const),
    dryRun: seldom,
    all: fc.boolean(),
    byLabel: fc.boolean(),
  }),
);
const scenario = fc.record({
  images: fc.array(image, { minLength: 1, maxLength: 5 }),
  containers: fc.array(container, { maxLength: 5 }),
  operations: fc.array(operation, { minLength: 1, maxLength: 4 }),
  races: fc.array(race, { maxLength: 2 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;
type Operation = Scenario['operations'][number];

const isActive = ({ state }: ModelContainer): boolean => ['running', 'paused', 'restarting'].includes(state);

const build = (model: ModelEngine, { images, containers }: Scenario): readonly string[] => {
  const ids: string[] = [];
  for (const [index, { names, hasDigest, parent, keep }] of images.entries()) {
    ids.push(
      model.addImage(names, {
        labels: keep ? { keep: 'yes' } : {},
        digests: hasDigest ? [`docker.io/t/a@sha256:${String(index).repeat(64)}`] : [],
        ...(parent === undefined || parent >= index ? {} : { parent: ids[parent]!.slice(7) }),
      }),
    );
  }
  for (const [index, made] of containers.entries()) {
    const isForeign = made.state === 'storage';
    const state = isForeign && !model.isPodman ? 'exited' : made.state;
    model.addContainer(`c${index}`, ids[made.image % ids.length]!, state, {
      ...(made.mount === undefined ? {} : { mounts: [made.mount] }),
      ...(made.inPod && model.isPodman && !isForeign ? { pod: 'f'.repeat(64) } : {}),
    });
  }
  return ids;
};

const spelt = (given: Extract<Operation, { verb: 'rmi' }>['targets'][number], ids: readonly string[]): string => {
  if (typeof given === 'string') return given;
  const index = given.image % ids.length;
  const id = ids[index]!;
  switch (given.form) {
    case 'id':
      return id;
    case 'hex':
      return id.slice(7);
    case 'short':
      return id.slice(7, 19);
    case 'digest':
      return `t/a@sha256:${String(index).repeat(64)}`;
  }
};

const act = (
  model: ModelEngine,
  { act: what, image: index, container: name, name: tag }: Scenario['races'][number],
  ids: readonly string[],
): void => {
  const id = ids[index % ids.length]!.slice(7);
  const there = model.images.get(id);
  const own = model.container(name);
  switch (what) {
    case 'start':
      if (own !== undefined && own.state !== 'storage') own.state = 'running';
      break;
    case 'run':
      if (there !== undefined) model.addContainer(`late-${model.containers.size}`, id, 'running');
      break;
    case 'tag':
      if (there !== undefined) model.giveName(id, tag);
      break;
    case 'untag':
      // As an engine does it: a last name goes only with an image that nothing uses.
      if (there !== undefined && there.names.size > 1) there.names.delete([...there.names][0]!);
      break;
    case 'end':
      if (own !== undefined && own.state === 'running') own.state = 'exited';
  }
};

/** Everything about a model that a removal could harm. */
const stateOf = (model: ModelEngine): unknown => [
  [...model.images.values()].map(({ id, names, digests }) => [id, [...names], [...digests]]),
  [...model.containers.values()].map((each) => ({ ...each })),
];

const carryOut = (
  given: Operation,
  model: Awaited<ReturnType<typeof serveModel>>,
  ids: readonly string[],
): Promise<RemovalRun> => {
  if (given.verb === 'prune') {
    const filters = given.byLabel ? [{ key: 'label' as const, isNot: true, value: 'keep' }] : [];
    return pruneEngineImages({ all: given.all, filters }, { dryRun: given.dryRun }, model.engine);
  }
  const { verb: _verb, targets, dryRun, ...options } = given;
  const texts = targets.map((each) => spelt(each, ids));
  return removeEngineImages(texts, { ...DEFAULT_ENGINE_RMI, ...options }, { dryRun }, model.engine);
};

/** Errors that mean that the request was no good; nothing is done then. */
const CODES = new Set(['REFERENCE_NOT_FOUND', 'REFERENCE_AMBIGUOUS', 'CONTAINER_NOT_FOUND', 'USAGE']);

const check = async (kind: ModelKind, given: Scenario): Promise<void> => {
  const served = await serveModel(kind);
  try {
    const { model } = served;
    const ids = build(model, given);
    let seen = 0;
    /** Who runs. What others do changes it; what is asked for here must not. */
    const running = new Map<string, ModelState>();
    const note = (): void => {
      running.clear();
      for (const each of model.containers.values()) if (isActive(each)) running.set(each.id, each.state);
    };
    for (const step of given.operations) {
      note();
      const before = stateOf(model);
      const known = new Map(model.containers);
      const asked = model.changes.length;
      const stop = step.verb === 'rmi' ? step.stop : [];
      const isStopped = ({ name }: ModelContainer): boolean => stop.includes(name);
      const harm: string[] = [];
      const look = (): void => {
        for (const [id, state] of running) {
          const each = known.get(id)!;
          if (isStopped(each)) continue;
          // It runs on as it was, and so does what it was made from.
          if (model.containers.get(id)?.state !== state) harm.push(`${each.name} was ${state}`);
          if (!model.images.has(each.image)) harm.push(`${each.name} has lost its image`);
        }
      };
      model.beforeChange = () => {
        look();
        for (const each of given.races) if (each.at === seen) act(model, each, ids);
        seen += 1;
        for (const each of model.containers.values()) known.set(each.id, each);
        note();
      };
      let run: RemovalRun | undefined;
      try {
        run = await carryOut(step, served, ids);
      } catch (error) {
        if (!(error instanceof ToolError) || !CODES.has(error.code)) throw error;
      }
      expect(model.violations).toStrictEqual([]);
      look();
      expect(harm).toStrictEqual([]);
      for (const each of known.values()) {
        if (model.containers.has(each.id)) continue;
        expect(step).toMatchObject({ verb: 'rmi', removeStopped: true, dryRun: false });
        expect(each.pod).toBeUndefined();
        expect(each.state).not.toBe('storage');
      }
      if (run === undefined || step.dryRun || run.report.plan.refusals.length > 0) {
        expect(model.changes.slice(asked)).toStrictEqual([]);
        expect(stateOf(model)).toStrictEqual(before);
      } else if (run.report.complete) {
        for (const [index, { image: id, leaves }] of run.report.plan.steps.entries()) {
          if (leaves === 'removed' && run.report.results[index]?.outcome === 'done')
            expect(model.images.has(id.slice(7))).toBe(false);
        }
      } else {
        expect(
          run.report.results.some(({ outcome }) => outcome !== 'done' && outcome !== 'missing') ||
            given.races.length > 0,
        ).toBe(true);
      }
    }
  } finally {
    await served.close();
  }
};

describe.each([...MODEL_KINDS])('removal from %s', (kind) => {
  it('never harms a container', async () => {
    await fc.assert(fc.asyncProperty(scenario, (given) => check(kind, given)));
  });
});

describe('the model', () => {
  it('does harm when it is asked with force, as Podman 4 does, and says that it was', () => {
    const answers = MODEL_KINDS.map(async (kind) => {
      const served = await serveModel(kind);
      const { model } = served;
      model.addContainer('web', model.addImage(['t/a:1']), 'running');
      const path = `/images/${encodeURIComponent('t/a:1')}`;
      const { status } = model.handle({ method: 'DELETE', path, query: new URLSearchParams('force=1') });
      await served.close();
      return [kind, status, model.violations.length, model.containers.size];
    });
    return expect(Promise.all(answers)).resolves.toStrictEqual([
      ['docker 20', 200, 0, 1],
      ['docker 28 classic', 200, 0, 1],
      ['docker 28 containerd', 200, 0, 1],
      ['podman 4', 200, 1, 0],
      ['podman 5', 409, 1, 1],
    ]);
  });
});
