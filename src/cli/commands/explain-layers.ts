import { explainLayers } from '../../operation/recipe.js';
import { type Command, defineCommand } from '../command.js';
import { switchFlag } from '../flag.js';
import { explainLines } from '../render/explain.js';
import { expandSource } from '../sources.js';

/** `explain-layers`: who compressed the layers, and whether that can be done again. */
export const explainLayersCommand: Command = defineCommand({
  name: 'explain-layers',
  synopsis: 'LOCATION',
  about:
    'Says for each layer which program compressed it, as far as its bytes tell, and by which codec it can be made again from its uncompressed form, proved by digest, or why not.',
  operands: { name: 'LOCATION', min: 1, max: 1 },
  flags: { quick: switchFlag('look at the bytes only; try no codec') },
  examples: [
    { line: 'ingot explain-layers golden/inputs/app/skopeo-oci.tar', says: 'layers that dockerd pushed' },
    { line: 'ingot explain-layers --quick golden/inputs/app/podman-oci.tar', says: 'layers that podman compressed' },
  ],
  run: async (flags, [text = ''], session) => {
    const location = await expandSource(text, session.context.pathExists);
    const report = await explainLayers(location, !flags.quick, session.context);
    await session.print(report, () => explainLines(report));
    return 'done';
  },
});
