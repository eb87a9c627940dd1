import { MEDIA_TYPE } from '../../oci/media-type.js';

/**
 * What a request for a manifest accepts. Schema 1 stands last, so that a registry that holds nothing else says so
 * instead of hiding it.
 */
export const ACCEPT_MANIFESTS: string = [
  MEDIA_TYPE.index,
  MEDIA_TYPE.manifest,
  MEDIA_TYPE.dockerManifestList,
  MEDIA_TYPE.dockerManifest,
  MEDIA_TYPE.artifactManifest,
  MEDIA_TYPE.dockerSchema1Signed,
  MEDIA_TYPE.dockerSchema1,
].join(', ');
