/**
 * Every code that an error or a finding of Ingot can carry, with the exit class it belongs to and one line of
 * meaning. `docs/errors.md` is held to this table by a test. Adding a code is a minor change; removing one, or
 * moving it to another class, breaks callers.
 */

/** What went wrong, seen from the caller's side. The exit code is a function of this alone. */
export type ErrorClass = 'refusal' | 'usage' | 'input' | 'surroundings' | 'defect' | 'interrupted' | 'terminated';

export const ERROR_CODES = {
  // the answer is no
  NAME_IMMUTABLE: { class: 'refusal', meaning: 'a name of the store may not be moved or removed' },
  NAME_TAKEN: { class: 'refusal', meaning: 'a name of the store means another image already' },
  NAME_MOVED: { class: 'refusal', meaning: 'a name of the store does not mean what was expected' },
  IMAGE_HAS_NAMES: { class: 'refusal', meaning: 'an image that is meant by its ID has several names' },
  IMAGE_PINNED: { class: 'refusal', meaning: 'an image is pinned' },
  IMAGE_LEASED: { class: 'refusal', meaning: 'an image is held by a lease' },

  // the command line
  USAGE: { class: 'usage', meaning: 'the command line is not one that the command takes' },
  LOCATION_INVALID: { class: 'usage', meaning: 'a location is not of the form TRANSPORT:PATH[:REF][@DIGEST]' },
  TRANSPORT_UNSUPPORTED: { class: 'usage', meaning: 'the transport cannot do this, or is not part of this version' },
  REFERENCE_NOT_FOUND: { class: 'usage', meaning: 'no image in the location has this name, digest or image ID' },
  REFERENCE_AMBIGUOUS: { class: 'usage', meaning: 'a tag or short ID fits several images' },
  PLATFORM_NOT_FOUND: { class: 'usage', meaning: 'no image in the location is for this platform' },
  NAME_CONFLICT: { class: 'usage', meaning: 'two different images claim one name' },
  DESTINATION_UNFIT: { class: 'usage', meaning: 'the destination cannot hold what is to be written' },
  OUTPUT_IS_TERMINAL: { class: 'usage', meaning: 'an archive would be written to a terminal' },

  LEASE_NOT_FOUND: { class: 'usage', meaning: 'the store has no lease of this id' },
  TRASH_NOT_FOUND: { class: 'usage', meaning: 'nothing of this name rests in the trash' },
  STORE_FOREIGN: { class: 'usage', meaning: 'the directory is no store and holds other files' },
  STORE_MISSING: { class: 'usage', meaning: 'there is no store at the path' },

  IMAGE_IN_USE: { class: 'usage', meaning: 'a container uses an image of the engine' },
  IMAGE_HAS_CHILDREN: { class: 'usage', meaning: 'other images were built on an image of the engine' },
  CONTAINER_NOT_FOUND: { class: 'usage', meaning: 'no container of this name uses the image' },

  ENGINE_ENDPOINT_INVALID: { class: 'usage', meaning: 'the place of an engine is malformed, or of an unknown kind' },
  ENGINE_CONTEXT_NOT_FOUND: { class: 'usage', meaning: 'docker has no context of this name' },

  CODEC_UNKNOWN: { class: 'usage', meaning: 'no pinned codec has this id' },

  // tar
  TAR_CHECKSUM: { class: 'input', meaning: 'the checksum of a tar header does not match its bytes' },
  TAR_TRUNCATED: { class: 'input', meaning: 'the tar ends inside a header or a member' },
  TAR_NO_TRAILER: { class: 'input', meaning: 'the tar has no zero blocks at its end' },
  TAR_LONE_ZERO_BLOCK: { class: 'input', meaning: 'one zero block stands between members' },
  TAR_TRAILING_DATA: { class: 'input', meaning: 'bytes other than zeros follow the end of the tar' },
  TAR_META_STACKED: { class: 'input', meaning: 'two extension headers of one kind describe one member' },
  TAR_PAX_SYNTAX: { class: 'input', meaning: 'a PAX record is malformed' },
  TAR_PAX_VALUE: { class: 'input', meaning: 'a PAX record has a value that its key does not allow' },
  TAR_NAME_NUL: { class: 'input', meaning: 'a name contains a NUL byte' },
  TAR_META_TOO_LARGE: { class: 'input', meaning: 'an extension header is larger than the limit' },
  TAR_DANGLING_META: { class: 'input', meaning: 'an extension header is followed by no member' },
  TAR_GLOBAL_OVERRIDE: { class: 'input', meaning: 'a global PAX header sets a path, link path or size' },
  TAR_BAD_NUMBER: { class: 'input', meaning: 'a number field of a tar header is malformed or out of range' },
  TAR_SPARSE_INVALID: { class: 'input', meaning: 'a sparse member describes an impossible map' },
  TAR_TYPE_UNKNOWN: { class: 'input', meaning: 'a member has a type that no tar dialect defines' },
  TAR_BAD_NAME: { class: 'input', meaning: 'a member has an empty name' },
  TAR_LINK_SIZE: { class: 'input', meaning: 'a link, device or directory claims a body' },

  // archives as a whole
  ARCHIVE_UNSAFE_NAME: { class: 'input', meaning: 'a name is absolute or leaves the archive' },
  ARCHIVE_NOT_REGULAR: {
    class: 'input',
    meaning: 'something that must be a file is a device, FIFO, socket or directory',
  },
  ARCHIVE_DUPLICATE: { class: 'input', meaning: 'one name stands for two different contents' },
  ARCHIVE_UNKNOWN_FORMAT: { class: 'input', meaning: 'the bytes are not an image archive of a known format' },
  ARCHIVE_EMPTY: { class: 'input', meaning: 'the archive holds no image' },
  ARCHIVE_LEGACY_V1: { class: 'input', meaning: 'the archive has only the v1 layout of Docker before 1.10' },
  ARCHIVE_CONFLICT: { class: 'input', meaning: 'index.json and manifest.json of one archive name different images' },
  LINK_UNRESOLVED: { class: 'input', meaning: 'a link points to nothing inside the archive' },
  LINK_LOOP: { class: 'input', meaning: 'links lead back to themselves or over too many hops' },

  // limits
  LIMIT_MEMBERS: { class: 'input', meaning: 'the archive has more members than the limit' },
  LIMIT_NAME: { class: 'input', meaning: 'a name is longer than the limit' },
  LIMIT_METADATA: { class: 'input', meaning: 'a document is larger than the limit' },
  LIMIT_JSON_DEPTH: { class: 'input', meaning: 'a document is nested deeper than the limit' },
  LIMIT_NODES: { class: 'input', meaning: 'the image graph has more descriptors than the limit' },
  LIMIT_GZIP_MEMBERS: { class: 'input', meaning: 'a gzip stream has more members than the limit' },
  LIMIT_DECOMPRESSED: { class: 'input', meaning: 'decompressed data exceed the size or ratio limit' },
  LIMIT_SPARSE_MAP: { class: 'input', meaning: 'a sparse member has more map entries than the limit' },
  INDEX_TOO_DEEP: { class: 'input', meaning: 'indexes are nested deeper than the limit' },
  LIMIT_REFERRERS: { class: 'input', meaning: 'more refers to an image than the limit' },

  // compression
  GZIP_CORRUPT: { class: 'input', meaning: 'a gzip stream is damaged or cut' },
  GZIP_TRAILING_DATA: { class: 'input', meaning: 'bytes follow the end of a gzip stream' },
  ZSTD_CORRUPT: { class: 'input', meaning: 'a zstd stream is damaged or cut' },
  ZSTD_WINDOW: { class: 'input', meaning: 'a zstd frame asks for a larger window than the limit' },
  ZSTD_TRAILING_DATA: { class: 'input', meaning: 'bytes follow the end of a zstd stream' },
  BZIP2_CORRUPT: { class: 'input', meaning: 'a bzip2 stream is damaged or cut' },
  BZIP2_TRAILING_DATA: { class: 'input', meaning: 'bytes follow the end of a bzip2 stream' },
  XZ_CORRUPT: { class: 'input', meaning: 'an xz stream is damaged, cut or badly padded' },
  CODEC_UNSUPPORTED: { class: 'input', meaning: 'the data are compressed in a way that cannot be read here' },

  // JSON
  JSON_SYNTAX: { class: 'input', meaning: 'a document is not JSON' },
  JSON_BOM: { class: 'input', meaning: 'a document begins with a byte order mark' },
  JSON_INVALID_UTF8: { class: 'input', meaning: 'a document is not UTF-8' },
  JSON_LONE_SURROGATE: { class: 'input', meaning: 'a string contains half of a surrogate pair' },
  JSON_DUPLICATE_KEY: { class: 'input', meaning: 'an object has one key twice' },
  JSON_AMBIGUOUS_KEY: { class: 'input', meaning: 'an object has one key in two spellings' },
  JSON_KEY_CASE: { class: 'input', meaning: 'a key is spelt in another case than the format says' },
  JSON_TRAILING_DATA: { class: 'input', meaning: 'something follows the JSON value' },

  // documents and descriptors
  SCHEMA_INVALID: { class: 'input', meaning: 'a document does not have the form that its specification asks for' },
  SCHEMA1_UNSUPPORTED: { class: 'input', meaning: 'the image has a Docker schema 1 manifest' },
  SIZE_INVALID: { class: 'input', meaning: 'a size is not a whole number from 0 to 2^53-1' },
  DIGEST_INVALID: { class: 'input', meaning: 'a digest is not ALGORITHM:HEX' },
  DIGEST_ALGORITHM_UNSUPPORTED: { class: 'input', meaning: 'a digest uses an algorithm that cannot be verified here' },
  REFERENCE_INVALID: { class: 'input', meaning: 'a name is not a valid image reference' },
  MANIFEST_AMBIGUOUS: { class: 'input', meaning: 'a document is both a manifest and an index' },
  MEDIATYPE_CONFLICT: {
    class: 'input',
    meaning: 'a document and its descriptor, or two descriptors, disagree about the media type',
  },
  MEDIATYPE_MISMATCH: {
    class: 'input',
    meaning: "a layer's bytes are not of the compression that its media type says",
  },
  CONFIG_INVALID: { class: 'input', meaning: 'an image config does not describe an image' },
  CONFIG_NAME_MISMATCH: {
    class: 'input',
    meaning: "a config's file name claims a digest that its content does not have",
  },
  PLATFORM_MISMATCH: { class: 'input', meaning: "a descriptor's platform differs from the config's" },
  DATA_MISMATCH: { class: 'input', meaning: "a descriptor's embedded data are not the blob" },
  LAYOUT_MISSING: { class: 'input', meaning: 'the file oci-layout is missing' },
  LAYOUT_VERSION: { class: 'input', meaning: 'the image layout has an unknown version' },
  LAYOUT_INVALID: { class: 'input', meaning: 'the image layout is not laid out as the specification says' },

  // content
  SIZE_MISMATCH: { class: 'input', meaning: 'a blob has another size than its descriptor says' },
  DIGEST_MISMATCH: { class: 'input', meaning: "a blob's bytes do not have the digest that names them" },
  DIFFID_MISMATCH: { class: 'input', meaning: "a layer's uncompressed bytes do not have the diffID of the config" },
  LAYER_COUNT_MISMATCH: { class: 'input', meaning: 'manifest and config disagree about the number of layers' },
  HISTORY_COUNT_MISMATCH: { class: 'input', meaning: "the config's history does not match the number of layers" },
  LAYER_EMPTY: { class: 'input', meaning: 'a layer has no bytes' },
  LAYER_FOREIGN: { class: 'input', meaning: 'a layer is not in the archive but at a URL' },
  BLOB_MISSING: { class: 'input', meaning: 'a blob that the image needs is not there' },
  BLOB_NOT_REGULAR: { class: 'input', meaning: 'a blob of a layout directory is not a regular file' },
  BLOB_UNREFERENCED: { class: 'input', meaning: 'a blob belongs to no image' },
  SUBJECT_MISSING: { class: 'input', meaning: 'a referrer refers to an image that is not there' },
  SUBJECT_MISMATCH: { class: 'input', meaning: 'what is listed as a referrer does not refer to the image' },

  // restoring
  MANIFEST_MISMATCH: { class: 'input', meaning: 'no given manifest is that of the image' },
  LAYER_UNRESTORABLE: { class: 'input', meaning: 'no known codec gives the layer its digest back' },
  RECIPE_INVALID: { class: 'input', meaning: 'the recipe is malformed or does not hold together' },
  RECIPE_UNRECORDED: { class: 'input', meaning: 'the recipe is not the one that the lock records' },

  // answers of verify
  DIGEST_UNEXPECTED: { class: 'input', meaning: 'the digest is not the one that was expected' },
  LOCK_MISMATCH: { class: 'input', meaning: 'an image is not the one that the lock records' },
  LOCK_UNLISTED: { class: 'input', meaning: 'an image is not recorded in the lock' },
  LOCK_ABSENT: { class: 'input', meaning: 'an image that the lock records is not there' },
  LOCK_INVALID: { class: 'input', meaning: 'the lock file is malformed' },
  NOT_CHECKED: { class: 'input', meaning: 'something could not be checked' },

  // the store
  STORE_VERSION: { class: 'input', meaning: 'the store has a format that this version does not know' },
  STORE_STATE_INVALID: { class: 'input', meaning: 'a state file of the store is damaged' },
  STORE_INDEX_INVALID: { class: 'input', meaning: 'the index of the store is damaged or gone' },
  STORE_TAMPERED: { class: 'input', meaning: 'something in the store is not what Ingot puts there' },
  BLOB_CORRUPT: { class: 'input', meaning: 'a stored blob is not what its name says' },
  NAME_DUPLICATE: { class: 'input', meaning: 'several images of the store have one name' },
  STORE_MODE: { class: 'input', meaning: 'a stored blob can be written' },
  STORE_LEFTOVER: { class: 'input', meaning: 'a process that was ended has left a file' },
  JOURNAL_BROKEN: { class: 'input', meaning: 'a line of the journal does not hold' },

  // lifecycle policies
  POLICY_INVALID: { class: 'input', meaning: 'the document is not a lifecycle policy' },
  POLICY_FOREIGN_INVALID: { class: 'input', meaning: 'the document is not a policy of the product that it is read as' },
  POLICY_GUARD: { class: 'input', meaning: 'a policy would remove more than half of a repository' },
  POLICY_PLAN_CHANGED: { class: 'input', meaning: 'a policy would not do what was expected' },
  POLICY_LIMIT_UNMET: { class: 'input', meaning: 'a policy cannot reach a limit' },
  POLICY_NOT_CARRIED: { class: 'input', meaning: 'something of a foreign policy has no counterpart' },
  POLICY_WIDER: { class: 'input', meaning: 'a converted policy would remove more than the original' },
  POLICY_FIXED: { class: 'input', meaning: 'a malformed policy was put right' },
  POLICY_UNREACHABLE: { class: 'input', meaning: 'a rule never decides, since rules before it do' },
  POLICY_MATCHES_NOTHING: { class: 'input', meaning: 'a rule matches nothing in the store' },
  POLICY_PROTECTS_NOTHING: { class: 'input', meaning: 'a protection fits nothing in the store' },
  POLICY_REMOVES_ALL: { class: 'input', meaning: 'a rule could remove everything' },
  POLICY_CONTRADICTION: { class: 'input', meaning: 'parts of a policy contradict each other' },
  POLICY_IDLE: { class: 'input', meaning: 'a part of a policy has no effect' },

  // surroundings
  STORE_LOCKED: { class: 'surroundings', meaning: 'another process uses the store' },
  CODEC_UNAVAILABLE: { class: 'surroundings', meaning: 'this platform does not run a pinned codec right' },
  STORE_LOCK_UNAVAILABLE: { class: 'surroundings', meaning: 'the store cannot be locked here' },
  STORE_CHANGED: { class: 'surroundings', meaning: 'another tool changes the store all the time' },
  ENGINE_REFUSED: { class: 'surroundings', meaning: 'an engine refused what the plan asked for' },
  ENGINE_CHANGED: { class: 'surroundings', meaning: 'an engine no longer holds what the plan was made from' },
  ENGINE_NOT_FOUND: { class: 'surroundings', meaning: 'no engine answers at the place' },
  ENGINE_DENIED: { class: 'surroundings', meaning: 'the socket of the engine may not be used' },
  ENGINE_TLS: { class: 'surroundings', meaning: 'there is no TLS connection with the engine' },
  ENGINE_SILENT: { class: 'surroundings', meaning: 'the engine does not answer, or breaks off' },
  ENGINE_API_VERSION: { class: 'surroundings', meaning: 'the engine is too old or too new' },
  ENGINE_ANSWER_INVALID: { class: 'surroundings', meaning: 'the answer is not one that the API of an engine gives' },
  ENGINE_FAILED: { class: 'surroundings', meaning: 'the engine reports a failure of its own' },
  ENGINE_EXPORT_BROKEN: { class: 'surroundings', meaning: 'the engine did not export all that was asked for' },
  ENGINE_LOAD_REFUSED: { class: 'surroundings', meaning: 'the engine does not take the archive' },
  ENGINE_LOAD_DIFFERS: { class: 'surroundings', meaning: 'the engine has another image than was loaded' },
  ENGINE_BUSY: { class: 'surroundings', meaning: 'another process of Ingot changes the images of the engine' },
  FILE_NOT_FOUND: { class: 'surroundings', meaning: 'a file or directory does not exist' },
  PERMISSION_DENIED: { class: 'surroundings', meaning: 'access to a file or directory is denied' },
  FILE_CHANGED: { class: 'surroundings', meaning: 'a file changed while it was read' },
  NO_SPACE: { class: 'surroundings', meaning: 'the disk or quota is full' },
  TOO_MANY_FILES: { class: 'surroundings', meaning: 'the process may not open more files' },
  IO: { class: 'surroundings', meaning: 'reading or writing failed' },
  PIPE_CLOSED: { class: 'surroundings', meaning: 'the reader of the output went away' },

  // registries
  CONNECTION_REFUSED: { class: 'surroundings', meaning: 'a registry or proxy cannot be reached' },
  CONNECTION_LOST: { class: 'surroundings', meaning: 'a connection broke off' },
  HOST_UNKNOWN: { class: 'surroundings', meaning: 'a host name cannot be resolved' },
  TLS_FAILED: { class: 'surroundings', meaning: 'no secure connection can be made, or the certificate is not trusted' },
  TLS_FILE_INVALID: { class: 'surroundings', meaning: 'a file with certificates or a key cannot be used' },
  TIMEOUT: { class: 'surroundings', meaning: 'a registry does not answer in time' },
  PROXY_FAILED: { class: 'surroundings', meaning: 'the proxy cannot be used' },
  AUTH_REQUIRED: { class: 'surroundings', meaning: 'the registry asks for credentials, and none are known' },
  AUTH_FAILED: { class: 'surroundings', meaning: 'the registry does not accept the credentials' },
  AUTH_CHALLENGE_INVALID: {
    class: 'surroundings',
    meaning: 'the registry asks for credentials in a way that is not understood',
  },
  AUTH_REALM_UNTRUSTED: {
    class: 'surroundings',
    meaning: 'the registry sends to a token server that must not be asked',
  },
  ACCESS_DENIED: { class: 'surroundings', meaning: 'the registry does not permit this' },
  CREDENTIALS_INVALID: { class: 'surroundings', meaning: 'a credential file is malformed' },
  CREDENTIAL_HELPER_FAILED: { class: 'surroundings', meaning: 'a credential helper failed' },
  REPOSITORY_UNKNOWN: { class: 'surroundings', meaning: 'the registry has no such repository' },
  REGISTRY_NOT_FOUND: { class: 'surroundings', meaning: 'the registry does not have what was asked for' },
  RATE_LIMITED: { class: 'surroundings', meaning: 'the registry gets too many requests' },
  REGISTRY_UNAVAILABLE: { class: 'surroundings', meaning: 'the registry has a failure of its own' },
  REGISTRY_ERROR: { class: 'surroundings', meaning: 'the registry refuses the request' },
  REDIRECT_INVALID: { class: 'surroundings', meaning: 'a registry redirects nowhere, or too often' },
  REDIRECT_DOWNGRADE: { class: 'surroundings', meaning: 'a registry leads from HTTPS to HTTP' },
  URL_UNTRUSTED: { class: 'surroundings', meaning: 'a registry leads to an address that must not be asked' },
  CONTENT_ENCODED: {
    class: 'surroundings',
    meaning: 'a registry gives the content in another encoding than asked for',
  },
  LIMIT_ANSWER: {
    class: 'surroundings',
    meaning: 'the headers or the document of an answer are larger than the limit',
  },
  DIGEST_HEADER_MISMATCH: {
    class: 'surroundings',
    meaning: 'a registry names a manifest by a digest that it does not have',
  },
  PAGINATION_UNSAFE: { class: 'surroundings', meaning: 'a registry leads to pages of a list that are not followed' },
  RANGE_INVALID: { class: 'surroundings', meaning: 'a registry answers with another part of a blob than asked for' },
  TRANSFER_TRUNCATED: { class: 'surroundings', meaning: 'a registry breaks off a transfer again and again' },
  UPLOAD_INVALID: { class: 'surroundings', meaning: 'a registry does not take an upload as the specification says' },
  PUSH_DIGEST_MISMATCH: { class: 'surroundings', meaning: 'a registry has something else than was pushed' },
  REFERRERS_TAG_TAKEN: {
    class: 'surroundings',
    meaning: 'the tag for a list of referrers holds something else, or does not keep it',
  },

  DEFECT: { class: 'defect', meaning: 'Ingot itself is wrong' },
  INTERRUPTED: { class: 'interrupted', meaning: 'stopped by SIGINT' },
  TERMINATED: { class: 'terminated', meaning: 'stopped by SIGTERM or SIGHUP' },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export const errorClassOf = (code: ErrorCode): ErrorClass => ERROR_CODES[code].class;
