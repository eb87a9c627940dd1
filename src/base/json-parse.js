import { ToolError } from './error.js';
import { JsonNumber, emptyJsonObject } from './json.js';
import { decodeJsonText } from './json-decode.js';
import { pointerOf } from './json-pointer.js';
// The parser and the values it makes are one interface to its callers.
export { JsonNumber } from './json.js';
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SIMPLE_ESCAPES = '"\\/bfnrt';
const isDigit = (unit) => unit >= ZERO && unit <= NINE;
/** One pass over one document. A code unit past the end reads as NaN, which no comparison accepts. */
class Parser {
    #text;
    #options;
    /** Where the value at hand lies: one step for each level. */
    #path = [];
    #at = 0;
    constructor(text, options) {
        this.#text = text;
        this.#options = options;
    }
    document() {
        this.#space();
        const value = this.#value();
        this.#space();
        if (this.#at < this.#text.length)
            this.#fail('JSON_TRAILING_DATA', 'something follows the JSON value', this.#at);
        return value;
    }
    #value() {
        const unit = this.#text.charCodeAt(this.#at);
        if (unit === QUOTE)
            return this.#string();
        if (unit === OPEN_OBJECT)
            return this.#object();
        if (unit === OPEN_ARRAY)
            return this.#array();
        if (unit === MINUS || isDigit(unit))
            return this.#number();
        if (this.#literal('true'))
            return true;
        if (this.#literal('false'))
            return false;
        if (this.#literal('null'))
            return null;
        return this.#unexpected('a value');
    }
    #object() {
        const object = emptyJsonObject();
        this.#enter();
        if (!this.#take(CLOSE_OBJECT)) {
            do {
                this.#space();
                const start = this.#at;
                if (this.#text.charCodeAt(start) !== QUOTE)
                    this.#unexpected('a key in double quotes');
                const key = this.#string();
                this.#path[this.#path.length - 1] = key;
                if (key in object)
                    this.#duplicate(start);
                if (!this.#take(COLON))
                    this.#unexpected("':'");
                this.#space();
                object[key] = this.#value();
            } while (this.#take(COMMA));
            if (!this.#take(CLOSE_OBJECT))
                this.#unexpected("',' or '}'");
        }
        this.#path.pop();
        return object;
    }
    #array() {
        const array = [];
        this.#enter();
        if (!this.#take(CLOSE_ARRAY)) {
            do {
                this.#space();
                this.#path[this.#path.length - 1] = array.length;
                array.push(this.#value());
            } while (this.#take(COMMA));
            if (!this.#take(CLOSE_ARRAY))
                this.#unexpected("',' or ']'");
        }
        this.#path.pop();
        return array;
    }
    #enter() {
        if (this.#path.length >= this.#options.depth) {
            this.#fail('LIMIT_JSON_DEPTH', 'is nested deeper than the limit', this.#at, {
                expected: `at most ${this.#options.depth} levels`,
                found: 'more',
            });
        }
        this.#at += 1;
        this.#path.push('');
    }
    /** A string from its opening quote on. Its form is checked here; the platform decodes what has escapes. */
    #string() {
        const text = this.#text;
        const start = this.#at;
        let at = start + 1;
        let escaped = false;
        for (;;) {
            const unit = text.charCodeAt(at);
            if (unit === QUOTE)
                break;
            if (unit === BACKSLASH) {
                escaped = true;
                at += this.#escape(at);
            }
            else if (unit >= 0x20)
                at += 1;
            else
                this.#unexpected(at < text.length ? 'an escape for a control character' : 'a closing quote', at);
        }
        this.#at = at + 1;
        return escaped ? JSON.parse(text.slice(start, at + 1)) : text.slice(start + 1, at);
    }
    /** The length of an escape, of both halves for a surrogate pair. */
    #escape(at) {
        if (this.#text.charAt(at + 1) !== 'u') {
            if (at + 1 >= this.#text.length || !SIMPLE_ESCAPES.includes(this.#text.charAt(at + 1))) {
                this.#unexpected('an escape that JSON knows', at + 1);
            }
            return 2;
        }
        const unit = this.#hex(at + 2);
        if (unit < 0xd800 || unit > 0xdfff)
            return 6;
        if (unit <= 0xdbff && this.#text.startsWith('\\u', at + 6)) {
            const low = this.#hex(at + 8);
            if (low >= 0xdc00 && low <= 0xdfff)
                return 12;
        }
        return this.#fail('JSON_LONE_SURROGATE', 'half of a surrogate pair stands alone', at, {
            pointer: pointerOf(this.#path),
            found: this.#text.slice(at, at + 6),
        });
    }
    #hex(at) {
        let value = 0;
        for (let index = at; index < at + 4; index += 1) {
            const unit = this.#text.charCodeAt(index);
            const letter = unit | 0x20;
            if (isDigit(unit))
                value = value * 16 + unit - ZERO;
            else if (letter >= 0x61 && letter <= 0x66)
                value = value * 16 + letter - 0x57;
            else
                this.#unexpected('a hexadecimal digit', index);
        }
        return value;
    }
    #number() {
        const start = this.#at;
        let whole = true;
        if (this.#text.charCodeAt(start) === MINUS)
            this.#at += 1;
        const zero = this.#text.charCodeAt(this.#at) === ZERO;
        if (this.#digits() > 1 && zero)
            this.#unexpected('a number without leading zeros', start);
        if (this.#text.charCodeAt(this.#at) === POINT) {
            whole = false;
            this.#at += 1;
            this.#digits();
        }
        if ((this.#text.charCodeAt(this.#at) | 0x20) === 0x65) {
            whole = false;
            this.#at += 1;
            const sign = this.#text.charCodeAt(this.#at);
            if (sign === PLUS || sign === MINUS)
                this.#at += 1;
            this.#digits();
        }
        const token = this.#text.slice(start, this.#at);
        const value = Number(token);
        return whole && Number.isSafeInteger(value) && !Object.is(value, -0) ? value : new JsonNumber(token);
    }
    /** Passes one digit or more and says how many. */
    #digits() {
        const start = this.#at;
        while (isDigit(this.#text.charCodeAt(this.#at)))
            this.#at += 1;
        return this.#at > start ? this.#at - start : this.#unexpected('a digit');
    }
    #literal(word) {
        if (!this.#text.startsWith(word, this.#at))
            return false;
        this.#at += word.length;
        return true;
    }
    /** Passes white space and then the code unit, if it is there. */
    #take(unit) {
        this.#space();
        if (this.#text.charCodeAt(this.#at) !== unit)
            return false;
        this.#at += 1;
        return true;
    }
    #space() {
        for (;;) {
            const unit = this.#text.charCodeAt(this.#at);
            if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09)
                return;
            this.#at += 1;
        }
    }
    #duplicate(start) {
        const pointer = pointerOf(this.#path);
        const report = this.#options.onDuplicateKey;
        if (report === undefined)
            this.#fail('JSON_DUPLICATE_KEY', 'the object has this key twice', start, { pointer });
        report(pointer, this.#offset(start));
    }
    #unexpected(expected, at = this.#at) {
        const point = this.#text.codePointAt(at);
        const found = point === undefined ? 'the end' : `'${String.fromCodePoint(point)}'`;
        return this.#fail('JSON_SYNTAX', 'is not JSON', at, { expected, found });
    }
    #fail(code, what, at, details = {}) {
        throw new ToolError(code, what, { subject: this.#options.subject, offset: this.#offset(at), ...details });
    }
    /** Bytes before a code unit: counted only when somebody asks. */
    #offset(at) {
        return Buffer.byteLength(this.#text.slice(0, at), 'utf8');
    }
}
/**
 * Parses a document that somebody else wrote. Exactly the grammar of RFC 8259 is accepted, white space around the
 * value included; of what that grammar allows, repeated keys, halves of surrogate pairs and deep nesting are refused.
 * Errors carry the offset in bytes and, where a key or value is to blame, its pointer.
 * @throws {ToolError} JSON_BOM, JSON_INVALID_UTF8, JSON_SYNTAX, JSON_TRAILING_DATA, JSON_DUPLICATE_KEY,
 * JSON_LONE_SURROGATE, LIMIT_JSON_DEPTH
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export const parseJson = (bytes, options) => new Parser(decodeJsonText(bytes, options.subject), options).document();
