// The import graph of source files, read with TypeScript's own scanner: type-only, re-exporting and dynamic imports count.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Ends that a specifier without its extension, or with that of the compiled file, may stand for. */
const candidatesOf = (path) => [path.replace(/\.js$/, '.ts'), path, `${path}.ts`, join(path, 'index.ts')];

/** Module specifiers of a file, in order. */
export const specifiersOf = (code) => ts.preProcessFile(code, true, true).importedFiles.map(({ fileName }) => fileName);

/**
 * Reads which files import which.
 * @param files absolute paths
 * @returns {Map<string, string[]>} file → the files among `files` that it imports by a relative path
 */
export function importGraph(files) {
  const known = new Set(files);
  const targetOf = (file, specifier) => candidatesOf(join(dirname(file), specifier)).find((path) => known.has(path));
  return new Map(
    files
      .filter((file) => existsSync(file))
      .map((file) => {
        const relative = specifiersOf(readFileSync(file, 'utf8')).filter((specifier) => specifier.startsWith('.'));
        const targets = relative.map((specifier) => targetOf(file, specifier)).filter((path) => path !== undefined);
        return [file, [...new Set(targets)].filter((path) => path !== file)];
      }),
  );
}

/**
 * Finds circles: strongly connected components of at least two nodes (Tarjan's algorithm), each shown by one shortest cycle.
 * @param graph {Map<string, Iterable<string>>}
 * @returns {string[][]} cycles, the first node not repeated
 */
export function circlesOf(graph) {
  return componentsOf(graph).map((component) => shortestCycle(graph, component));
}

function componentsOf(graph) {
  const found = [];
  const state = { index: new Map(), low: new Map(), stack: [] };
  const visit = (node) => {
    state.index.set(node, state.index.size);
    state.low.set(node, state.index.get(node));
    state.stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!state.index.has(next)) visit(next);
      else if (!state.stack.includes(next)) continue;
      state.low.set(node, Math.min(state.low.get(node), state.low.get(next)));
    }
    if (state.low.get(node) !== state.index.get(node)) return;
    const component = state.stack.splice(state.stack.indexOf(node));
    if (component.length > 1) found.push(component);
  };
  for (const node of graph.keys()) if (!state.index.has(node)) visit(node);
  return found;
}

function shortestCycle(graph, component) {
  const inside = new Set(component);
  const cycles = component.map((start) => {
    const paths = [[start]];
    const seen = new Set();
    for (const path of paths) {
      for (const next of graph.get(path.at(-1)) ?? []) {
        if (next === start) return path;
        if (inside.has(next) && !seen.has(next)) paths.push([...path, next]);
        seen.add(next);
      }
    }
    return component;
  });
  return cycles.sort((a, b) => a.length - b.length)[0];
}
