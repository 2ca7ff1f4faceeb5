import { tableColumns, type TableContent } from '../tables/table.js';

/** Distance between the bounds on a completion's log-probability. */
export interface BoundWidth {
  readonly temperature: number;
  /** Upper minus lower bound. */
  readonly nats: number;
  /** Tokens of the completion, ≥ 1. */
  readonly tokens: number;
}

/** The widths of all completions at one temperature. */
export interface WidthSummary {
  readonly temperature: number;
  readonly rows: number;
  /** Nats, of the completion whose bounds lie furthest apart. */
  readonly widest: number;
  /** Nats, mean over completions. */
  readonly mean: number;
  /** Nats per token, of the completion where that is largest: what `maxWidth` is compared with. */
  readonly widestPerToken: number;
}

/** Sums up widths by temperature. */
export class BoundWidths {
  readonly #sums = new Map<number, { rows: number; sum: number; widest: number; widestPerToken: number }>();

  add({ temperature, nats, tokens }: BoundWidth): void {
    const { rows, sum, widest, widestPerToken } = this.#sums.get(temperature) ?? NONE;
    this.#sums.set(temperature, {
      rows: rows + 1,
      sum: sum + nats,
      widest: Math.max(widest, nats),
      widestPerToken: Math.max(widestPerToken, nats / tokens),
    });
  }

  /** One entry a temperature, the lowest first; empty where every log-probability is known exactly. */
  summaries(): WidthSummary[] {
    return [...this.#sums]
      .sort(([one], [other]) => one - other)
      .map(([temperature, { sum, ...rest }]) => ({ temperature, ...rest, mean: sum / rest.rows }));
  }
}

const NONE = { rows: 0, sum: 0, widest: 0, widestPerToken: 0 };

/** The summaries as a table, nats to three digits. */
export function widthsTable(summaries: readonly WidthSummary[]): TableContent {
  return {
    columns: tableColumns(['temperature', 'rows', 'mean width', 'widest', 'widest a token']),
    rows: summaries.map(({ temperature, rows, mean, widest, widestPerToken }) => [
      String(temperature),
      String(rows),
      ...[mean, widest, widestPerToken].map((nats) => nats.toFixed(3)),
    ]),
  };
}
