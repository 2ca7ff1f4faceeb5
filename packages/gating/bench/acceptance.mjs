// What the whole default fit gains on complete score tables, judged by exact sums on records it never saw.
//   npm run bench -- gating acceptance [seeds] [all | half | quarter]
import { fitMixture, fitTemperature, initialGate } from '@mixture-of-personas/gating';
import { curveOf, exactLogLikelihoods, paired, readTable } from './complete-tables.mjs';

const year = ({ context }) => Number(context.split(' ').at(-1));

/** Targets with what must hold: the least gain over equal weights, and over the initial gate. */
export const TARGETS = [
  { name: 'addresses, 1980 on', table: 'sotu', objective: 'marginal', select: (row) => year(row) >= 1980, least: 0.75 },
  {
    name: 'addresses, before 1870',
    table: 'sotu',
    objective: 'marginal',
    select: (row) => year(row) < 1870,
    least: 0.2,
  },
  { name: 'addresses, all', table: 'sotu', objective: 'marginal', select: () => true, least: -0.03, overInitial: 0.2 },
  { name: 'addresses, all, conditional', table: 'sotu', objective: 'conditional', select: () => true, least: 1.4 },
  { name: 'SST-2, all', table: 'sst', objective: 'marginal', select: () => true, least: 0.5, overInitial: 0.4 },
];

/** The initial gate at the common temperature that is best for the training records. */
function initialOf(table, sides) {
  const { population, temperatureRange } = table;
  const shape = { d: population.records.cols, personas: population.personas.rows, hidden: 64, temperature: 1 };
  const gate = initialGate(shape, { embeddings: population.exemplars });
  const at = (tau) => ({ ...gate, temperatures: gate.temperatures.map(() => tau) });
  const rows = sides.training.slice(0, 100);
  const curve = {
    logProbability: (tau) =>
      exactLogLikelihoods(table, at(tau), { ...sides, heldOut: rows }).reduce((sum, value) => sum + value, 0),
  };
  return at(fitTemperature([curve], { temperatureRange }));
}

/** Fits one target by the default path and judges it; undefined where the table is missing. */
export async function judgeTarget(target, { share = 1, seed = 0, settings = {} } = {}) {
  const table = readTable(target.table);
  if (table === undefined) return undefined;
  const rows = table.rows.flatMap((row, i) => (target.select(row) ? [i] : []));
  const sides = {
    training: rows.filter((i) => i < table.training),
    heldOut: rows.filter((i) => i >= table.training),
    objective: target.objective,
  };
  const { population, temperatureRange } = table;
  const pairs = population.personas.rows * population.exemplars.rows;
  const started = process.cpuUsage();
  const fit = await fitMixture(population, async (requests) => requests.map((request) => curveOf(table, request)), {
    training: sides.training,
    objective: target.objective,
    temperatureRange,
    seed,
    design: { pairs, perRecord: Math.round(pairs * share) },
    ...settings,
  });
  const { user, system } = process.cpuUsage(started);
  const judged = (gate) => exactLogLikelihoods(table, gate, sides);
  const fitted = judged(fit.gate);
  return {
    fit,
    seconds: (user + system) / 1e6,
    overUniform: paired(fitted, judged(fit.uniform)),
    ...(target.overInitial === undefined ? {} : { overInitial: paired(fitted, judged(initialOf(table, sides))) }),
  };
}

const show = ({ mean, standardError }) => `${mean >= 0 ? '+' : ''}${mean.toFixed(3)} (${standardError.toFixed(3)})`;

/** Prints every target for some seeds and shares of the table. */
export async function acceptance(seeds, shares) {
  for (const target of TARGETS) {
    for (const share of shares) {
      const gains = [];
      for (let seed = 0; seed < seeds; seed++) {
        const found = await judgeTarget(target, { share, seed });
        if (found === undefined) {
          console.log(`${target.name}: left out, ../shared/golden/fit is not beside this clone`);
          break;
        }
        gains.push(found.overUniform.mean);
        const initial = found.overInitial ? `, over initial ${show(found.overInitial)}` : '';
        const by = `${found.fit.step}, cross-validated ${show({ mean: found.fit.gain, standardError: found.fit.standardError })}`;
        console.log(
          `${target.name}, ${share} of the table, seed ${seed}: over equal weights ${show(found.overUniform)}${initial}; ${by}; ${found.seconds.toFixed(1)} s`,
        );
      }
      if (gains.length > 0) {
        const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
        console.log(
          `  mean ${mean.toFixed(3)}, least ${Math.min(...gains).toFixed(3)}; at least ${target.least} with all scores`,
        );
      }
    }
  }
}
