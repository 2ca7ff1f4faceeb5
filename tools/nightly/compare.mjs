// Distances between scores and between figures of two runs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Mean difference of two lists of scored pairs at their first temperature, nats per token. */
export function meanDifference(ours, theirs) {
  const differences = ours.map(
    ({ tokens, logProbabilities }, i) => Math.abs(logProbabilities[0] - theirs[i].logProbabilities[0]) / tokens,
  );
  return differences.reduce((sum, each) => sum + each, 0) / differences.length;
}

/** All numbers of a value, in order. */
function numbersIn(value) {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** Figures of a run that its texts do not change: the fit, the gate, the log-likelihoods of held-out records. */
function figuresOf(folder) {
  const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  return numbersIn([read('fit.json'), read('gate.json'), read('metrics.json').heldOut]);
}

/** @returns {{count: number, worst: number}} numbers compared, and the largest difference over 1 + size; Infinity where their numbers are not as many */
export function figuresApart(one, other) {
  const [a, b] = [figuresOf(one), figuresOf(other)];
  const worst = Math.max(...a.map((value, i) => Math.abs(value - b[i]) / (1 + Math.abs(value))));
  return { count: a.length, worst: a.length === b.length ? worst : Infinity };
}

/** Log-likelihoods of a run by name, nats per record, with what bounds on log p may move them: of held-out records, and of each step of the fit. */
function likelihoodsOf(folder) {
  const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const heldOut = read('held-out.json').rows.map(({ name, logLikelihood, pinned = false, width = 0 }) => [
    name,
    { mean: logLikelihood.mean, pinned, width },
  ]);
  const fit = read('fit.json').steps.map(({ name, logLikelihood }) => [
    `fit: ${name}`,
    { mean: logLikelihood, pinned: false, width: 0 },
  ]);
  return new Map([...heldOut, ...fit]);
}

/**
 * Log-likelihoods of two runs over the same pairs, where neither run's temperature stands at an end of its range.
 * @returns {{name: string, apart: number, width: number}[]} nats per record between them, and the most that bounds on log p may move them
 */
export function likelihoodsApart(one, other) {
  const theirs = likelihoodsOf(other);
  return [...likelihoodsOf(one)].flatMap(([name, { mean, pinned, width }]) => {
    const its = theirs.get(name);
    return pinned || its.pinned ? [] : [{ name, apart: Math.abs(mean - its.mean), width: width + its.width }];
  });
}

/** Texts that two runs share, counted: "11 of 12 texts". */
export function sameTexts(one, other) {
  const textsOf = (folder) =>
    readFileSync(join(folder, 'synthetic.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).text);
  const [a, b] = [textsOf(one), textsOf(other)];
  return `${a.filter((text, i) => text === b[i]).length} of ${a.length} texts`;
}
