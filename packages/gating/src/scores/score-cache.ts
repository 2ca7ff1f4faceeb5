import { ShapeError } from '@mixture-of-personas/numeric';
import type { LogLikelihoodCurve, PairRequest, PairScorer } from '../mixture/gate.js';

/** Curves kept in memory, some 150 MB of them. */
const REMEMBERED = 2 ** 18;

/** A scorer that is asked for every (record, persona, exemplar) at most once as long as it is remembered, and counts. */
export interface RememberingScorer {
  /** Curves in the order of the requests; duplicates are fine. */
  curves(requests: readonly PairRequest[], signal?: AbortSignal): Promise<LogLikelihoodCurve[]>;
  /** Requests the scorer has answered. */
  readonly scored: number;
}

/**
 * Remembers the last curves in memory; what was forgotten is asked for again, so let the scorer of a large fit remember on disk. New requests reach the scorer sorted by persona, exemplar and record, so that those with the same prompt come together.
 * @param remembered curves to keep
 * @throws ShapeError when the scorer answers more or fewer curves than it was asked for
 */
export function rememberingScorer(score: PairScorer, remembered: number = REMEMBERED): RememberingScorer {
  const known = new Map<string, LogLikelihoodCurve>();
  let scored = 0;
  return {
    get scored() {
      return scored;
    },
    async curves(requests, signal) {
      const missing = new Map<string, PairRequest>();
      for (const request of requests) if (!known.has(keyOf(request))) missing.set(keyOf(request), request);
      const asked = [...missing.values()].sort(byPrompt);
      const fresh = asked.length === 0 ? [] : await askScorer(score, asked, signal);
      scored += asked.length;
      asked.forEach((request, i) => known.set(keyOf(request), fresh[i]));
      const curves = requests.map((request) => known.get(keyOf(request))!);
      for (const key of known.keys()) {
        if (known.size <= remembered) break;
        known.delete(key); // the one that came first
      }
      return curves;
    },
  };
}

/** Key of a request. */
export function keyOf({ record, persona, exemplar }: PairRequest): string {
  return `${record}/${persona}/${exemplar}`;
}

/** Order of requests in which those with the same prompt come together. */
export function byPrompt(a: PairRequest, b: PairRequest): number {
  return a.persona - b.persona || a.exemplar - b.exemplar || a.record - b.record;
}

/** The curves of requests, at least one. @throws ShapeError when there are not as many */
export async function askScorer(
  score: PairScorer,
  requests: readonly PairRequest[],
  signal: AbortSignal | undefined,
): Promise<readonly LogLikelihoodCurve[]> {
  const curves = await score(requests, { signal });
  if (curves.length === requests.length) return curves;
  const advice = 'Answer each request once, in order.';
  throw new ShapeError('scorer', `${requests.length} curves`, `${curves.length}`, advice);
}
