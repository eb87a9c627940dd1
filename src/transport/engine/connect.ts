import { ToolError } from '../../base/error.js';
import type { Engine } from './engine.js';
import type { EngineSettings } from './settings.js';

export const connectEngine = (_settings: EngineSettings): Promise<Engine> => {
  throw new ToolError('DEFECT', 'not there yet');
};
