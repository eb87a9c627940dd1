import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MODEL_KINDS, ModelEngine, type ModelState } from '../support/model-engine.js';
import { type LiveAnswer, type LiveEngine, liveEngineAvailable, startLiveEngine } from './support/live-engine.js';

/**
 * What engines do with a removal, measured: each case is asked of a real engine and of its model, on which the other
 * tests of removal stand. Ingot is not in it; some of these requests it never makes.
 */
interface Case {
  readonly what: string;
  /** Names of the image. */
  readonly names: readonly string[];
  readonly containers: readonly ModelState[];
  /** What is asked to go: a name, or the ID. */
  readonly by: string;
  readonly query?: string;
  readonly isParent?: boolean;
}

const STATES = ['created', 'running', 'paused', 'exited'] as const;
const ONE = ['docker.io/t/a:1'];
const TWO = ['docker.io/t/a:1', 'docker.io/t/b:1'];

const CASES: readonly Case[] = [
  ...STATES.flatMap((state) =>
    ['docker.io/t/a:1', 'id'].flatMap((by) =>
      ['', 'force=1'].map((query): Case => ({
        what: `${state}, one name, by ${by === 'id' ? 'ID' : 'name'} ${query}`,
        names: ONE,
        containers: [state],
        by,
        query,
      })),
    ),
  ),
  ...['docker.io/t/a:1', 'id'].flatMap((by) =>
    ['', 'force=1'].flatMap((query): readonly Case[] => [
      { what: `running, two names, by ${by} ${query}`, names: TWO, containers: ['running'], by, query },
      { what: `no container, two names, by ${by} ${query}`, names: TWO, containers: [], by, query },
      { what: `no container, one name, by ${by} ${query}`, names: ONE, containers: [], by, query },
      {
        what: `two ended and one that runs, by ${by} ${query}`,
        names: ONE,
        containers: ['exited', 'created', 'running'],
        by,
        query,
      },
    ]),
  ),
  { what: 'parent, by name', names: ONE, containers: [], by: 'docker.io/t/a:1', isParent: true },
  { what: 'parent, by ID', names: ONE, containers: [], by: 'id', isParent: true },
  { what: 'missing, by name', names: ONE, containers: [], by: 'docker.io/t/none:1' },
  { what: 'missing, by ID', names: ONE, containers: [], by: 'f'.repeat(64) },
];

/** What matters of an answer and of what is there afterwards. */
interface Found {
  readonly status: number;
  /** Names without their host, as each engine shows them in its own way. */
  readonly untagged: readonly string[];
  readonly deletesImage: boolean;
  readonly image: string;
  readonly names: readonly string[];
  readonly containers: readonly string[];
}

const plain = (name: string): string => name.replace(/^docker\.io\//, '');

const read = ({ status, text }: LiveAnswer, id: string): Pick<Found, 'status' | 'untagged' | 'deletesImage'> => {
  const list = status === 200 ? (JSON.parse(text) as { Untagged?: string; Deleted?: string }[]) : [];
  const untagged = list.flatMap(({ Untagged }) => (Untagged === undefined || Untagged.includes('@') ? [] : [Untagged]));
  return {
    status,
    untagged: untagged.map(plain).toSorted(),
    deletesImage: list.some(({ Deleted }) => Deleted?.replace(/^sha256:/, '') === id.slice(7)),
  };
};

const namesIn = (text: string, id: string): readonly string[] | undefined =>
  (JSON.parse(text) as { Id: string; RepoTags: string[] | null }[])
    .find(({ Id }) => Id.replace(/^sha256:/, '') === id.slice(7))
    ?.RepoTags?.filter((name) => !name.startsWith('<none>'))
    .map(plain)
    .toSorted();

const isThere = (text: string, id: string): boolean => text.includes(id.slice(7));

const onModel = (kind: ModelEngine['kind'], given: Case): Found => {
  const model = new ModelEngine(kind);
  const id = model.addImage(given.names);
  for (const [index, state] of given.containers.entries()) model.addContainer(`c${index}`, id, state);
  if (given.isParent === true) model.addImage(['docker.io/t/child:1'], { parent: id.slice(7) });
  const path = `/images/${encodeURIComponent(given.by === 'id' ? id : given.by)}`;
  const { status, body } = model.handle({ method: 'DELETE', path, query: new URLSearchParams(given.query ?? '') });
  const list = JSON.stringify(model.handle({ method: 'GET', path: '/images/json', query: new URLSearchParams() }).body);
  return {
    ...read({ status, text: JSON.stringify(body) }, id),
    image: model.images.has(id.slice(7)) ? 'there' : 'gone',
    names: namesIn(list, id) ?? [],
    containers: [...model.containers.values()].map(({ name, state }) => `${name} ${state}`).toSorted(),
  };
};

const onEngine = async (live: LiveEngine, given: Case): Promise<Found> => {
  const id = await live.makeImage(...given.names);
  for (const [index, state] of given.containers.entries()) await live.makeContainer(`c${index}`, id, state);
  if (given.isParent === true) {
    await live.makeContainer('build', id, 'created');
    await live.commit('build', 'docker.io/t/child:1');
    await live.ask('DELETE', '/containers/build');
  }
  const target = encodeURIComponent(given.by === 'id' ? id : given.by);
  const answer = await live.ask('DELETE', `/images/${target}?${given.query ?? ''}`);
  const list = (await live.ask('GET', '/images/json?all=1')).text;
  const ids = (JSON.parse(list) as { Id: string }[]).map(({ Id }) => Id).join(' ');
  return {
    ...read(answer, id),
    image: isThere(ids, id) ? 'there' : 'gone',
    names: namesIn(list, id) ?? [],
    containers: [...(await live.containers())].map(([name, { state }]) => `${name} ${state}`).toSorted(),
  };
};

describe.each([...MODEL_KINDS])('the model of %s', (kind) => {
  describe.skipIf(!liveEngineAvailable(kind))('answers as the engine does', () => {
    let live: LiveEngine;
    beforeAll(async () => {
      live = await startLiveEngine(kind);
    });
    afterAll(() => live.stop());
    afterEach(() => live.clear());

    it.for(CASES)('$what', async (given) => {
      expect(await onEngine(live, given)).toStrictEqual(onModel(kind, given));
    });
  });
});
