import { ToolError } from '../../../base/error.js';
import type { Note } from '../../../base/event.js';
import type { Cursor } from '../../../oci/decode.js';
import type { PolicyDocument, RuleDocument } from '../language.js';
import type { Scope } from './scope.js';

/** Products whose policies can be read. */
export const FOREIGN_KINDS = ['ecr', 'gcp', 'harbor', 'zot', 'gitlab', 'acr', 'quay'] as const;
export type ForeignKind = (typeof FOREIGN_KINDS)[number];

/** Reads a document of one product and says what it means in the language of Ingot. */
export type Importer = (cursor: Cursor, scope: Scope, findings: Findings) => PolicyDocument;

/** What could not be carried over. */
export class Findings {
  readonly notes: Note[] = [];

  #add(code: Note['code'], severity: Note['severity'], { subject, pointer }: Cursor, message: string): void {
    this.notes.push({ code, severity, message, subject, pointer });
  }

  /** Something that has no counterpart: the result removes the same without it, or less. */
  notCarried(cursor: Cursor, message: string): void {
    this.#add('POLICY_NOT_CARRIED', 'warning', cursor, message);
  }

  /** A difference that removes neither more nor less for most. */
  differs(cursor: Cursor, message: string): void {
    this.#add('POLICY_NOT_CARRIED', 'info', cursor, message);
  }

  /** Something without which the result removes more than the original. */
  wider(cursor: Cursor, message: string): void {
    this.#add('POLICY_WIDER', 'error', cursor, message);
  }
}

/** @throws {ToolError} POLICY_FOREIGN_INVALID */
export const refuse = (cursor: Cursor, expected: string): never => cursor.fail(expected, 'POLICY_FOREIGN_INVALID');

/** Whatever a reader found wrong, as an error of the foreign policy. */
export const asForeign = (error: unknown): unknown =>
  error instanceof ToolError && (error.code === 'SCHEMA_INVALID' || error.code === 'SIZE_INVALID')
    ? new ToolError('POLICY_FOREIGN_INVALID', 'not a policy of the product', {
        ...error.details,
        hint: 'see docs/policies.md for what is read; --from names the product',
        cause: error,
      })
    : error;

/** @throws {ToolError} POLICY_FOREIGN_INVALID for a member that the product does not know */
export const checkKeys = (cursor: Cursor, known: readonly string[]): void => {
  for (const key of Object.keys(cursor.object())) {
    if (!known.includes(key)) refuse(cursor.field(key), `no such member; known are ${known.join(', ')}`);
  }
};

/** @throws {ToolError} SCHEMA_INVALID, which {@link asForeign} translates */
export const choiceOf = <const C extends string>(cursor: Cursor, choices: readonly C[]): C => {
  const text = cursor.string();
  return choices.find((choice) => choice === text) ?? cursor.fail(choices.map((choice) => `"${choice}"`).join(' or '));
};

/** A whole number from 1. */
export const countOf = (cursor: Cursor, least = 1): number => {
  const count = cursor.size();
  return count >= least && count <= 1_000_000 ? count : cursor.fail(`a whole number from ${least} to 1000000`);
};

/** Names of rules as people find them again, each once. */
export class RuleNames {
  readonly #taken = new Set<string>();

  of(text: string): string {
    // oxlint-disable-next-line no-control-regex -- control characters are what goes
    const clean = text.replaceAll(/[\u0000-\u001f\u007f]/g, ' ').slice(0, 190);
    let name = clean === '' ? 'rule' : clean;
    for (let at = 2; this.#taken.has(name); at++) name = `${clean} (${at})`;
    this.#taken.add(name);
    return name;
  }
}

export const documentOf = (rules: readonly RuleDocument[]): PolicyDocument => ({ version: 1, rules });
