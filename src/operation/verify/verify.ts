import type { Note } from '../../base/event.js';
import type { ContentGraph } from '../../content/graph.js';
import type { Digest } from '../../oci/digest.js';
import type { OperationContext } from '../context.js';
import { layerMediaTypeNotes } from '../layer-media-types.js';
import { type Lock, checkLock } from '../lock.js';
import type { RecipeFile } from '../locked-recipe.js';
import { openLocation } from '../open.js';
import { type ImageEntry, type VerifyReport, imageEntries } from '../report.js';
import { checkBlobs } from './blobs.js';
import { checkNames, checkPresence, checkSchemas, checkUnreferenced, findingOf } from './checks.js';
import { checkExpectation } from './expectation.js';
import { checkRecipes } from './recipes.js';

export interface VerifyOptions {
  /** Leave out the diffIDs of compressed layers. */
  readonly quick: boolean;
  /** The digest of the file, of an image, or an image ID. */
  readonly expect?: Digest;
  readonly lock?: Lock;
  /** Recipes to hold against the lock. */
  readonly recipes?: readonly RecipeFile[];
}

interface Verified {
  readonly images: readonly ImageEntry[];
  readonly findings: readonly Note[];
  readonly graph?: ContentGraph;
}

const verifyLocation = async (
  location: string,
  options: VerifyOptions,
  context: OperationContext,
): Promise<Verified> => {
  let opened;
  try {
    opened = await openLocation(location, context);
  } catch (error) {
    return { images: [], findings: [findingOf(error)] };
  }
  try {
    const { graph, whole, blobs, source, file } = opened;
    const findings: Note[] = [
      ...graph.notes,
      ...checkNames(graph),
      ...checkPresence(graph),
      ...(await checkSchemas(graph, context.limits)),
      ...(await layerMediaTypeNotes(graph, blobs, 'error')),
      ...(await checkBlobs(graph, blobs, options.quick, context)),
      ...checkUnreferenced(source, whole),
    ];
    if (options.expect !== undefined)
      findings.push(...(await checkExpectation(location, options.expect, graph, file, context)));
    return { images: imageEntries(graph), findings, graph };
  } finally {
    await opened.close();
  }
};

/**
 * `verify`: every check on every location. What is wrong with the input is a finding, not an error.
 * @throws {ToolError} only what is no answer about the input: usage, system errors
 */
export const verify = async (
  locations: readonly string[],
  options: VerifyOptions,
  context: OperationContext,
): Promise<VerifyReport> => {
  const results: Verified[] = [];
  for (const location of locations) results.push(await verifyLocation(location, options, context));
  const findings = [
    ...results.flatMap((result) => result.findings),
    ...(options.lock === undefined
      ? []
      : [
          ...checkLock(
            options.lock,
            results.flatMap((result) => result.graph ?? []),
          ),
          ...checkRecipes(options.lock, options.recipes ?? []),
        ]),
  ];
  return {
    verified: !findings.some((finding) => finding.severity === 'error'),
    locations: locations.map((location, index) => ({ location, images: results[index]?.images ?? [] })),
    findings,
  };
};
