import { escapeText } from '../../base/escape.js';
import type { TreeNode, TreeReport } from '../../operation/tree.js';
import { exactSize, humanSize, plural } from './text.js';

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
