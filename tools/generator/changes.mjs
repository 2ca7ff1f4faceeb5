// What a generator does to the tree: new files, and lines put at known places of existing ones. Everything is checked before anything is written.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../ci/processes.mjs';

/** `mean-distance` as `meanDistance`. */
export const camelCase = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
/** `mean-distance` as `MeanDistance`. */
export const pascalCase = (name) => camelCase(name).replace(/^./, (letter) => letter.toUpperCase());

/**
 * Applies changes, all or none.
 * @param {{ path: string, create?: string, place?: RegExp, insert?: string }[]} changes `insert` replaces what `place` matches, `$&` being that
 * @returns {string[]} paths, in order
 * @throws Error when a file to create exists, or a place is not where it was
 */
export function applyChanges(changes) {
  const texts = new Map();
  const current = (path) => texts.get(path) ?? readFileSync(join(root, path), 'utf8');
  for (const { path, create, place, insert } of changes) {
    if (create !== undefined) {
      if (existsSync(join(root, path))) throw new Error(`${path} exists already; choose another name.`);
      texts.set(path, create);
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
