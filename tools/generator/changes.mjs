// What a generator does to the tree: new files, and lines put at known places of existing ones. Everything is checked before anything is written.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../ci/processes.mjs';

/** Marks what only the author can write, in every text that a generator leaves; a test fails while one stands in a package. */
export const YOURS = 'FILL-IN';

/** `mean-distance` as `meanDistance`. */
export const camelCase = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
/** `mean-distance` as `MeanDistance`. */
export const pascalCase = (name) => camelCase(name).replace(/^./, (letter) => letter.toUpperCase());

/**
 * Applies changes, all or none.
 * @param {{ path: string, create?: string, free?: RegExp, place?: RegExp, insert?: string | Function }[]} changes `insert` replaces what `place` matches,
 *   `$&` being that; `free` must match nothing, or the name is taken
 * @returns {string[]} paths, in order
 * @throws Error when a file to create exists, a name is taken, or a place is not where it was
 */
export function applyChanges(changes) {
  const texts = new Map();
  const current = (path) => texts.get(path) ?? readFileSync(join(root, path), 'utf8');
  for (const { path, create, free, place, insert } of changes) {
    if (create !== undefined) {
      if (existsSync(join(root, path))) throw new Error(`${path} exists already; choose another name.`);
      texts.set(path, create);
    } else if (free !== undefined) {
      const [taken] = free.exec(current(path)) ?? [];
      if (taken !== undefined) throw new Error(`${path} has ${taken.trim()} already; choose another name.`);
    } else {
      const text = current(path);
      if (!place.test(text))
        throw new Error(`${path} has changed: nothing in it matches ${place}. Mend tools/generator.`);
      texts.set(path, text.replace(place, insert));
    }
  }
  for (const [path, text] of texts) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return [...texts.keys()];
}

/**
 * Lists what is left to the author in these files.
 * @param {string[]} paths
 * @returns {string[]} `path:line  what stands there`
 */
export function leftToWrite(paths) {
  return paths.flatMap((path) =>
    readFileSync(join(root, path), 'utf8')
      .split('\n')
      .flatMap((line, i) => (line.includes(YOURS) ? [`${path}:${i + 1}  ${textOf(line)}`] : [])),
  );
}

/** The line from its first mark on, without what closes a comment, a string or a table's row. */
function textOf(line) {
  return line.slice(line.indexOf(YOURS)).replace(/(?: \*\/| \||',?| \},?)+$/, '');
}
