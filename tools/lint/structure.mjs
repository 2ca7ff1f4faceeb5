// Rooms and circles: no import circles between the files of a package nor between its folders, and no overfull folder.
import { readdirSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { circlesOf, importGraph } from './imports.mjs';

/** The most source files of a folder, and of a package's `src` itself. */
export const LIMITS = { folder: 15, flat: 10 };

const SOURCE = /(?<!\.d)\.(ts|mjs)$/;
const posix = (path) => path.split(sep).join('/');

/** Source files below a folder, absolute. */
export function sourcesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && SOURCE.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !/node_modules|fixtures/.test(relative(folder, path)))
    .sort();
}

/** The graph between the folders and files that stand directly in one folder. */
function graphWithin(folder, files) {
  const childOf = (path) => posix(relative(folder, path)).split('/')[0];
  const graph = new Map();
  for (const [file, targets] of files) {
    if (childOf(file) === '..') continue;
    const children = targets.map(childOf).filter((child) => child !== '..' && child !== childOf(file));
    graph.set(childOf(file), new Set([...(graph.get(childOf(file)) ?? []), ...children]));
  }
  return graph;
}

/**
 * Checks one tree of sources.
 * @param folder absolute path of a `src` folder
 * @returns {{rule: string, file: string, message: string}[]} findings; `file` is relative to the folder
 */
export function structureFindings(folder, limits = LIMITS) {
  const files = sourcesBelow(folder);
  const graph = importGraph(files);
  const name = (path) => posix(relative(folder, path));
  const found = circlesOf(graph).map((circle) => ({
    rule: 'file-circle',
    file: name(circle[0]),
    message: [...circle, circle[0]].map(name).join(' → '),
  }));
  const folders = [...new Set(files.flatMap((file) => foldersAbove(folder, file)))];
  for (const each of folders) {
    const circles = circlesOf(graphWithin(each, graph)).filter((circle) => circle.some((child) => !SOURCE.test(child)));
    for (const circle of circles) {
      const message = `${name(each) || '.'}: ${[...circle, circle[0]].join(' → ')}`;
      found.push({ rule: 'folder-circle', file: name(each), message });
    }
    const direct = files.filter((file) => join(file, '..') === each).length;
    const most = each === folder && basename(folder) === 'src' ? limits.flat : limits.folder;
    if (direct > most) {
      found.push({ rule: 'full-folder', file: name(each), message: `${direct} source files; at most ${most}` });
    }
  }
  return found;
}

function foldersAbove(folder, file) {
  const above = [];
  for (let each = join(file, '..'); each.length >= folder.length; each = join(each, '..')) above.push(each);
  return above;
}
