import { ToolError } from '../base/error.js';
import { decodeName } from './tar-name.js';
import { parseDecimal } from './tar-number.js';
const SPACE = 0x20;
const NEWLINE = 0x0a;
const EQUALS = 0x3d;
/** Keys whose values are names: no NUL can be in them. */
const NAME_KEYS = new Set(['path', 'linkpath', 'uname', 'gname', 'GNU.sparse.name']);
const VALUE_FORMS = new Map([
    ['size', /^\d+$/],
    ['uid', /^-?\d+$/],
    ['gid', /^-?\d+$/],
    ['mtime', /^-?\d+(\.\d*)?$/],
    ['atime', /^-?\d+(\.\d*)?$/],
    ['ctime', /^-?\d+(\.\d*)?$/],
]);
const checkRecord = ({ key, value }, subject, offset) => {
    if (key.includes('\0') || (NAME_KEYS.has(key) && value.includes('\0'))) {
        throw new ToolError('TAR_NAME_NUL', 'a PAX record has a NUL in a name', { subject, offset, found: key });
    }
    const form = VALUE_FORMS.get(key);
    // An empty value takes back what was said before.
    if (form === undefined || value === '')
        return;
    if (!form.test(value) || (key === 'size' && parseDecimal(value) === undefined)) {
        throw new ToolError('TAR_PAX_VALUE', `the PAX record ${key} has no value of its kind`, {
            subject,
            offset,
            found: value,
        });
    }
};
/**
 * The records of an extension body, in order; a key may come more than once.
 * @param offset where the body lies, for errors
 * @throws {ToolError} TAR_PAX_SYNTAX, TAR_PAX_VALUE, TAR_NAME_NUL
 */
export const parsePaxRecords = (body, subject, offset) => {
    const records = [];
    for (let at = 0; at < body.length;) {
        const space = body.indexOf(SPACE, at);
        const length = space === -1 ? undefined : parseDecimal(decodeName(body.subarray(at, space)));
        const end = at + (length ?? 0);
        const equals = body.indexOf(EQUALS, space + 1);
        const complete = end > space + 2 && end <= body.length && body[end - 1] === NEWLINE && equals > space + 1 && equals < end - 1;
        if (length === undefined || !complete) {
            throw new ToolError('TAR_PAX_SYNTAX', 'a PAX record is not LENGTH KEY=VALUE', { subject, offset: offset + at });
        }
        const record = {
            key: decodeName(body.subarray(space + 1, equals)),
            value: decodeName(body.subarray(equals + 1, end - 1)),
        };
        checkRecord(record, subject, offset + at);
        records.push(record);
        at = end;
    }
    return records;
};
/** Keys that all global headers of a tar may set together: each is merged into every member. */
const GLOBAL_KEYS = 256;
/** What a global header must not say: it would rename, redirect or resize every member. */
const isOverride = (key) => key === 'path' || key === 'linkpath' || key === 'size' || key.startsWith('GNU.sparse.');
/**
 * Global records with new ones over them; an empty value removes a key.
 * @throws {ToolError} TAR_GLOBAL_OVERRIDE, TAR_META_TOO_LARGE
 */
export const mergeGlobal = (old, records, subject, offset) => {
    const override = records.find(({ key }) => isOverride(key));
    if (override !== undefined) {
        throw new ToolError('TAR_GLOBAL_OVERRIDE', 'a global PAX header must not describe single members', {
            subject,
            offset,
            found: override.key,
        });
    }
    const merged = mergePax(old, records);
    if (merged.size > GLOBAL_KEYS) {
        throw new ToolError('TAR_META_TOO_LARGE', 'global PAX headers set more keys than the limit', {
            subject,
            offset,
            expected: `at most ${GLOBAL_KEYS}`,
            found: `${merged.size}`,
        });
    }
    return merged;
};
/** Records over those of the global header: the last of a key wins, an empty value removes it. */
export const mergePax = (base, records) => {
    const merged = new Map(base);
    for (const { key, value } of records) {
        if (value === '')
            merged.delete(key);
        else
            merged.set(key, value);
    }
    return merged;
};
