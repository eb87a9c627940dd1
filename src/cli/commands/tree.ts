import { ToolError } from '../../base/error.js';
import { tree } from '../../operation/tree.js';
import { type Command, defineCommand } from '../command.js';
import { switchFlag } from '../flag.js';
import { layerTreeLines, platformTreeLines, treeLines, whatRequiresLines } from '../render/tree.js';
import { expandSource } from '../sources.js';

const VIEWS = ['layers', 'platforms', 'whatrequires'] as const;

/** `tree`: the content graph of a location. */
export const treeCommand: Command = defineCommand({
  name: 'tree',
  synopsis: '[--layers | --platforms | --whatrequires] LOCATION',
  about: 'Shows which blobs the images are made of, with sizes, and what they share. A shared part is opened once.',
  operands: { name: 'LOCATION', min: 1, max: 1 },
  flags: {
    layers: switchFlag('the layers of each image, base first, and which images share them'),
    platforms: switchFlag('the platforms of each image, and whether they are there'),
    whatrequires: switchFlag('the images of the store that have layers of LOCATION, or the blob of a digest'),
  },
  examples: [
    { line: 'ingot tree golden/inputs/hybrid/containerd-two.tar', says: 'two images and what they share' },
    { line: 'ingot tree --json oci:golden/inputs/oci/nested-index', says: 'an index inside an index, as JSON' },
    { line: 'ingot tree --layers golden/inputs/trio/docker-save-a.tar', says: 'which images are built on which' },
    { line: 'ingot tree --platforms golden/inputs/multi/skopeo-all.tar', says: 'what an image can run on' },
    {
      line: 'ingot tree --whatrequires golden/inputs/app/docker-save.tar',
      says: 'what in the store is built on this image',
    },
  ],
  run: async (flags, [text = ''], session) => {
    const { context } = session;
    const [view, other] = VIEWS.filter((name) => flags[name]);
    if (other !== undefined) throw new ToolError('USAGE', `--${view} and --${other} exclude each other`);
    const location = await expandSource(text, context.pathExists);
    if (view === 'layers') {
      const { treeLayers } = await import('../../operation/tree-layers.js');
      const report = await treeLayers(location, context);
      await session.print(report, () => layerTreeLines(report));
    } else if (view === 'platforms') {
      const { treePlatforms } = await import('../../operation/tree-platforms.js');
      const report = await treePlatforms(location, context);
      await session.print(report, () => platformTreeLines(report));
    } else if (view === 'whatrequires') {
      const { whatRequires } = await import('../../operation/what-requires.js');
      const report = await whatRequires(location, context);
      await session.print(report, () => whatRequiresLines(report));
    } else {
      const report = await tree(location, context);
      await session.print(report, () => treeLines(report));
    }
    return 'done';
  },
});
