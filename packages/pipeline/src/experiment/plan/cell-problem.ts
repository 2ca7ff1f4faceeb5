import type { FailedCell } from '../summary.js';

/** A reason for which a cell cannot start. */
export type CellProblem = Omit<FailedCell, 'seed'>;

/** A line for each problem of a data set, with the methods that have it. */
export function problemLines(problems: readonly CellProblem[]): string[] {
  const lines = new Map<string, Omit<CellProblem, 'method'> & { readonly methods: Set<string> }>();
  for (const { dataset, method, problem } of problems) {
    const key = JSON.stringify([dataset, problem]);
    const line = lines.get(key) ?? { dataset, methods: new Set<string>(), problem };
    lines.set(key, line);
    line.methods.add(method);
  }
  return [...lines.values()].map(({ dataset, methods, problem }) => {
    const where = [dataset, [...methods].join(', ')].filter((name) => name !== '').join(' · ');
    return where === '' ? problem : `${where}: ${problem}`;
  });
}
