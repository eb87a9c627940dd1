import type { ByteSource } from '../base/bytes.js';
import type { Note, Severity } from '../base/event.js';
import { type Compression, SNIFF_LENGTH, sniffCompression } from '../codec/compression.js';
import type { BlobReader } from '../content/blob.js';
import { type ContentGraph, nodeOf, walk } from '../content/graph.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type LayerCompression, layerCompressionOf } from '../oci/media-type.js';

const FITTING: Readonly<Record<Compression, LayerCompression>> = {
  none: 'none',
  gzip: 'gzip',
  zstd: 'zstd',
  bzip2: 'other',
  xz: 'other',
};

/** Layers that are here and whose media type promises a compression, each promise once. */
const promisedLayers = (graph: ContentGraph): readonly Descriptor[] => {
  const layers = new Map<string, Descriptor>();
  for (const node of walk(graph)) {
    const manifest = node.manifest?.value;
    for (const layer of manifest?.kind === 'manifest' ? manifest.layers : []) {
      const promised = layerCompressionOf(layer.mediaType);
      if (promised === undefined || promised === 'other' || layer.size === 0) continue;
      if (nodeOf(graph, layer.digest).presence === 'present') layers.set(`${layer.digest} ${layer.mediaType}`, layer);
    }
  }
  return [...layers.values()];
};

const compressionOf = async (source: ByteSource): Promise<Compression> => {
  try {
    return sniffCompression(await source.readAt(0, SNIFF_LENGTH));
  } finally {
    await source.close();
  }
};

/** Layers whose first bytes are not of the compression that their media type promises. Nothing else is read of them. */
export const layerMediaTypeNotes = async (
  graph: ContentGraph,
  blobs: BlobReader,
  severity: Severity,
): Promise<readonly Note[]> => {
  const notes: Note[] = [];
  for (const layer of promisedLayers(graph)) {
    const source = await blobs.open(layer);
    // To look at each layer over a network is only worth it where all of them are read.
    if (source === undefined || (source.isRemote === true && severity !== 'error')) continue;
    const compression = await compressionOf(source);
    if (FITTING[compression] === layerCompressionOf(layer.mediaType)) continue;
    notes.push({
      code: 'MEDIATYPE_MISMATCH',
      severity,
      message: "the layer's bytes are not of the compression that its media type says",
      subject: layer.digest,
      expected: layer.mediaType,
      found: compression === 'none' ? 'no compression' : compression,
    });
  }
  return notes;
};
