import type { Engine } from '../../transport/engine/engine.js';
import { namePattern } from '../../store/pattern.js';
import { type EngineFilter, testEngineFilters } from './filter.js';
import { type EngineImagesReport, engineTitle } from './report.js';
import { imageRows } from './rows.js';
import { takeSnapshot } from './snapshot.js';

export interface EngineImagesOptions {
  /** Patterns of names; none for all. */
  readonly patterns: readonly string[];
  readonly filters: readonly EngineFilter[];
  /** Also the intermediate images of builds. */
  readonly all: boolean;
}

/** `engine images`: the images of an engine, and which containers use each. @throws {ToolError} as the engine's client */
export const engineImages = async (options: EngineImagesOptions, engine: Engine): Promise<EngineImagesReport> => {
  const fits = testEngineFilters(options.filters);
  const patterns = options.patterns.map(namePattern);
  const images = imageRows(await takeSnapshot(engine))
    .filter(({ reason }) => options.all || reason !== 'intermediate')
    .filter(({ names }) => patterns.length === 0 || names.some((name) => patterns.some((matches) => matches(name))))
    .filter(fits);
  return { engine: engineTitle(engine.info), images };
};
