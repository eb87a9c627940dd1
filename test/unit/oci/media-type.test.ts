import { describe, expect, it } from 'vitest';
import {
  type BlobRole,
  type LayerCompression,
  isForeignLayer,
  layerCompressionOf,
  layerMediaType,
  roleOf,
} from '../../../src/oci/media-type.js';

describe('a media type', () => {
  it.for<[mediaType: string, role: BlobRole, compression: LayerCompression | undefined]>([
    ['application/vnd.oci.image.index.v1+json', 'index', undefined],
    ['application/vnd.docker.distribution.manifest.list.v2+json', 'index', undefined],
    ['application/vnd.oci.image.manifest.v1+json', 'manifest', undefined],
    ['application/vnd.docker.distribution.manifest.v2+json', 'manifest', undefined],
    ['application/vnd.oci.artifact.manifest.v1+json', 'artifact-manifest', undefined],
    ['application/vnd.oci.image.config.v1+json', 'config', undefined],
    ['application/vnd.docker.container.image.v1+json', 'config', undefined],
    ['application/vnd.docker.distribution.manifest.v1+json', 'schema1', undefined],
    ['application/vnd.docker.distribution.manifest.v1+prettyjws', 'schema1', undefined],
    ['application/vnd.oci.image.layer.v1.tar', 'layer', 'none'],
    ['application/vnd.oci.image.layer.v1.tar+gzip', 'layer', 'gzip'],
    ['application/vnd.oci.image.layer.v1.tar+zstd', 'layer', 'zstd'],
    ['application/vnd.oci.image.layer.v1.tar+encrypted', 'layer', 'other'],
    ['application/vnd.oci.image.layer.v1.tar+gzip+encrypted', 'layer', 'other'],
    ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', 'layer', 'gzip'],
    ['application/vnd.docker.image.rootfs.diff.tar', 'layer', 'none'],
    ['application/vnd.docker.image.rootfs.diff.tar.gzip', 'layer', 'gzip'],
    ['application/vnd.docker.image.rootfs.diff.tar.zstd', 'layer', 'zstd'],
    ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', 'layer', 'gzip'],
    ['application/vnd.oci.image.layer.v1.tarconstructor', 'layer', 'other'],
    ['application/vnd.oci.image.layer.v1.tar__proto__', 'layer', 'other'],
    ['application/vnd.oci.empty.v1+json', 'blob', undefined],
    ['application/vnd.in-toto+json', 'blob', undefined],
    ['application/octet-stream', 'blob', undefined],
    ['APPLICATION/VND.OCI.IMAGE.INDEX.V1+JSON', 'blob', undefined],
  ])('%s is of a %s', ([mediaType, role, compression]) => {
    expect(roleOf(mediaType)).toBe(role);
    expect(layerCompressionOf(mediaType)).toBe(compression);
  });

  it.for<[mediaType: string, foreign: boolean]>([
    ['application/vnd.oci.image.layer.nondistributable.v1.tar', true],
    ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', true],
    ['application/vnd.oci.image.layer.v1.tar+gzip', false],
  ])('%s foreign: %s', ([mediaType, foreign]) => {
    expect(isForeignLayer(mediaType)).toBe(foreign);
  });

  it.for(['none', 'gzip', 'zstd'] as const)('of a layer says %s', (compression) => {
    expect(layerCompressionOf(layerMediaType(compression))).toBe(compression);
  });
});
