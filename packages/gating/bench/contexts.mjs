// Populations whose contexts say something about their answers, or nothing, with known densities.
import { fitMixture, mixtureOf } from '@mixture-of-personas/gating';
import { drawIndex, normal, randomFor, unitRows } from '@mixture-of-personas/numeric';

const [TOPICS, PER_TOPIC, D, ANSWERS] = [4, 6, 8, 24];
const EACH = [0, 1, 2, 3];
/** Topics of contexts: the first is half of them, so that a gate without input has something to learn too. */
const COMMON = [0, 1, 0, 2, 0, 1, 0, 3];

/**
 * Contexts of four topics; persona k and the exemplars of topic k speak of topic k. An answer is of its context's topic with probability
 * `informative`, else of any.
 */
export function contextPopulation({ records, seed, informative }) {
  const random = randomFor(seed, 'contexts', 0);
  const near = (count, order) => {
    const topics = Array.from({ length: count }, (_, i) => order[i % order.length]);
    const data = topics.flatMap((topic) =>
      Array.from({ length: D }, (_, c) => (c === topic ? 1 : 0) + 0.25 * normal(random)),
    );
    return { topics, embeddings: unitRows({ data: Float64Array.from(data), rows: count, cols: D }) };
  };
  const [personas, exemplars] = [near(TOPICS, EACH), near(2 * TOPICS, EACH)];
  const contexts = near(records, COMMON);
  const topicOf = (y) => Math.floor(y / PER_TOPIC);
  const share = (y, topics) => topics.filter((topic) => topic === topicOf(y)).length / topics.length / PER_TOPIC;
  const N = exemplars.topics.length;
  const densities = Array.from({ length: TOPICS * N }, (_, s) => {
    const topics = [personas.topics[Math.floor(s / N)], exemplars.topics[s % N]];
    return Array.from({ length: ANSWERS }, (_, y) => 0.8 * share(y, topics) + 0.2 / ANSWERS);
  });
  const answers = contexts.topics.map((topic) =>
    drawIndex(
      Array.from({ length: ANSWERS }, (_, y) => informative * share(y, [topic]) + (1 - informative) / ANSWERS),
      random,
    ),
  );
  const score = async (requests) =>
    requests.map(({ record, persona, exemplar }) => {
      const log = Math.log(densities[persona * N + exemplar][answers[record]]);
      return { logProbability: () => log, derivative: () => 0 };
    });
  const population = {
    records: contexts.embeddings,
    personas: personas.embeddings,
    exemplars: exemplars.embeddings,
  };
  return { population, score, densities, answers };
}

/** Weights of all pairs in each context. */
function weightsIn(gate, population) {
  const mixture = mixtureOf(gate, {
    contexts: population.records,
    personas: population.personas,
    exemplars: population.exemplars,
  });
  const [K, N] = [population.personas.rows, population.exemplars.rows];
  return Array.from({ length: population.records.rows }, (_, b) => {
    return Array.from({ length: K * N }, (_, s) => {
      const [k, j] = [Math.floor(s / N), s % N];
      const log = mixture.contextLogits.data[b * N + j] + mixture.personaLogits.at(k, j);
      return Math.exp(log - mixture.logNormalizers.data[b * K + k] + mixture.logPersona.data[b * K + k]);
    });
  });
}

const entropy = (p) => -p.reduce((sum, value) => sum + (value > 0 ? value * Math.log(value) : 0), 0);
const meanOf = (rows) => rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);

/**
 * Fits by the conditional and by the marginal objective to the first half of the records and judges both on the second half, by exact sums over
 * all pairs: gain in nats per record with its standard error, and nats that pair and context share.
 */
export async function judgeContexts({ records, seed, informative, settings = {} }) {
  const { population, score, densities, answers } = contextPopulation({ records, seed, informative });
  const half = records / 2;
  const training = Array.from({ length: half }, (_, i) => i);
  const options = { training, seed, temperatureRange: [0.5, 2], ...settings };
  const fits = {
    conditional: await fitMixture(population, score, { ...options, objective: 'conditional' }),
    marginal: await fitMixture(population, score, { ...options, objective: 'marginal' }),
  };
  const conditional = weightsIn(fits.conditional.gate, population);
  const marginal = meanOf(weightsIn(fits.marginal.gate, population).slice(0, half));
  const log = (weights, y) => Math.log(weights.reduce((sum, w, s) => sum + w * densities[s][y], 0));
  const against = (weights) => {
    const gains = answers.slice(half).map((y, i) => log(conditional[half + i], y) - log(weights, y));
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / half;
    const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (half - 1);
    return { mean, standardError: Math.sqrt(variance / half) };
  };
  const seen = conditional.slice(half);
  const information = entropy(meanOf(seen)) - seen.reduce((sum, weights) => sum + entropy(weights), 0) / half;
  return {
    overMarginal: against(marginal),
    overUniform: against(densities.map(() => 1 / densities.length)),
    marginalOverUniform: fits.marginal.gain,
    information,
    step: fits.conditional.step,
  };
}
