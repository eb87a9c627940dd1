import { ToolError } from '../../base/error.js';
import { type Calls, callsTo } from './calls.js';
import { listContainers, removeContainer, stopContainer } from './container-calls.js';
import { detectEngine } from './detect.js';
import type { Engine } from './engine.js';
import { type FoundEndpoint, findEndpoints } from './find-endpoint.js';
import { findImage, listImages, tagImage } from './image-calls.js';
import { removeName, removeUnnamed, untagAnyway } from './removal-calls.js';
import type { EngineSettings } from './settings.js';
import { loadImages, saveImages } from './stream-calls.js';
import { timeoutsOf } from './timeouts.js';
import { wireTo } from './wire.js';

const engineOf = (calls: Calls): Engine => ({
  info: calls.info,
  images: () => listImages(calls),
  containers: () => listContainers(calls),
  image: (text) => findImage(calls, text),
  removeName: (name) => removeName(calls, name),
  untagAnyway: (name, id) => untagAnyway(calls, name, id),
  removeUnnamed: (id) => removeUnnamed(calls, id),
  removeContainer: (id) => removeContainer(calls, id),
  stopContainer: (id, seconds) => stopContainer(calls, id, seconds),
  tag: (id, name) => tagImage(calls, id, name),
  save: (refs, signal) => saveImages(calls, refs, signal),
  load: (archive, signal) => loadImages(calls, archive, signal),
  close: () => calls.close(),
});

const connectTo = async (found: FoundEndpoint, settings: EngineSettings): Promise<Engine> => {
  const { limits, signal } = settings;
  const timeouts = timeoutsOf(settings.timeout);
  const wire = wireTo(found.endpoint, limits.engineAnswer);
  try {
    const info = await detectEngine(wire, found.from, timeouts, limits);
    return engineOf(callsTo(wire, info, timeouts, limits, signal));
  } catch (error) {
    wire.close();
    throw error;
  }
};

/** Codes after which another socket in a usual place may be the one. */
const isElsewhere = (error: unknown): boolean =>
  error instanceof ToolError && (error.code === 'ENGINE_NOT_FOUND' || error.code === 'ENGINE_DENIED');

/**
 * The engine that the settings mean, asked for its version and store.
 * @throws {ToolError} ENGINE_ENDPOINT_INVALID, ENGINE_CONTEXT_NOT_FOUND, ENGINE_NOT_FOUND, ENGINE_DENIED, ENGINE_TLS,
 * ENGINE_SILENT, ENGINE_API_VERSION, ENGINE_ANSWER_INVALID, ENGINE_FAILED
 */
export const connectEngine = async (settings: EngineSettings): Promise<Engine> => {
  let first: unknown;
  for (const found of await findEndpoints(settings)) {
    try {
      return await connectTo(found, settings);
    } catch (error) {
      first ??= error;
      if (!isElsewhere(error)) break;
    }
  }
  throw first;
};
