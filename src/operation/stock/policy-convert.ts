import { type ConvertOptions, convertPolicy } from '../../store/policy/import/convert.js';
import type { OperationContext } from '../context.js';
import { readSmall } from '../host.js';
import type { PolicyConvertReport, PolicyDocument } from './policy-report.js';

export { FOREIGN_KINDS } from '../../store/policy/import/foreign.js';

/**
 * `policy convert`: a policy of another product in the language of Ingot.
 * @throws {ToolError} POLICY_FOREIGN_INVALID, JSON_*, LIMIT_METADATA; system errors
 */
export const convertForeign = async (
  path: string,
  options: ConvertOptions,
  { limits }: OperationContext,
): Promise<PolicyConvertReport> => {
  const bytes = await readSmall(path, limits.document, 'LIMIT_METADATA');
  const { policy, findings, diff } = await convertPolicy(bytes, path, options, limits);
  return {
    source: path,
    from: options.from,
    converted: policy !== undefined,
    ...(policy === undefined ? {} : { policy }),
    findings,
    diff,
  };
};

/** A policy as a file, for people to read and to change. */
export const policyText = (policy: PolicyDocument): string => `${JSON.stringify(policy, undefined, 2)}\n`;
