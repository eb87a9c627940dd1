/** Annotation keys that decide something here. @see https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md */
export const ANNOTATION = {
    /** Tag, or any name, of an entry of a layout's index. */
    refName: 'org.opencontainers.image.ref.name',
    /** Fully qualified reference; written by containerd and Docker, understood by most. */
    imageName: 'io.containerd.image.name',
    /** BuildKit: `attestation-manifest` on entries of an index that describe another entry. */
    referenceType: 'vnd.docker.reference.type',
    /** BuildKit: the digest of the entry that an attestation describes. */
    referenceDigest: 'vnd.docker.reference.digest',
};
export const ATTESTATION_MANIFEST = 'attestation-manifest';
