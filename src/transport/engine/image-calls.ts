import { ToolError } from '../../base/error.js';
import type { Digest } from '../../oci/digest.js';
import { formatReference, parseReference, tryParseReference } from '../../oci/reference.js';
import { engineFailed } from './answer.js';
import { type Calls, expectDone, inPath } from './calls.js';
import type { EngineImage, EngineImageDetail } from './engine.js';
import { tryImageID } from './names.js';
import { readImage, readImages } from './read-images.js';

export const listImages = async (calls: Calls): Promise<readonly EngineImage[]> =>
  expectDone(await calls.get('/images/json', { all: '1' }), readImages);

/** One image by a full name or a whole ID. */
const inspect = async (calls: Calls, text: string): Promise<EngineImageDetail | undefined> => {
  const outcome = await calls.get(`/images/${inPath(text)}/json`);
  if (outcome.kind === 'missing') return undefined;
  return expectDone(outcome, (document) => readImage(document, calls.info.store));
};

/** Digits of an ID that are enough to mean one: as few as people type, and too many to be a year. */
const SHORT_ID = /^(?:sha256:)?([0-9a-f]{4,64})$/;

/** By the beginning of its ID: engines disagree about how short that may be. @throws {ToolError} REFERENCE_AMBIGUOUS */
const byShortID = async (calls: Calls, text: string): Promise<EngineImageDetail | undefined> => {
  const digits = SHORT_ID.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const found = (await listImages(calls)).filter(({ id }) => id.startsWith(`sha256:${digits}`));
  const [one, another] = found;
  if (another !== undefined) {
    throw new ToolError('REFERENCE_AMBIGUOUS', 'several images have IDs that begin so', {
      subject: text,
      expected: 'one image',
      found: found.map(({ id }) => id).join(', '),
      hint: 'give more digits',
    });
  }
  return one === undefined ? undefined : inspect(calls, one.id);
};

/** @throws {ToolError} REFERENCE_INVALID, REFERENCE_AMBIGUOUS */
export const findImage = async (calls: Calls, text: string): Promise<EngineImageDetail | undefined> => {
  const id = tryImageID(text);
  if (id !== undefined) return inspect(calls, id);
  if (text.startsWith('sha256:')) return byShortID(calls, text);
  const reference = SHORT_ID.test(text) ? tryParseReference(text) : parseReference(text, { subject: text });
  const named = reference === undefined ? undefined : await inspect(calls, formatReference(reference));
  return named ?? byShortID(calls, text);
};

/** The engine's name and tag of a reference that has both. @throws {ToolError} REFERENCE_INVALID */
export const repoAndTag = (name: string): { readonly repo: string; readonly tag: string } => {
  const { domain, path, tag, digest } = parseReference(name, { subject: name });
  if (tag !== undefined && digest === undefined) return { repo: `${domain}/${path}`, tag };
  throw new ToolError('REFERENCE_INVALID', 'a name that cannot be given or taken', {
    subject: name,
    expected: 'a name with a tag and without a digest',
  });
};

/** @throws {ToolError} REFERENCE_NOT_FOUND, REFERENCE_INVALID, ENGINE_FAILED */
export const tagImage = async (calls: Calls, id: Digest, name: string): Promise<void> => {
  const outcome = await calls.change('POST', `/images/${inPath(id)}/tag`, repoAndTag(name));
  if (outcome.kind === 'done') return;
  if (outcome.kind === 'missing')
    throw new ToolError('REFERENCE_NOT_FOUND', 'the engine has no such image', { subject: id });
  throw engineFailed(outcome.answer, outcome.complaint);
};
