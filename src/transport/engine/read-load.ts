import { type JsonObject, isJsonObject } from '../../base/json.js';
import type { Limits } from '../../base/limits.js';
import { compareBytes } from '../../base/order.js';
import { jsonOf, oneLine } from './answer.js';
import type { LoadResult } from './engine.js';
import { fullNames, tryImageID } from './names.js';

/** The answer of `POST /images/load`: JSON objects, most often one a line, also when the status is 200 and all failed. */

const LOADED = /^Loaded image(?: ID|\(s\))?:\s*(.+)$/;

/** The objects of a text that has one after the other, with or without lines between them. */
export const jsonObjects = (text: string): readonly string[] => {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  let isString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isString) {
      if (character === '\\') at++;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      depth--;
      if (depth === 0) {
        found.push(text.slice(start, at + 1));
        start = at + 1;
      }
    }
  }
  const rest = text.slice(start).trim();
  return rest === '' ? found : [...found, rest];
};

const errorIn = (line: JsonObject): string | undefined => {
  const detail = line['errorDetail'];
  const message = isJsonObject(detail) ? detail['message'] : undefined;
  if (typeof message === 'string' && message !== '') return message;
  const text = line['error'];
  return typeof text === 'string' ? text : detail === undefined ? undefined : 'an error without words';
};

/** @throws {ToolError} ENGINE_ANSWER_INVALID */
export const readLoad = (bytes: Uint8Array, subject: string, limits: Limits): LoadResult => {
  const texts: string[] = [];
  for (const line of jsonObjects(Buffer.from(bytes).toString('utf8'))) {
    const value = jsonOf(Buffer.from(line, 'utf8'), subject, limits);
    if (!isJsonObject(value)) continue;
    const error = errorIn(value);
    if (error !== undefined) return { outcome: 'refused', message: oneLine(error), isRace: false };
    if (typeof value['stream'] === 'string') texts.push(...value['stream'].split('\n'));
  }
  const loaded = texts.flatMap((text) => LOADED.exec(text.trim())?.[1]?.split(',') ?? []).map((text) => text.trim());
  const ids = loaded.map(tryImageID).filter((id) => id !== undefined);
  return {
    outcome: 'done',
    names: fullNames(loaded.filter((text) => tryImageID(text) === undefined)),
    ids: [...new Set(ids)].toSorted(compareBytes),
  };
};
