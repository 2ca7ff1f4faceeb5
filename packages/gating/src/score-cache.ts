import { ShapeError } from '@mixture-of-personas/numeric';
import type { LogLikelihoodCurve, PairRequest, PairScorer } from './gate.js';

/** A scorer that is asked for every (record, persona, exemplar) at most once, and counts. */
export interface RememberingScorer {
  /** Curves in the order of the requests; duplicates are fine. */
  curves(requests: readonly PairRequest[], signal?: AbortSignal): Promise<LogLikelihoodCurve[]>;
  /** Distinct requests the scorer has answered. */
  readonly scored: number;
}

/**
 * Remembers curves in memory. New requests reach the scorer sorted by persona, exemplar and record, so that those with the same prompt come together.
 * @throws ShapeError when the scorer answers more or fewer curves than it was asked for
 */
export function rememberingScorer(score: PairScorer): RememberingScorer {
  const known = new Map<string, LogLikelihoodCurve>();
  return {
    get scored() {
      return known.size;
    },
    async curves(requests, signal) {
      const missing = new Map<string, PairRequest>();
      for (const request of requests) if (!known.has(keyOf(request))) missing.set(keyOf(request), request);
      const asked = [...missing.values()].sort(byPrompt);
      if (asked.length > 0) {
        const answers = await score(asked, signal === undefined ? {} : { signal });
        if (answers.length !== asked.length) {
          throw new ShapeError(
            'scorer',
            `${asked.length} curves`,
            `${answers.length}`,
            'Answer one a request, in order.',
          );
        }
        asked.forEach((request, i) => known.set(keyOf(request), answers[i]));
      }
      return requests.map((request) => known.get(keyOf(request))!);
    },
  };
}

function keyOf({ record, persona, exemplar }: PairRequest): string {
  return `${record}/${persona}/${exemplar}`;
}

function byPrompt(a: PairRequest, b: PairRequest): number {
  return a.persona - b.persona || a.exemplar - b.exemplar || a.record - b.record;
}
