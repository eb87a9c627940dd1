import { escapeText } from '../../base/escape.js';
import type { EngineInfoReport } from '../../operation/engine/info.js';
import { plural, table } from './text.js';

/** What the engine is, and a line for each piece of advice. */
export const engineInfoLines = (report: EngineInfoReport): readonly string[] => {
  const { engine, endpointFrom, apiVersion, platform, store, driver, rootless, images, containers, advice } = report;
  const others = containers.external === 0 ? '' : `, ${containers.external} of other programs`;
  return [
    ...table([
      ['engine', `${engine.kind} ${engine.version}${rootless ? ', rootless' : ''}`],
      ['endpoint', `${engine.endpoint} (${endpointFrom})`],
      ['API', apiVersion],
      ['platform', platform],
      ['store', `${store}, ${driver}`],
      ['images', `${images.total}, ${images.named} with a name`],
      ['containers', `${plural(containers.total, 'container')}, ${containers.running} running${others}`],
    ]),
    ...advice.map(({ id, text }) => `${id}: ${text}`),
  ].map(escapeText);
};
