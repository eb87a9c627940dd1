/** Numbers in tar headers: octal text, or GNU's base-256 where the first bit is set. */
const SPACE = 0x20;
const ZERO = 0x30;
const SEVEN = 0x37;
const isFill = (byte) => byte === SPACE || byte === 0;
/** Two's complement, big-endian, the first bit only marking the encoding. */
const parseBase256 = (field) => {
    const first = field[0] ?? 0;
    const negative = (first & 0x40) !== 0;
    // A negative number is ~n: all bytes inverted, one added at the end.
    const flip = negative ? 0xff : 0;
    let value = 0;
    for (const [index, byte] of field.entries()) {
        const bits = index === 0 ? (byte ^ flip) & 0x3f : byte ^ flip;
        value = value * 256 + bits;
        if (value > Number.MAX_SAFE_INTEGER)
            return undefined;
    }
    return negative ? -value - 1 : value;
};
/**
 * The number in a field. Spaces and NULs around the digits are read, as old tars write them; an empty field is 0.
 * @returns undefined if the field holds something else, or a number beyond 2^53 - 1
 */
export const parseTarNumber = (field) => {
    if (((field[0] ?? 0) & 0x80) !== 0)
        return parseBase256(field);
    let at = 0;
    while (at < field.length && isFill(field[at] ?? 0))
        at += 1;
    let value = 0;
    for (; at < field.length; at += 1) {
        const byte = field[at] ?? 0;
        if (byte < ZERO || byte > SEVEN)
            break;
        value = value * 8 + (byte - ZERO);
    }
    if (!Number.isSafeInteger(value))
        return undefined;
    // What follows a NUL was never part of the number; what follows a space must be filling.
    for (; at < field.length && field[at] !== 0; at += 1)
        if (field[at] !== SPACE)
            return undefined;
    return value;
};
/**
 * A number in decimal text, as PAX records hold them.
 * @returns undefined for anything but digits, and beyond 2^53 - 1
 */
export const parseDecimal = (text) => {
    if (!/^\d{1,16}$/.test(text))
        return undefined;
    const value = Number(text);
    return Number.isSafeInteger(value) ? value : undefined;
};
