import { ToolError } from '../base/error.js';
import { connectEngine } from '../transport/engine/connect.js';
import type { Engine } from '../transport/engine/engine.js';
import type { EngineSettings } from '../transport/engine/settings.js';
import type { OperationContext } from './context.js';

/**
 * Which engine the context means.
 * @throws {ToolError} TRANSPORT_UNSUPPORTED if it knows none
 */
export const engineSettings = ({ engine, limits, signal }: OperationContext, text: string): EngineSettings => {
  if (engine === undefined) {
    throw new ToolError('TRANSPORT_UNSUPPORTED', 'there is no engine here', {
      subject: text,
      hint: 'name an archive or a layout',
    });
  }
  return { ...engine, limits, ...(signal === undefined ? {} : { signal }) };
};

/** An engine for one piece of work. @throws {ToolError} as {@link engineSettings} and `connectEngine` */
export const engineOf = (context: OperationContext, text: string): Promise<Engine> =>
  connectEngine(engineSettings(context, text));
