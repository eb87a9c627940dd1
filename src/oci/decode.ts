import { ToolError } from '../base/error.js';
import type { ErrorCode } from '../base/error-code.js';
import { type JsonObject, type JsonValue, isJsonArray, isJsonObject } from '../base/json.js';
import { appendPointer } from '../base/json-pointer.js';
import { describeJson } from '../base/schema-issue.js';

/**
 * A place in a foreign document. Reading a place gives a typed value or an error that names document, pointer,
 * expectation and finding.
 */
export class Cursor {
  readonly value: JsonValue | undefined;
  /** What the document is called in errors. */
  readonly subject: string;
  /** RFC 6901. */
  readonly pointer: string;

  constructor(value: JsonValue | undefined, subject: string, pointer = '') {
    this.value = value;
    this.subject = subject;
    this.pointer = pointer;
  }

  fail(expected: string, code: ErrorCode = 'SCHEMA_INVALID'): never {
    throw new ToolError(code, 'the document does not have the required form', {
      subject: this.subject,
      pointer: this.pointer,
      expected,
      found: describeJson(this.value),
    });
  }

  /** The member of an object; absent members give a place without a value. */
  field(name: string): Cursor {
    const object = this.object();
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    return new Cursor(value, this.subject, appendPointer(this.pointer, name));
  }

  get present(): boolean {
    return this.value !== undefined;
  }

  /** Undefined where the place is absent; `null` counts as absent only where Go tools write it for an empty value. */
  optional<T>(
    read: (cursor: Cursor) => T,
    nullable: 'null is absent' | 'null is wrong' = 'null is wrong',
  ): T | undefined {
    if (this.value === undefined || (this.value === null && nullable === 'null is absent')) return undefined;
    return read(this);
  }

  object(): JsonObject {
    return isJsonObject(this.value) ? this.value : this.fail('an object');
  }

  array(): readonly Cursor[] {
    if (!isJsonArray(this.value)) return this.fail('an array');
    return this.value.map((item, index) => new Cursor(item, this.subject, appendPointer(this.pointer, String(index))));
  }

  string(): string {
    return typeof this.value === 'string' ? this.value : this.fail('a string');
  }

  boolean(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.fail('true or false');
  }

  /** A byte count: the token `0` or digits without a leading zero, at most 2^53-1. @throws {ToolError} SIZE_INVALID */
  size(): number {
    return typeof this.value === 'number' && this.value >= 0
      ? this.value
      : this.fail('a whole number from 0 to 9007199254740991', 'SIZE_INVALID');
  }

  strings(): readonly string[] {
    return this.array().map((item) => item.string());
  }

  stringMap(): ReadonlyMap<string, string> {
    const object = this.object();
    return new Map(Object.keys(object).map((key) => [key, this.field(key).string()]));
  }
}
