import { canonicalJson } from '../base/json-canonical.js';
import { ToolError } from '../base/error.js';
import { JsonNumber, type JsonObject, type JsonValue, isJsonArray, isJsonObject } from '../base/json.js';
import { parseJson } from '../base/json-parse.js';
import type { Limits } from '../base/limits.js';
import { compareBytes } from '../base/order.js';
import { ANNOTATION } from '../oci/annotation.js';

const isUnwritable = (value: JsonValue | undefined): boolean => {
  if (value instanceof JsonNumber) return true;
  if (Array.isArray(value)) return value.some((item: JsonValue) => isUnwritable(item));
  return isJsonObject(value) && Object.values(value).some(isUnwritable);
};

const annotationsOf = (entry: JsonObject): JsonObject => {
  const annotations = entry['annotations'];
  return isJsonObject(annotations) ? annotations : {};
};

/** The name by which an entry is found: the full one, else the short one; '' for none. */
const nameOf = (entry: JsonObject): string => {
  const annotations = annotationsOf(entry);
  const name = annotations[ANNOTATION.imageName] ?? annotations[ANNOTATION.refName];
  return typeof name === 'string' ? name : '';
};

const withoutName = (entry: JsonObject): JsonObject => {
  const { [ANNOTATION.imageName]: _full, [ANNOTATION.refName]: _short, ...others } = annotationsOf(entry);
  const { annotations: _annotations, ...rest } = entry;
  return Object.keys(others).length === 0 ? rest : { ...rest, annotations: others };
};

interface ParsedIndex {
  readonly entries: readonly JsonObject[];
  /** What else the index says. */
  readonly rest: JsonObject;
}

const parseIndex = (document: Uint8Array, subject: string, limits: Limits): ParsedIndex => {
  const value = parseJson(document, { subject, depth: limits.jsonDepth });
  const { manifests, ...rest } = isJsonObject(value) ? value : {};
  // Go writes null for an empty list, and umoci does for a new layout.
  const entries: readonly JsonValue[] | undefined =
    manifests === null ? [] : isJsonArray(manifests) ? manifests : undefined;
  if (entries === undefined || !entries.every(isJsonObject) || isUnwritable(value)) {
    throw new ToolError('DESTINATION_UNFIT', 'the index of the destination cannot be extended', {
      subject,
      expected: 'an image index of whole numbers, strings and objects',
      hint: 'check the layout with ingot verify, or write to a new directory',
    });
  }
  return { entries: entries.filter(isJsonObject), rest };
};

/**
 * The index of a layout with more images in it. Entries of other tools stay as they are; one whose name is taken over
 * stays without it, as skopeo has it, so nothing is lost. Sorted by (name, digest), unnamed entries last.
 * @param existing bytes of the present `index.json`, undefined for a new layout
 * @param added bytes of a canonical `index.json`
 * @throws {ToolError} DESTINATION_UNFIT, JSON_*
 */
export const extendIndex = (
  existing: Uint8Array | undefined,
  added: Uint8Array,
  subject: string,
  limits: Limits,
): Uint8Array => {
  if (existing === undefined) return added;
  const fresh = parseIndex(added, subject, limits).entries;
  const { entries, rest } = parseIndex(existing, subject, limits);
  const taken = new Set(fresh.map(nameOf).filter((name) => name !== ''));
  const kept = entries.map((entry) => (taken.has(nameOf(entry)) ? withoutName(entry) : entry));
  const digestOf = ({ digest }: JsonObject): string => (typeof digest === 'string' ? digest : '');
  // An unnamed entry says nothing beside another entry of the same digest.
  const named = [...kept, ...fresh].filter((entry) => nameOf(entry) !== '');
  const namedDigests = new Set(named.map(digestOf));
  const unnamed = new Map(
    [...kept, ...fresh]
      .filter((entry) => nameOf(entry) === '' && !namedDigests.has(digestOf(entry)))
      .map((entry) => [digestOf(entry), entry]),
  );
  const byNameAndDigest = (a: JsonObject, b: JsonObject): number =>
    compareBytes(nameOf(a), nameOf(b)) || compareBytes(digestOf(a), digestOf(b));
  return canonicalJson({
    ...rest,
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      ...named.toSorted(byNameAndDigest),
      ...[...unnamed.values()].toSorted((a, b) => compareBytes(digestOf(a), digestOf(b))),
    ],
  });
};
