/**
 * Every limit of Ingot, with its unit and reason. A limit is what keeps hostile input from using more memory, disk
 * or time than its size deserves; each is far above what real images need. Commands offer a flag for those that a
 * user could meet.
 */
export interface Limits {
  /** Bytes of one manifest, index or config blob. The distribution specification asks registries for 4 MB. */
  readonly document: number;
  /** Bytes of `index.json` and of docker's `manifest.json`, which list many images. */
  readonly topDocument: number;
  /** Levels of nesting in a JSON document. Real ones have fewer than ten; recursion must stay shallow. */
  readonly jsonDepth: number;
  /** Members of one tar. */
  readonly members: number;
  /** Bytes of one PAX or GNU extension body, as in Go's archive/tar. */
  readonly tarMeta: number;
  /** Bytes of a member's name, and of a link's target (PATH_MAX of Linux). */
  readonly name: number;
  /** Entries in the map of one sparse member, as in Go's archive/tar. */
  readonly sparseMap: number;
  /** Links followed from a name to a file. */
  readonly linkHops: number;
  /** Levels of index inside index. */
  readonly indexDepth: number;
  /** Distinct descriptors of one image graph. */
  readonly nodes: number;
  /** Members of one gzip stream; eStargz makes one for each file. */
  readonly gzipMembers: number;
  /** Bytes of window that a zstd frame may ask for; zstd's own default limit is 128 MiB. */
  readonly zstdWindow: number;
  /** Bytes that one compressed blob may decompress to. */
  readonly decompressed: number;
  /** Bytes out for one byte in, tested only after {@link decompressedFree} bytes; zeros reach 1029 in deflate. */
  readonly decompressionRatio: number;
  /** Bytes of output for which the ratio is not tested: small layers of zeros are legitimate. */
  readonly decompressedFree: number;
  /** Bytes of the index or of a state file of the store; 10 000 names take 3 MiB. */
  readonly storeState: number;
  /** Bytes of the store's journal beyond which it is put beside a new one; some 30 000 changes. */
  readonly journal: number;
  /** Characters of a template of `--format`. */
  readonly template: number;
  /** Blocks inside blocks, and parentheses inside parentheses, of a template. */
  readonly templateDepth: number;
  /** Commands and turns of loops that a template may take for one value: loops in loops end somewhere. */
  readonly templateSteps: number;
  /** Bytes of the headers of one answer of a registry; Node's own limit. */
  readonly answerHeaders: number;
  /** Bytes of a token or of an error that a registry sends, and of what a credential helper prints. */
  readonly answer: number;
  /** Bytes of a credential or certificate file. */
  readonly configFile: number;
  /** Redirects that are followed for one request. */
  readonly redirects: number;
  /** Pages of one list of a registry. */
  readonly pages: number;
  /** Tags of one repository that are kept in memory. */
  readonly tags: number;
  /** Referrers of one image, those of referrers included. */
  readonly referrers: number;
  /** Bytes of one JSON answer of an engine; 10 000 images with labels take some 20 MiB. */
  readonly engineAnswer: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: Limits = {
  document: 4 * MIB,
  topDocument: 16 * MIB,
  jsonDepth: 64,
  members: 100_000,
  tarMeta: MIB,
  name: 4096,
  sparseMap: 1 << 20,
  linkHops: 8,
  indexDepth: 32,
  nodes: 100_000,
  gzipMembers: 1_000_000,
  zstdWindow: 128 * MIB,
  decompressed: 64 * 1024 * MIB,
  decompressionRatio: 2000,
  decompressedFree: 64 * MIB,
  storeState: 256 * MIB,
  journal: 8 * MIB,
  template: 64 * 1024,
  templateDepth: 100,
  templateSteps: 10_000_000,
  answerHeaders: 16 * 1024,
  answer: MIB,
  configFile: 4 * MIB,
  redirects: 5,
  pages: 1000,
  tags: 1_000_000,
  referrers: 10_000,
  engineAnswer: 256 * MIB,
};

/** Bytes moved at a time where nothing else decides: large enough to amortise a call, small enough for the cache. */
export const CHUNK_SIZE: number = 256 * 1024;
