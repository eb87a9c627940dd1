/**
 * Text from images (names, labels, history, error bodies) may hold anything. What a person sees must not move the
 * cursor, ring the bell, set the clipboard or turn the line around.
 */

// C0, DEL, C1, soft hyphen, zero-width and bidirectional controls, line separators, byte order mark, lone surrogates.
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const spell = (character: string): string => {
  const unit = character.charCodeAt(0);
  return unit < 0x100 ? `\\x${unit.toString(16).padStart(2, '0')}` : `\\u${unit.toString(16).padStart(4, '0')}`;
};

/** Nearly every text there is. */
const PLAIN = /^[ -~]*$/;

/** Text as it may be printed on a terminal or into a log: control characters spelt out, the rest unchanged. */
export const escapeText = (text: string): string => (PLAIN.test(text) ? text : text.replace(UNSAFE, spell));

/** As {@link escapeText}, cut to `limit` code units with an ellipsis. */
export const excerpt = (text: string, limit = 120): string => {
  const shown = escapeText(text.slice(0, limit));
  return text.length > limit ? `${shown}…` : shown;
};
