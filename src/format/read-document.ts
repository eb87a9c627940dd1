import { type ByteSource, readAll } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import type { FileTree } from '../base/file-tree.js';
import { type JsonValue, parseJson } from '../base/json-parse.js';
import type { Limits } from '../base/limits.js';

export interface TopDocument {
  readonly raw: Uint8Array;
  readonly value: JsonValue;
}

/** A file of the tree, whole; its size is looked at before a byte is read. @throws {ToolError} LIMIT_METADATA */
export const readWhole = async (source: ByteSource, limit: number, subject: string): Promise<Uint8Array> => {
  try {
    if (source.size > limit) {
      throw new ToolError('LIMIT_METADATA', 'the document is larger than the limit', {
        subject,
        expected: `at most ${limit} bytes`,
        found: `${source.size} bytes`,
      });
    }
    return await readAll(source.read(), limit, { code: 'LIMIT_METADATA', subject });
  } finally {
    await source.close();
  }
};

/**
 * A document that stands at a fixed name in an archive (`index.json`, `manifest.json`, `oci-layout`); undefined where
 * there is no such name.
 * @throws {ToolError} LIMIT_METADATA, JSON_*, LINK_UNRESOLVED, LINK_LOOP, ARCHIVE_NOT_REGULAR
 */
export const readTopDocument = async (
  tree: FileTree,
  path: string,
  limits: Limits,
): Promise<TopDocument | undefined> => {
  const source = await tree.open(path);
  if (source === undefined) return undefined;
  const subject = `${tree.name}: ${path}`;
  const raw = await readWhole(source, limits.topDocument, subject);
  return { raw, value: parseJson(raw, { subject, depth: limits.jsonDepth }) };
};
