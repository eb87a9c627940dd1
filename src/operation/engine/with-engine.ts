import type { Engine } from '../../transport/engine/engine.js';
import type { OperationContext } from '../context.js';
import { engineOf } from '../engine-context.js';

/**
 * Connects to the engine that the context means, and lets go of it in any case.
 * @param what the verb, for errors
 * @throws {ToolError} as `engineOf`
 */
export const withEngine = async <T>(
  context: OperationContext,
  what: string,
  work: (engine: Engine) => Promise<T>,
): Promise<T> => {
  const engine = await engineOf(context, what);
  try {
    return await work(engine);
  } finally {
    engine.close();
  }
};
