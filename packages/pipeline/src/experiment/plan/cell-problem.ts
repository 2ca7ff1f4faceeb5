/** A reason for which a cell cannot start. */
export interface CellProblem {
  readonly dataset: string;
  readonly method: string;
  readonly problem: string;
}

/** A line for each problem of a data set, with the methods that have it. */
export function problemLines(problems: readonly CellProblem[]): string[] {
  const lines = new Map<
    string,
    { readonly dataset: string; readonly methods: Set<string>; readonly problem: string }
  >();
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
