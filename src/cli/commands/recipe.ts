import { escapeText } from '../../base/escape.js';
import { writeSmall } from '../../operation/host.js';
import { recipe } from '../../operation/recipe.js';
import { type Command, defineCommand } from '../command.js';
import { parseText, valueFlag } from '../flag.js';
import { plural } from '../render/text.js';
import { expandSources } from '../sources.js';

/** `recipe`: how compressed layers and manifests are made again. */
export const recipeCommand: Command = defineCommand({
  name: 'recipe',
  synopsis: 'LOCATION... [-o FILE]',
  about:
    'From images that still have their compressed layers, writes the recipe by which save --layers restore makes them again from uncompressed ones. Every codec in it was proved by the digest that it gives.',
  operands: { name: 'LOCATION', min: 1, max: Infinity },
  flags: {
    output: valueFlag('FILE', 'where the recipe goes (default: - , standard output)', parseText, {
      short: 'o',
      path: true,
    }),
  },
  examples: [
    { line: 'ingot recipe golden/inputs/app/skopeo-oci.tar -o app.recipe.json', says: 'while the layers are there' },
    {
      line: 'ingot save golden/inputs/app/docker-save.tar -o app.tar --layers restore --manifest-from app.recipe.json',
      says: 'later, from what docker save gives',
    },
  ],
  run: async (flags, operands, session) => {
    const { output = '-' } = flags;
    const found = await recipe(
      await expandSources(operands, session.context.pathExists, session.context),
      session.context,
    );
    if (output === '-') {
      await session.stdout.write(found.bytes);
      return 'done';
    }
    await writeSmall(output, found.bytes);
    const { digest, images, layers, restorable } = found;
    await session.summarize({ output, digest, images, layers, restorable }, () => [
      escapeText(
        `recipe: ${output}: ${plural(images, 'image')}, ${restorable} of ${plural(layers, 'layer')} restorable`,
      ),
      `  digest  ${digest}`,
    ]);
    return 'done';
  },
});
