import { ToolError } from '../base/error.js';
import { connectEngine } from '../transport/engine/connect.js';
import type { Engine } from '../transport/engine/engine.js';
import type { OperationContext } from './context.js';

/**
 * Connects to the engine that the context means. The caller closes it.
 * @throws {ToolError} TRANSPORT_UNSUPPORTED if the context knows no engine; as `connectEngine`
 */
export const engineOf = (context: OperationContext, text: string): Promise<Engine> => {
  const { engine, limits, signal } = context;
  if (engine === undefined) {
    throw new ToolError('TRANSPORT_UNSUPPORTED', 'there is no engine here', {
      subject: text,
      hint: 'name an archive or a layout',
    });
  }
  return connectEngine({ ...engine, limits, ...(signal === undefined ? {} : { signal }) });
};
