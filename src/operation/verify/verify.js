import { layerMediaTypeNotes } from '../layer-media-types.js';
import { checkLock } from '../lock.js';
import { openLocation } from '../open.js';
import { imageEntries } from '../report.js';
import { checkBlobs } from './blobs.js';
import { checkNames, checkPresence, checkSchemas, checkUnreferenced, findingOf } from './checks.js';
import { checkExpectation } from './expectation.js';
const verifyLocation = async (location, options, context) => {
    let opened;
    try {
        opened = await openLocation(location, context);
    }
    catch (error) {
        return { images: [], findings: [findingOf(error)] };
    }
    try {
        const { graph, whole, blobs, source, file } = opened;
        const findings = [
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
    }
    finally {
        await opened.close();
    }
};
/**
 * `verify`: every check on every location. What is wrong with the input is a finding, not an error.
 * @throws {ToolError} only what is no answer about the input: usage, system errors
 */
export const verify = async (locations, options, context) => {
    const results = [];
    for (const location of locations)
        results.push(await verifyLocation(location, options, context));
    const findings = [
        ...results.flatMap((result) => result.findings),
        ...(options.lock === undefined ? [] : checkLock(options.lock, results.flatMap((result) => result.graph ?? []))),
    ];
    return {
        verified: !findings.some((finding) => finding.severity === 'error'),
        locations: locations.map((location, index) => ({ location, images: results[index]?.images ?? [] })),
        findings,
    };
};
