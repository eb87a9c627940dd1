import type { Note } from '../../../base/event.js';
import type { JsonValue } from '../../../base/json.js';
import { parseJson } from '../../../base/json-parse.js';
import { decodeJsonText } from '../../../base/json-decode.js';
import type { Limits } from '../../../base/limits.js';
import { Cursor } from '../../../oci/decode.js';
import type { PolicyDocument } from '../language.js';
import { policyFromJson } from '../read.js';
import { acrDocument, importAcr } from './acr.js';
import { lineDiff } from './diff.js';
import { fixEcr } from './ecr-fix.js';
import { importEcr } from './ecr.js';
import { Findings, type ForeignKind, type Importer, asForeign } from './foreign.js';
import { importGcp } from './gcp.js';
import { importGitlab } from './gitlab.js';
import { importHarbor } from './harbor.js';
import { importQuay } from './quay.js';
import { scopeOf } from './scope.js';
import { importZot } from './zot.js';

const IMPORTERS: Readonly<Record<ForeignKind, Importer>> = {
  ecr: importEcr,
  gcp: importGcp,
  harbor: importHarbor,
  zot: importZot,
  gitlab: importGitlab,
  acr: importAcr,
  quay: importQuay,
};

/** What the policies of a product are set on. */
const SET_ON: Readonly<Record<ForeignKind, string>> = {
  ecr: 'one repository',
  gcp: 'one repository of packages',
  harbor: 'one project',
  zot: 'one registry',
  gitlab: 'one project',
  acr: 'one registry',
  quay: 'one organization or repository',
};

export interface ConvertOptions {
  readonly from: ForeignKind;
  /** What the policy was set on: the name before the names that it speaks of, or a pattern. */
  readonly for?: string;
  /** Put a known malformed form right. */
  readonly fix: boolean;
  /** Convert even if the result removes more than the original. */
  readonly allowWider: boolean;
}

export interface Conversion {
  /** Absent if a finding is an error. */
  readonly policy?: PolicyDocument;
  readonly findings: readonly Note[];
  readonly diff: readonly string[];
}

const read = (bytes: Uint8Array, subject: string, from: ForeignKind, limits: Limits): JsonValue =>
  from === 'acr'
    ? acrDocument(decodeJsonText(bytes, subject), subject)
    : parseJson(bytes, { subject, depth: limits.jsonDepth });

const pretty = (value: JsonValue): readonly string[] => JSON.stringify(value, undefined, 2).split('\n');

/**
 * A policy of another product in the language of Ingot. Nothing is dropped in silence, and nothing is made that removes
 * more than the original unless that is allowed.
 * @param subject what the document is called in errors and findings
 * @throws {ToolError} POLICY_FOREIGN_INVALID, JSON_*
 */
export const convertPolicy = async (
  bytes: Uint8Array,
  subject: string,
  options: ConvertOptions,
  limits: Limits,
): Promise<Conversion> => {
  const { from, allowWider } = options;
  const given = read(bytes, subject, from, limits);
  const fixed = options.fix && from === 'ecr' ? fixEcr(given, subject) : { value: given, notes: [] };
  const scope = scopeOf(options.for);
  const findings = new Findings();
  const root = new Cursor(fixed.value, subject);
  let policy: PolicyDocument;
  try {
    policy = IMPORTERS[from](root, scope, findings);
  } catch (error) {
    throw asForeign(error);
  }
  if (!scope.isKnown)
    findings.wider(root, `the original is for ${SET_ON[from]}; without --for the result is for the whole store`);
  // What is made must be readable, whatever was in the original.
  await policyFromJson(policy as unknown as JsonValue, subject);
  const notes = [...fixed.notes, ...findings.notes].map((note): Note =>
    note.code === 'POLICY_WIDER' && allowWider ? { ...note, severity: 'warning' } : note,
  );
  const diff = fixed.notes.length === 0 ? [] : lineDiff(pretty(given), pretty(fixed.value));
  const isRefused = notes.some(({ severity }) => severity === 'error');
  return { ...(isRefused ? {} : { policy }), findings: notes, diff };
};
