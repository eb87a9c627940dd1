import { escapeText } from '../../base/escape.js';
import type { TreeLayersReport } from '../../operation/tree-layers.js';
import type { TreePlatformsReport } from '../../operation/tree-platforms.js';
import type { TreeNode, TreeReport } from '../../operation/tree.js';
import type { WhatRequiresReport } from '../../operation/what-requires.js';
import { imageTitle } from './report.js';
import { exactSize, humanSize, plural, table } from './text.js';

const labelOf = (node: TreeNode): string =>
  [
    node.kind,
    ...(node.names === undefined ? [] : [node.names.join(', ')]),
    ...(node.platform === undefined ? [] : [`(${node.platform})`]),
    node.digest,
    humanSize(node.size),
    ...(node.subject === undefined ? [] : [`-> ${node.subject}`]),
    ...(node.shared === true ? ['shared'] : []),
    ...(node.missing === true ? ['missing'] : []),
  ]
    .map(escapeText)
    .join('  ');

const below = (nodes: readonly TreeNode[], margin: string): readonly string[] =>
  nodes.flatMap((node, index) => {
    const last = index === nodes.length - 1;
    return [
      `${margin}${last ? '└─ ' : '├─ '}${labelOf(node)}`,
      ...below(node.children ?? [], `${margin}${last ? '   ' : '│  '}`),
    ];
  });

export const treeLines = ({ roots, blobs, bytes }: TreeReport): readonly string[] => [
  ...roots.flatMap((root) => [labelOf(root), ...below(root.children ?? [], '')]),
  `${plural(blobs, 'blob')}, ${exactSize(bytes)}`,
];

const branches = (lines: readonly string[]): readonly string[] =>
  lines.map((line, index) => `${index === lines.length - 1 ? '└─ ' : '├─ '}${line}`);

/** Images that have a layer somewhere in their middle. */
const alsoIn = ({ alsoIn: others, topOf }: TreeLayersReport['images'][number]['layers'][number]): readonly string[] => {
  const inside = others.filter((title) => !topOf.includes(title));
  return inside.length === 0 ? [] : [`also in: ${inside.join(', ')}`];
};

/** Each image with its layers below it, base first. */
export const layerTreeLines = ({ images }: TreeLayersReport): readonly string[] =>
  images.flatMap((image) => [
    `${imageTitle(image)}  ${humanSize(image.size)}`,
    ...branches(
      image.layers.map((layer) =>
        [
          layer.digest,
          humanSize(layer.size),
          ...(layer.topOf.length === 0 ? [] : [`top of: ${layer.topOf.join(', ')}`]),
          ...alsoIn(layer),
          ...(layer.present ? [] : ['missing']),
        ]
          .map(escapeText)
          .join('  '),
      ),
    ),
  ]);

/** Each image with its platforms below it. */
export const platformTreeLines = ({ images }: TreePlatformsReport): readonly string[] =>
  images.flatMap(({ platforms, ...image }) => [
    imageTitle({ names: image.names }),
    ...branches(
      table(
        platforms.map(({ platform, digest, size, present }) => [
          platform,
          digest,
          humanSize(size),
          ...(present ? [] : ['missing']),
        ]),
        new Set([2]),
      ),
    ),
  ]);

const RELATION = {
  same: 'the same layers',
  'built-on': 'built on it',
  shares: 'shares layers',
  contains: 'made of it',
} as const;

/** What was asked about, and below it what needs it. */
export const whatRequiresLines = ({ blob, images, requiredBy }: WhatRequiresReport): readonly string[] => [
  ...(blob === undefined ? images.map(imageTitle) : [blob]),
  ...branches(
    requiredBy.map((image) =>
      [
        imageTitle(image),
        image.digest,
        image.layers > 0 && image.how !== 'contains'
          ? `${RELATION[image.how]}: ${plural(image.layers, 'layer')}`
          : RELATION[image.how],
      ].join('  '),
    ),
  ),
  `${plural(requiredBy.length, 'image')} of the store`,
];
