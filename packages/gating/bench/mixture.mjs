// The whole M-step of fitMixture on stored scores: K 100, N 1000, 300 records, 256 candidate pairs, cross-validation included.
import { fitMixture } from '@mixture-of-personas/gating';
import { normal, randomFor, unitRows } from '@mixture-of-personas/numeric';

/** A population whose records are likely under exemplars on one side: there is something to learn. */
export function benchPopulation({ records, personas, exemplars, d }) {
  const gaussian = (rows, row) => {
    const random = randomFor(0, 'mixture bench', row);
    return unitRows({ data: Float64Array.from({ length: rows * d }, () => normal(random)), rows, cols: d });
  };
  const ownExemplar = Int32Array.from({ length: records }, (_, i) => (i < exemplars ? i : -1));
  return {
    records: gaussian(records, 1),
    personas: gaussian(personas, 2),
    exemplars: gaussian(exemplars, 3),
    ownExemplar,
  };
}

export const benchScore =
  ({ exemplars }) =>
  async (requests) =>
    requests.map(({ record, persona, exemplar }) => {
      const like = 3 * exemplars.data[exemplar * exemplars.cols] * Math.sqrt(exemplars.cols);
      const energy = -60 + like + Math.sin(1 + record * 7 + persona * 3 + exemplar);
      return {
        logProbability: (tau) => energy / tau - 60 * Math.log(tau),
        derivative: (tau) => -energy / tau ** 2 - 60 / tau,
      };
    });

/** CPU seconds of the fit after its scores are in. */
export async function timeMixture(sizes, design) {
  const population = benchPopulation(sizes);
  let scored = 0;
  const started = process.cpuUsage();
  const lines = [];
  const seconds = () => {
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1e6;
  };
  const result = await fitMixture(population, benchScore(population), {
    design,
    onStep: (progress) => {
      if (progress.kind === 'scores') scored = seconds();
      else
        lines.push(
          `${progress.step.name} ${seconds().toFixed(2)} s, gain ${progress.step.gain.toFixed(3)} (${progress.step.standardError.toFixed(3)})`,
        );
    },
  });
  return { seconds: seconds() - scored, total: seconds(), lines, result };
}
