/**
 * Who compressed a blob, as far as its bytes tell. A name stands for everything that makes the same bytes.
 *
 * - `go-flate`: Go's compress/gzip up to 1.26 at levels 2 to 9: Docker, containerd, BuildKit
 * - `go-flate-level-1`: the same at level 1: crane, ko, kaniko, Bazel's rules_docker
 * - `go-1.27`: Go's later compress/flate, or klauspost/compress on its own, from which it comes
 * - `pgzip`: klauspost/pgzip: podman, skopeo, buildah, umoci, apko
 * - `zlib`: zlib and its forks: jib and other Java, Python, Node, bsdtar
 * - `estargz`: one member for each file, with a table of contents behind them
 * - `zstd-klauspost`: BuildKit, containerd, podman, skopeo
 * - `zstd-chunked`: one frame for each file, with a table of contents behind them
 * - `stored`: nothing is compressed, so nothing tells
 * - `unknown`: compressed in a known format by nobody who is known here
 * - `none`: not compressed
 */
export type Producer =
  | 'go-flate'
  | 'go-flate-level-1'
  | 'go-1.27'
  | 'pgzip'
  | 'zlib'
  | 'pigz'
  | 'gnu-gzip'
  | 'busybox'
  | 'estargz'
  | 'zstd-klauspost'
  | 'zstd-libzstd'
  | 'zstd-chunked'
  | 'stored'
  | 'unknown'
  | 'none';

/** How far a name can be relied on. `certain`: no other producer that is known here makes such bytes. */
export type Confidence = 'certain' | 'likely' | 'guess';

/** Something about a blob that is so or not, and how it is told. */
export interface Trait<Facts> {
  readonly says: string;
  readonly test: (facts: Facts) => boolean;
}

/** Weight of a trait that a producer cannot have, or cannot lack. */
export const NEVER: number = Number.NEGATIVE_INFINITY;

/** What traits say about one producer. */
export interface Profile<Name extends string> {
  readonly producer: Producer;
  /** Weight of each trait that the blob has. */
  readonly has: Readonly<Partial<Record<Name, number>>>;
  /** Weight of each trait that it has not. */
  readonly lacks?: Readonly<Partial<Record<Name, number>>>;
  /** The most that is ever claimed. */
  readonly atMost?: Confidence;
}

export interface Verdict {
  readonly producer: Producer;
  readonly confidence: Confidence;
  /** What speaks for it, in the order of the traits. */
  readonly evidence: readonly string[];
}

/** Points, and points before the second, that a claim needs. */
const CLAIMS = [
  { confidence: 'certain', points: 10, lead: 5 },
  { confidence: 'likely', points: 6, lead: 2 },
  { confidence: 'guess', points: 3, lead: 0 },
] as const;

const RANK: Readonly<Record<Confidence, number>> = { guess: 0, likely: 1, certain: 2 };

/** Weighs what a blob shows. Of two producers with the same points the one that stands first in the table wins. */
export const judge = <Name extends string, Facts>(
  facts: Facts,
  traits: Readonly<Record<Name, Trait<Facts>>>,
  profiles: readonly Profile<Name>[],
): Verdict => {
  const names = Object.keys(traits) as Name[];
  const shown = new Set(names.filter((name) => traits[name].test(facts)));
  const points = (profile: Profile<Name>): number =>
    names.reduce((sum, name) => sum + ((shown.has(name) ? profile.has[name] : profile.lacks?.[name]) ?? 0), 0);
  const ranked = profiles
    .map((profile) => ({ profile, points: points(profile) }))
    .toSorted((a, b) => (a.points === b.points ? 0 : b.points - a.points));
  const [best, second] = ranked;
  const lead = best === undefined || second === undefined ? Number.POSITIVE_INFINITY : best.points - second.points;
  const claim = CLAIMS.find((one) => best !== undefined && best.points >= one.points && lead >= one.lead);
  if (best === undefined || claim === undefined) {
    return {
      producer: 'unknown',
      confidence: 'guess',
      evidence: names.flatMap((name) => sayings(shown, name, traits)),
    };
  }
  const { producer, has, atMost = 'certain' } = best.profile;
  return {
    producer,
    confidence: RANK[claim.confidence] > RANK[atMost] ? atMost : claim.confidence,
    evidence: names.flatMap((name) => ((has[name] ?? 0) > 0 ? sayings(shown, name, traits) : [])),
  };
};

const sayings = <Name extends string, Facts>(
  shown: ReadonlySet<Name>,
  name: Name,
  traits: Readonly<Record<Name, Trait<Facts>>>,
): readonly string[] => (shown.has(name) ? [traits[name].says] : []);
