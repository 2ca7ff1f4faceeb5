import type { Html } from './html.js';

/** Characters that a parser of HTML could take for the end of the script or the start of another, and line ends that JavaScript knows and JSON does not. */
const UNSAFE = /[<>&\u2028\u2029]/g;

/**
 * A value as JSON inside the page, for its script to read with `JSON.parse`: a data block, which no browser runs.
 * @param id of the element; ours, not a text
 */
export function jsonIsland(id: string, value: unknown): Html {
  const json = JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return { markup: `<script type="application/json" id="${id}">${json}</script>` };
}
