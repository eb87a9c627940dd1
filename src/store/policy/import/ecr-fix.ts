import type { Note } from '../../../base/event.js';
import { type JsonObject, type JsonValue, emptyJsonObject, isJsonArray, isJsonObject } from '../../../base/json.js';
import { appendPointer } from '../../../base/json-pointer.js';

/**
 * A common wrong form of ECR's policies: keys with underscores, an action as text, no priorities, no list of tags. What
 * it was meant to be follows from it; ECR itself refuses it.
 */
export interface Fixed {
  readonly value: JsonValue;
  readonly notes: readonly Note[];
}

const KEYS: Readonly<Record<string, string>> = {
  rule_priority: 'rulePriority',
  tag_status: 'tagStatus',
  tag_prefix_list: 'tagPrefixList',
  tag_pattern_list: 'tagPatternList',
  count_type: 'countType',
  count_unit: 'countUnit',
  count_number: 'countNumber',
  storage_class: 'storageClass',
  target_storage_class: 'targetStorageClass',
};

class Fixer {
  readonly notes: Note[] = [];

  note(subject: string, pointer: string, message: string): void {
    this.notes.push({ code: 'POLICY_FIXED', severity: 'warning', message, subject, pointer });
  }
}

const renamed = (object: JsonObject, subject: string, pointer: string, fixer: Fixer): JsonObject => {
  const copy = emptyJsonObject();
  for (const [key, value] of Object.entries(object)) {
    const right = Object.hasOwn(KEYS, key) ? (KEYS[key] ?? key) : key;
    if (right !== key) fixer.note(subject, appendPointer(pointer, key), `the member is called ${right}`);
    copy[right] = value;
  }
  return copy;
};

const fixRule = (rule: JsonObject, priority: number, subject: string, pointer: string, fixer: Fixer): JsonObject => {
  const plain = renamed(rule, subject, pointer, fixer);
  const copy = emptyJsonObject();
  if (plain['rulePriority'] === undefined) {
    fixer.note(subject, appendPointer(pointer, 'rulePriority'), `was missing; ${priority} by its place`);
    copy['rulePriority'] = priority;
  }
  for (const [key, value] of Object.entries(plain)) copy[key] = value;
  const { selection, action } = plain;
  if (isJsonObject(selection)) {
    const fixed = renamed(selection, subject, appendPointer(pointer, 'selection'), fixer);
    const needsTags =
      fixed['tagStatus'] === 'tagged' && fixed['tagPrefixList'] === undefined && fixed['tagPatternList'] === undefined;
    const list = appendPointer(appendPointer(pointer, 'selection'), 'tagPatternList');
    if (needsTags) fixer.note(subject, list, 'was missing; * means every tag');
    copy['selection'] = needsTags ? { ...fixed, tagPatternList: ['*'] } : fixed;
  }
  if (typeof action === 'string') {
    fixer.note(subject, appendPointer(pointer, 'action'), 'the action is an object with a type');
    copy['action'] = { type: action };
  } else if (isJsonObject(action)) {
    copy['action'] = renamed(action, subject, appendPointer(pointer, 'action'), fixer);
  }
  return copy;
};

/** Puts the wrong form right; whatever else is wrong stays, and is refused by the reader. */
export const fixEcr = (value: JsonValue, subject: string): Fixed => {
  const rules = isJsonObject(value) ? value['rules'] : undefined;
  if (!isJsonObject(value) || !isJsonArray(rules)) return { value, notes: [] };
  const fixer = new Fixer();
  const fixed = rules.map((rule, at) =>
    isJsonObject(rule) ? fixRule(rule, at + 1, subject, `/rules/${at}`, fixer) : rule,
  );
  return { value: { ...value, rules: fixed }, notes: fixer.notes };
};
