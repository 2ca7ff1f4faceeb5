import { commonPrefix, planScoring, type TokenizedPair } from '../scoring/score-plan.js';

/** Pairs that are sent together, those of one prompt side by side. */
export type ScoreBatch = readonly TokenizedPair[];

/**
 * Puts pairs into batches of about so many tokens, a prompt counted once; the pairs of a prompt stay together where they fit into one.
 * @param most tokens of a batch, unless one pair has more
 */
export function batchesOf(pairs: readonly TokenizedPair[], most: number): ScoreBatch[] {
  const batches: TokenizedPair[][] = [];
  let room = 0;
  for (const { prompt, pairs: ofPrompt } of planScoring(pairs)) {
    const tokens = ofPrompt.reduce((sum, { completion }) => sum + completion.length, prompt.length);
    let begun = tokens <= room;
    if (begun) room -= prompt.length;
    for (const pair of ofPrompt) {
      if (!begun || pair.completion.length > room) {
        batches.push([]);
        room = most - prompt.length;
        begun = true;
      }
      batches.at(-1)?.push(pair);
      room -= pair.completion.length;
    }
  }
  return batches;
}

/** The body of `POST /score`: prompts listed once, completions that refer to them by index. */
export function scoreBody(batch: ScoreBatch, fingerprint: string): object {
  const prompts: number[][] = [];
  let last: Int32Array | undefined;
  const completions = batch.map(({ prompt, completion }) => {
    // planScoring puts equal prompts side by side
    if (prompt.length !== last?.length || commonPrefix(prompt, last) < prompt.length) prompts.push([...prompt]);
    last = prompt;
    return [prompts.length - 1, [...completion]];
  });
  return { fingerprint, prompts, completions };
}
