import { Pattern } from "../../host/index.js";
/** Characters that are not seen, or that change how the text around them is seen: controls, marks of direction, separators. */
const UNSEEN = new Pattern(() => /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/);

/**
 * A network's name for a line of text, in quotes. Anybody nearby can name a network: it shall neither look like a line of the
 * log, nor turn the text behind it around.
 */
export function quotedName(name: string): string {
  const quoted = JSON.stringify(name);
  if (!UNSEEN.regexp.test(quoted)) return quoted;
  let text = "";
  for (const character of quoted) text += UNSEEN.regexp.test(character) ? escaped(character) : character;
  return text;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
