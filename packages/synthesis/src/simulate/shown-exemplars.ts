import type { Pair } from '@mixture-of-personas/gating';
import { drawIndex, randomFor, SettingError, type Random } from '@mixture-of-personas/numeric';

/**
 * The L exemplars of a candidate's prompt: its own first, then L−1 others, drawn uniformly without replacement by (seed, candidate). The
 * list depends on no gate, so that scores stay valid while the gate is fitted (docs/decisions/0121).
 * @param candidate the pair that names the list
 * @param exemplars N
 * @param options `perPrompt` L; `seed`; `own`, the exemplar that is the scored record itself, or −1: it is never drawn, the next one
 *   takes its place
 */
export function candidateExemplars(
  { persona, exemplar }: Pair,
  exemplars: number,
  { perPrompt, seed, own = -1 }: { readonly perPrompt: number; readonly seed: number; readonly own?: number },
): number[] {
  if (perPrompt === 1) return [exemplar];
  const random = randomFor(seed, `companions of persona ${persona}`, exemplar);
  const drawn = new Set([exemplar]);
  const shown = [exemplar];
  while (shown.length < perPrompt) {
    const next = Math.floor(random() * exemplars);
    if (drawn.has(next)) continue;
    drawn.add(next);
    if (next !== own) shown.push(next);
  }
  return shown;
}

/**
 * Draws exemplars one after the other without replacement: each with its probability among those that are left.
 * @param logWeights log Ω_kj, −∞ for exemplars that are left out; N long
 * @param first exemplars drawn already, in order
 * @param perPrompt L
 * @returns the L exemplars, and the product of the probabilities of those drawn here
 */
export function drawMoreExemplars(
  logWeights: Float64Array,
  first: readonly number[],
  { perPrompt, random }: { readonly perPrompt: number; readonly random: Random },
): { readonly exemplars: number[]; readonly probability: number } {
  const left = Float64Array.from(logWeights);
  const exemplars = [...first];
  for (const j of first) left[j] = -Infinity;
  let probability = 1;
  while (exemplars.length < perPrompt) {
    const largest = left.reduce((most, value) => Math.max(most, value), -Infinity);
    const weights = left.map((value) => (value === -Infinity ? 0 : Math.exp(value - largest)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const j = drawIndex(weights, random);
    probability *= weights[j]! / total;
    left[j] = -Infinity;
    exemplars.push(j);
  }
  return { exemplars, probability };
}

/**
 * Checks L against N.
 * @param masked whether one exemplar may be left out
 * @throws SettingError when L is no whole number from 1 on or there are too few exemplars
 */
export function requirePerPrompt(where: string, perPrompt: number, exemplars: number, masked: boolean): void {
  if (!Number.isInteger(perPrompt) || perPrompt < 1)
    throw new SettingError(where, 'perPrompt', 'a whole number from 1 on', perPrompt);
  const most = exemplars - (masked ? 1 : 0);
  if (perPrompt > 1 && perPrompt > most) {
    const why = masked ? ', as the record itself is left out' : '';
    throw new SettingError(where, 'perPrompt', `${most} at most for ${exemplars} exemplars${why}`, perPrompt);
  }
}
