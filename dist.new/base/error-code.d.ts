/**
 * Every code that an error or a finding of Ingot can carry, with the exit class it belongs to and one line of
 * meaning. `docs/errors.md` is held to this table by a test. Adding a code is a minor change; removing one, or
 * moving it to another class, breaks callers.
 */
/** What went wrong, seen from the caller's side. The exit code is a function of this alone. */
export type ErrorClass = 'usage' | 'input' | 'surroundings' | 'defect' | 'interrupted' | 'terminated';
export declare const ERROR_CODES: {
    readonly USAGE: {
        readonly class: 'usage';
        readonly meaning: 'the command line is not one that the command takes';
    };
    readonly LOCATION_INVALID: {
        readonly class: 'usage';
        readonly meaning: 'a location is not of the form TRANSPORT:PATH[:REF][@DIGEST]';
    };
    readonly TRANSPORT_UNSUPPORTED: {
        readonly class: 'usage';
        readonly meaning: 'the transport cannot do this, or is not part of this version';
    };
    readonly REFERENCE_NOT_FOUND: {
        readonly class: 'usage';
        readonly meaning: 'no image in the location has this name, digest or image ID';
    };
    readonly REFERENCE_AMBIGUOUS: {
        readonly class: 'usage';
        readonly meaning: 'a tag or short ID fits several images';
    };
    readonly PLATFORM_NOT_FOUND: {
        readonly class: 'usage';
        readonly meaning: 'no image in the location is for this platform';
    };
    readonly NAME_CONFLICT: {
        readonly class: 'usage';
        readonly meaning: 'two different images claim one name';
    };
    readonly DESTINATION_UNFIT: {
        readonly class: 'usage';
        readonly meaning: 'the destination cannot hold what is to be written';
    };
    readonly OUTPUT_IS_TERMINAL: {
        readonly class: 'usage';
        readonly meaning: 'an archive would be written to a terminal';
    };
    readonly TAR_CHECKSUM: {
        readonly class: 'input';
        readonly meaning: 'the checksum of a tar header does not match its bytes';
    };
    readonly TAR_TRUNCATED: {
        readonly class: 'input';
        readonly meaning: 'the tar ends inside a header or a member';
    };
    readonly TAR_NO_TRAILER: {
        readonly class: 'input';
        readonly meaning: 'the tar has no zero blocks at its end';
    };
    readonly TAR_LONE_ZERO_BLOCK: {
        readonly class: 'input';
        readonly meaning: 'one zero block stands between members';
    };
    readonly TAR_TRAILING_DATA: {
        readonly class: 'input';
        readonly meaning: 'bytes other than zeros follow the end of the tar';
    };
    readonly TAR_META_STACKED: {
        readonly class: 'input';
        readonly meaning: 'two extension headers of one kind describe one member';
    };
    readonly TAR_PAX_SYNTAX: {
        readonly class: 'input';
        readonly meaning: 'a PAX record is malformed';
    };
    readonly TAR_PAX_VALUE: {
        readonly class: 'input';
        readonly meaning: 'a PAX record has a value that its key does not allow';
    };
    readonly TAR_NAME_NUL: {
        readonly class: 'input';
        readonly meaning: 'a name contains a NUL byte';
    };
    readonly TAR_META_TOO_LARGE: {
        readonly class: 'input';
        readonly meaning: 'an extension header is larger than the limit';
    };
    readonly TAR_DANGLING_META: {
        readonly class: 'input';
        readonly meaning: 'an extension header is followed by no member';
    };
    readonly TAR_GLOBAL_OVERRIDE: {
        readonly class: 'input';
        readonly meaning: 'a global PAX header sets a path, link path or size';
    };
    readonly TAR_BAD_NUMBER: {
        readonly class: 'input';
        readonly meaning: 'a number field of a tar header is malformed or out of range';
    };
    readonly TAR_SPARSE_INVALID: {
        readonly class: 'input';
        readonly meaning: 'a sparse member describes an impossible map';
    };
    readonly TAR_TYPE_UNKNOWN: {
        readonly class: 'input';
        readonly meaning: 'a member has a type that no tar dialect defines';
    };
    readonly TAR_BAD_NAME: {
        readonly class: 'input';
        readonly meaning: 'a member has an empty name';
    };
    readonly TAR_LINK_SIZE: {
        readonly class: 'input';
        readonly meaning: 'a link, device or directory claims a body';
    };
    readonly ARCHIVE_UNSAFE_NAME: {
        readonly class: 'input';
        readonly meaning: 'a name is absolute or leaves the archive';
    };
    readonly ARCHIVE_NOT_REGULAR: {
        readonly class: 'input';
        readonly meaning: 'something that must be a file is a device, FIFO, socket or directory';
    };
    readonly ARCHIVE_DUPLICATE: {
        readonly class: 'input';
        readonly meaning: 'one name stands for two different contents';
    };
    readonly ARCHIVE_UNKNOWN_FORMAT: {
        readonly class: 'input';
        readonly meaning: 'the bytes are not an image archive of a known format';
    };
    readonly ARCHIVE_EMPTY: {
        readonly class: 'input';
        readonly meaning: 'the archive holds no image';
    };
    readonly ARCHIVE_LEGACY_V1: {
        readonly class: 'input';
        readonly meaning: 'the archive has only the v1 layout of Docker before 1.10';
    };
    readonly ARCHIVE_CONFLICT: {
        readonly class: 'input';
        readonly meaning: 'index.json and manifest.json of one archive name different images';
    };
    readonly LINK_UNRESOLVED: {
        readonly class: 'input';
        readonly meaning: 'a link points to nothing inside the archive';
    };
    readonly LINK_LOOP: {
        readonly class: 'input';
        readonly meaning: 'links lead back to themselves or over too many hops';
    };
    readonly LIMIT_MEMBERS: {
        readonly class: 'input';
        readonly meaning: 'the archive has more members than the limit';
    };
    readonly LIMIT_NAME: {
        readonly class: 'input';
        readonly meaning: 'a name is longer than the limit';
    };
    readonly LIMIT_METADATA: {
        readonly class: 'input';
        readonly meaning: 'a document is larger than the limit';
    };
    readonly LIMIT_JSON_DEPTH: {
        readonly class: 'input';
        readonly meaning: 'a document is nested deeper than the limit';
    };
    readonly LIMIT_NODES: {
        readonly class: 'input';
        readonly meaning: 'the image graph has more descriptors than the limit';
    };
    readonly LIMIT_GZIP_MEMBERS: {
        readonly class: 'input';
        readonly meaning: 'a gzip stream has more members than the limit';
    };
    readonly LIMIT_DECOMPRESSED: {
        readonly class: 'input';
        readonly meaning: 'decompressed data exceed the size or ratio limit';
    };
    readonly LIMIT_SPARSE_MAP: {
        readonly class: 'input';
        readonly meaning: 'a sparse member has more map entries than the limit';
    };
    readonly INDEX_TOO_DEEP: {
        readonly class: 'input';
        readonly meaning: 'indexes are nested deeper than the limit';
    };
    readonly GZIP_CORRUPT: {
        readonly class: 'input';
        readonly meaning: 'a gzip stream is damaged or cut';
    };
    readonly GZIP_TRAILING_DATA: {
        readonly class: 'input';
        readonly meaning: 'bytes follow the end of a gzip stream';
    };
    readonly ZSTD_CORRUPT: {
        readonly class: 'input';
        readonly meaning: 'a zstd stream is damaged or cut';
    };
    readonly ZSTD_WINDOW: {
        readonly class: 'input';
        readonly meaning: 'a zstd frame asks for a larger window than the limit';
    };
    readonly ZSTD_TRAILING_DATA: {
        readonly class: 'input';
        readonly meaning: 'bytes follow the end of a zstd stream';
    };
    readonly BZIP2_CORRUPT: {
        readonly class: 'input';
        readonly meaning: 'a bzip2 stream is damaged or cut';
    };
    readonly BZIP2_TRAILING_DATA: {
        readonly class: 'input';
        readonly meaning: 'bytes follow the end of a bzip2 stream';
    };
    readonly XZ_CORRUPT: {
        readonly class: 'input';
        readonly meaning: 'an xz stream is damaged, cut or badly padded';
    };
    readonly CODEC_UNSUPPORTED: {
        readonly class: 'input';
        readonly meaning: 'the data are compressed in a way that cannot be read here';
    };
    readonly JSON_SYNTAX: {
        readonly class: 'input';
        readonly meaning: 'a document is not JSON';
    };
    readonly JSON_BOM: {
        readonly class: 'input';
        readonly meaning: 'a document begins with a byte order mark';
    };
    readonly JSON_INVALID_UTF8: {
        readonly class: 'input';
        readonly meaning: 'a document is not UTF-8';
    };
    readonly JSON_LONE_SURROGATE: {
        readonly class: 'input';
        readonly meaning: 'a string contains half of a surrogate pair';
    };
    readonly JSON_DUPLICATE_KEY: {
        readonly class: 'input';
        readonly meaning: 'an object has one key twice';
    };
    readonly JSON_AMBIGUOUS_KEY: {
        readonly class: 'input';
        readonly meaning: 'an object has one key in two spellings';
    };
    readonly JSON_KEY_CASE: {
        readonly class: 'input';
        readonly meaning: 'a key is spelt in another case than the format says';
    };
    readonly JSON_TRAILING_DATA: {
        readonly class: 'input';
        readonly meaning: 'something follows the JSON value';
    };
    readonly SCHEMA_INVALID: {
        readonly class: 'input';
        readonly meaning: 'a document does not have the form that its specification asks for';
    };
    readonly SCHEMA1_UNSUPPORTED: {
        readonly class: 'input';
        readonly meaning: 'the image has a Docker schema 1 manifest';
    };
    readonly SIZE_INVALID: {
        readonly class: 'input';
        readonly meaning: 'a size is not a whole number from 0 to 2^53-1';
    };
    readonly DIGEST_INVALID: {
        readonly class: 'input';
        readonly meaning: 'a digest is not ALGORITHM:HEX';
    };
    readonly DIGEST_ALGORITHM_UNSUPPORTED: {
        readonly class: 'input';
        readonly meaning: 'a digest uses an algorithm that cannot be verified here';
    };
    readonly REFERENCE_INVALID: {
        readonly class: 'input';
        readonly meaning: 'a name is not a valid image reference';
    };
    readonly MANIFEST_AMBIGUOUS: {
        readonly class: 'input';
        readonly meaning: 'a document is both a manifest and an index';
    };
    readonly MEDIATYPE_CONFLICT: {
        readonly class: 'input';
        readonly meaning: 'a document and its descriptor, or two descriptors, disagree about the media type';
    };
    readonly MEDIATYPE_MISMATCH: {
        readonly class: 'input';
        readonly meaning: "a layer's bytes are not of the compression that its media type says";
    };
    readonly CONFIG_INVALID: {
        readonly class: 'input';
        readonly meaning: 'an image config does not describe an image';
    };
    readonly CONFIG_NAME_MISMATCH: {
        readonly class: 'input';
        readonly meaning: "a config's file name claims a digest that its content does not have";
    };
    readonly PLATFORM_MISMATCH: {
        readonly class: 'input';
        readonly meaning: "a descriptor's platform differs from the config's";
    };
    readonly DATA_MISMATCH: {
        readonly class: 'input';
        readonly meaning: "a descriptor's embedded data are not the blob";
    };
    readonly LAYOUT_MISSING: {
        readonly class: 'input';
        readonly meaning: 'the file oci-layout is missing';
    };
    readonly LAYOUT_VERSION: {
        readonly class: 'input';
        readonly meaning: 'the image layout has an unknown version';
    };
    readonly LAYOUT_INVALID: {
        readonly class: 'input';
        readonly meaning: 'the image layout is not laid out as the specification says';
    };
    readonly SIZE_MISMATCH: {
        readonly class: 'input';
        readonly meaning: 'a blob has another size than its descriptor says';
    };
    readonly DIGEST_MISMATCH: {
        readonly class: 'input';
        readonly meaning: "a blob's bytes do not have the digest that names them";
    };
    readonly DIFFID_MISMATCH: {
        readonly class: 'input';
        readonly meaning: "a layer's uncompressed bytes do not have the diffID of the config";
    };
    readonly LAYER_COUNT_MISMATCH: {
        readonly class: 'input';
        readonly meaning: 'manifest and config disagree about the number of layers';
    };
    readonly HISTORY_COUNT_MISMATCH: {
        readonly class: 'input';
        readonly meaning: "the config's history does not match the number of layers";
    };
    readonly LAYER_EMPTY: {
        readonly class: 'input';
        readonly meaning: 'a layer has no bytes';
    };
    readonly LAYER_FOREIGN: {
        readonly class: 'input';
        readonly meaning: 'a layer is not in the archive but at a URL';
    };
    readonly BLOB_MISSING: {
        readonly class: 'input';
        readonly meaning: 'a blob that the image needs is not there';
    };
    readonly BLOB_NOT_REGULAR: {
        readonly class: 'input';
        readonly meaning: 'a blob of a layout directory is not a regular file';
    };
    readonly BLOB_UNREFERENCED: {
        readonly class: 'input';
        readonly meaning: 'a blob belongs to no image';
    };
    readonly SUBJECT_MISSING: {
        readonly class: 'input';
        readonly meaning: 'a referrer refers to an image that is not there';
    };
    readonly DIGEST_UNEXPECTED: {
        readonly class: 'input';
        readonly meaning: 'the digest is not the one that was expected';
    };
    readonly LOCK_MISMATCH: {
        readonly class: 'input';
        readonly meaning: 'an image is not the one that the lock records';
    };
    readonly LOCK_UNLISTED: {
        readonly class: 'input';
        readonly meaning: 'an image is not recorded in the lock';
    };
    readonly LOCK_ABSENT: {
        readonly class: 'input';
        readonly meaning: 'an image that the lock records is not there';
    };
    readonly LOCK_INVALID: {
        readonly class: 'input';
        readonly meaning: 'the lock file is malformed';
    };
    readonly NOT_CHECKED: {
        readonly class: 'input';
        readonly meaning: 'something could not be checked';
    };
    readonly FILE_NOT_FOUND: {
        readonly class: 'surroundings';
        readonly meaning: 'a file or directory does not exist';
    };
    readonly PERMISSION_DENIED: {
        readonly class: 'surroundings';
        readonly meaning: 'access to a file or directory is denied';
    };
    readonly FILE_CHANGED: {
        readonly class: 'surroundings';
        readonly meaning: 'a file changed while it was read';
    };
    readonly NO_SPACE: {
        readonly class: 'surroundings';
        readonly meaning: 'the disk or quota is full';
    };
    readonly TOO_MANY_FILES: {
        readonly class: 'surroundings';
        readonly meaning: 'the process may not open more files';
    };
    readonly IO: {
        readonly class: 'surroundings';
        readonly meaning: 'reading or writing failed';
    };
    readonly PIPE_CLOSED: {
        readonly class: 'surroundings';
        readonly meaning: 'the reader of the output went away';
    };
    readonly DEFECT: {
        readonly class: 'defect';
        readonly meaning: 'Ingot itself is wrong';
    };
    readonly INTERRUPTED: {
        readonly class: 'interrupted';
        readonly meaning: 'stopped by SIGINT';
    };
    readonly TERMINATED: {
        readonly class: 'terminated';
        readonly meaning: 'stopped by SIGTERM or SIGHUP';
    };
};
export type ErrorCode = keyof typeof ERROR_CODES;
export declare const errorClassOf: (code: ErrorCode) => ErrorClass;
//# sourceMappingURL=error-code.d.ts.map