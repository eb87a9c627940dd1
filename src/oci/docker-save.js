import { ToolError } from '../base/error.js';
import { appendPointer } from '../base/json-pointer.js';
import { Cursor } from './decode.js';
/** The names that `docker save` gives to its documents. */
export const DOCKER_MANIFEST_FILE = 'manifest.json';
export const REPOSITORIES_FILE = 'repositories';
const KEYS = ['Config', 'RepoTags', 'Layers', 'Parent', 'LayerSources'];
/**
 * Go matches keys without regard to case, and old jib archives rely on it. One spelling is understood; two would let
 * readers disagree about the image.
 */
const findKey = (item, name, onKeyCase) => {
    const object = item.object();
    const spellings = Object.keys(object).filter((key) => key.toLowerCase() === name.toLowerCase());
    const [found, another] = spellings;
    if (found === undefined)
        return item.field(name);
    if (another !== undefined) {
        throw new ToolError('JSON_AMBIGUOUS_KEY', 'a key in two spellings', {
            subject: item.subject,
            pointer: item.pointer,
            expected: `"${name}" once`,
            found: spellings.map((key) => `"${key}"`).join(' and '),
        });
    }
    if (found !== name)
        onKeyCase(found, appendPointer(item.pointer, found));
    return item.field(found);
};
/** True if the value looks like docker's manifest.json and not like another file of that name. */
export const isDockerSaveManifest = (value) => Array.isArray(value) &&
    value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item) &&
        Object.keys(item).some((key) => key.toLowerCase() === 'config' || key.toLowerCase() === 'layers'));
/** A path inside the archive as its members are called: relative, without `./`. @throws {ToolError} ARCHIVE_UNSAFE_NAME */
const decodePath = (cursor) => {
    const text = cursor.string();
    const parts = text.split('/');
    if (text.startsWith('/') || parts.includes('..'))
        cursor.fail('a path inside the archive', 'ARCHIVE_UNSAFE_NAME');
    const path = parts.filter((part) => part !== '' && part !== '.').join('/');
    return path === '' ? cursor.fail('a path inside the archive') : path;
};
/** @throws {ToolError} SCHEMA_INVALID, JSON_AMBIGUOUS_KEY, ARCHIVE_UNSAFE_NAME */
export const decodeDockerSaveManifest = (value, subject, onKeyCase = () => { }) => new Cursor(value, subject).array().map((item) => {
    const fields = new Map(KEYS.map((key) => [key, findKey(item, key, onKeyCase)]));
    const at = (key) => fields.get(key) ?? item.field(key);
    return {
        config: decodePath(at('Config')),
        repoTags: at('RepoTags').optional((field) => field.strings(), 'null is absent') ?? [],
        layers: at('Layers').optional((field) => field.array().map(decodePath), 'null is absent') ?? [],
    };
});
