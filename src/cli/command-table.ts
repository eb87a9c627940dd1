import type { CommandEntry } from './command.js';

/** The verbs, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'save',
    summary: 'write one canonical archive of all the sources',
    load: async () => (await import('./commands/save.js')).saveCommand,
  },
  {
    name: 'load',
    summary: 'verify an archive and put its images somewhere',
    load: async () => (await import('./commands/load.js')).loadCommand,
  },
  {
    name: 'copy',
    summary: 'copy images from one location to another',
    load: async () => (await import('./commands/copy.js')).copyCommand,
  },
  {
    name: 'verify',
    summary: 'check everything about the images of locations',
    load: async () => (await import('./commands/verify.js')).verifyCommand,
  },
  {
    name: 'digest',
    summary: 'print the digest of the canonical archive, the file or the images',
    load: async () => (await import('./commands/digest.js')).digestCommand,
  },
  {
    name: 'lock',
    summary: 'record which digest each reference has',
    load: async () => (await import('./commands/lock.js')).lockCommand,
  },
  {
    name: 'recipe',
    summary: 'record how compressed layers are made again',
    load: async () => (await import('./commands/recipe.js')).recipeCommand,
  },
  {
    name: 'explain-layers',
    summary: 'say who compressed each layer and whether it can be made again',
    load: async () => (await import('./commands/explain-layers.js')).explainLayersCommand,
  },
  {
    name: 'inspect',
    summary: 'show what the images of a location are',
    load: async () => (await import('./commands/inspect.js')).inspectCommand,
  },
  {
    name: 'tree',
    summary: 'show what the images are made of and what they share',
    load: async () => (await import('./commands/tree.js')).treeCommand,
  },
  {
    name: 'history',
    summary: 'show how each image was made, with layer sizes',
    load: async () => (await import('./commands/history.js')).historyCommand,
  },
  {
    name: 'ls',
    summary: 'list the files of an image or of one layer',
    load: async () => (await import('./commands/ls.js')).lsCommand,
  },
  {
    name: 'images',
    summary: 'list what is in the store',
    load: async () => (await import('./commands/images.js')).imagesCommand,
  },
  {
    name: 'tag',
    summary: 'give an image of the store more names',
    load: async () => (await import('./commands/tag.js')).tagCommand,
  },
  {
    name: 'untag',
    summary: 'take names away, images stay',
    load: async () => (await import('./commands/untag.js')).untagCommand,
  },
  {
    name: 'rmi',
    summary: 'remove names, and images with their last one',
    load: async () => (await import('./commands/rmi.js')).rmiCommand,
  },
  {
    name: 'restore',
    summary: 'bring back what was removed',
    load: async () => (await import('./commands/restore.js')).restoreCommand,
  },
  {
    name: 'prune',
    summary: 'remove what has no name, and what nothing needs',
    load: async () => (await import('./commands/prune.js')).pruneCommand,
  },
  {
    name: 'gc',
    summary: 'remove what nothing needs',
    load: async () => (await import('./commands/gc.js')).gcCommand,
  },
  {
    name: 'df',
    summary: 'show where the bytes of the store are',
    load: async () => (await import('./commands/df.js')).dfCommand,
  },
  {
    name: 'pin',
    summary: 'keep names and images from being removed',
    load: async () => (await import('./commands/pin.js')).pinCommand,
  },
  {
    name: 'unpin',
    summary: 'undo pin',
    load: async () => (await import('./commands/unpin.js')).unpinCommand,
  },
  {
    name: 'lease',
    summary: 'keep images for a time',
    load: async () => (await import('./commands/lease.js')).leaseCommand,
  },
  {
    name: 'fsck',
    summary: 'examine the store, and put right what can be',
    load: async () => (await import('./commands/fsck.js')).fsckCommand,
  },
  {
    name: 'store',
    summary: 'make, describe, set or empty the store as a whole',
    load: async () => (await import('./commands/store.js')).storeCommand,
  },
  {
    name: 'policy',
    summary: 'say which images of the store stay, and remove the others',
    load: async () => (await import('./commands/policy.js')).policyCommand,
  },
  {
    name: 'engine',
    summary: 'list and remove images of a Docker or Podman engine, safely',
    load: async () => (await import('./commands/engine.js')).engineCommand,
  },
  {
    name: 'completion',
    summary: 'print a script for completion in a shell',
    load: async () => (await import('./commands/completion.js')).completionCommand(COMMANDS),
  },
];
