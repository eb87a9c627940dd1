import { engineFailed } from './answer.js';
import { type Calls, expectDone, inPath } from './calls.js';
import type { ContainerResult, EngineContainer, StopResult } from './engine.js';
import { readContainers, readPodmanContainers } from './read-containers.js';

export const listContainers = async (calls: Calls): Promise<readonly EngineContainer[]> => {
  const compatible = await calls.get('/containers/json', { all: '1' });
  if (calls.info.kind === 'docker') return expectDone(compatible, readContainers);
  const libpod = await calls.get('/libpod/containers/json', { all: 'true', external: 'true' });
  return expectDone(libpod, (own) => expectDone(compatible, (other) => readPodmanContainers(own, other)));
};

/** States in which an engine removes a container without being forced to. */
const ENDED: ReadonlySet<EngineContainer['state']> = new Set(['created', 'exited', 'dead'] as const);

export const removeContainer = async (calls: Calls, id: string): Promise<ContainerResult> => {
  const outcome = await calls.change('DELETE', `/containers/${inPath(id)}`, { force: '0', v: '0' });
  if (outcome.kind === 'done') return { outcome: 'done' };
  const { message } = outcome.complaint;
  const container = (await listContainers(calls)).find((candidate) => candidate.id === id);
  if (container === undefined) return { outcome: 'missing' };
  if (container.isExternal || ENDED.has(container.state)) return { outcome: 'refused', message };
  return { outcome: 'running', message };
};

export const stopContainer = async (calls: Calls, id: string, seconds: number): Promise<StopResult> => {
  const outcome = await calls.change('POST', `/containers/${inPath(id)}/stop`, { t: String(seconds) });
  switch (outcome.kind) {
    case 'done':
      return { outcome: outcome.status === 304 ? 'unchanged' : 'done' };
    case 'missing':
      return { outcome: 'missing' };
    case 'conflict':
      return { outcome: 'refused', message: outcome.complaint.message };
    case 'other':
      throw engineFailed(outcome.answer, outcome.complaint);
  }
};
