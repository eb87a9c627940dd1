/**
 * The two orders that may decide the place of a byte in any output. They differ outside the Basic Multilingual
 * Plane, so every sort names the one it means; the environment's locale is never asked.
 */
/** UTF-16 code units, as RFC 8785 sorts object keys. */
export const compareCodeUnits = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
/** UTF-8 bytes, as tools in other languages sort paths and names. */
export const compareBytes = (a, b) => 
// Below U+D800 both orders agree, and nearly all names lie there.
/^[\u0000-\ud7ff]*$/.test(a) && /^[\u0000-\ud7ff]*$/.test(b) // oxlint-disable-line no-control-regex
    ? compareCodeUnits(a, b)
    : Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
