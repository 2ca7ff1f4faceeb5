import { matrixOf, randomFor, type Matrix } from '@mixture-of-personas/numeric';
import type { MetricValue } from '@mixture-of-personas/metrics';
import type { Persona, PopulationRecord, SyntheticRow } from '@mixture-of-personas/synthesis';
import { configSchema } from '../../src/config/schema.js';
import { embeddingMap } from '../../src/analysis/embedding-map.js';
import { gateDiagnostics } from '../../src/analysis/gate-diagnostics.js';
import { nearestGolden } from '../../src/analysis/nearest-golden.js';
import { personaNames } from '../../src/report/elements/persona-names.js';
import { propensityOf, type Propensity } from '../../src/analysis/propensity.js';
import { recordGroups } from '../../src/analysis/record-groups.js';
import type { ShiftOfKind, WeightShift } from '../../src/analysis/weight-shift.js';
import type { ReportInput } from '../../src/report/elements/report-input.js';

/** Wording of the texts of a made-up run. */
export interface Wording {
  /** Put around every text, id, label, context and name. */
  readonly dress: (text: string) => string;
  readonly personas: number;
  readonly rows: number;
}

const SUBJECTS = [
  'harvests',
  'railways',
  'the gold standard',
  'wars abroad',
  'taxes',
  'schools',
  'the frontier',
  'computers',
];

/** A run that never was: everything a report is drawn from, with eras that favor different personas. */
export function madeUpInput({ dress, personas: count, rows: texts }: Wording): ReportInput {
  const random = randomFor(3, 'made-up', 0);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)];
  const records = Array.from({ length: 240 }, (_, i): PopulationRecord => ({
    id: dress(`r${i}`),
    text: dress(`In these years ${pick(SUBJECTS)} matter more than ${pick(SUBJECTS)}, and Congress knows it well`),
    context: String(1790 + i - (i % 3)),
    label: dress(i % 2 === 0 ? 'whig' : 'federalist'),
  }));
  const personas = Array.from({ length: count }, (_, k): Persona => ({
    id: dress(`p${k}`),
    persona: dress(`You are someone who speaks about ${SUBJECTS[k % 8]} and, in part ${k}, about ${pick(SUBJECTS)}`),
    source: 'keywords',
  }));
  const exemplars = records.slice(0, 30);
  const probabilities = eraPersonas(records.length, count);
  const rows = Array.from({ length: texts }, (_, i): SyntheticRow => ({
    id: `s${i}`,
    text: i === 3 ? '' : dress(`We have seen ${pick(SUBJECTS)} rise while ${pick(SUBJECTS)} fell, text ${i}`),
    label: pick(records).label ?? null,
    context: pick(records).context ?? null,
    personaId: pick(personas).id,
    exemplarId: pick(exemplars).id,
    personaProbability: random(),
    exemplarProbability: random() / 10,
    temperature: 0.8 + random() / 4,
    seed: 7,
    model: dress('model'),
    promptHash: '00',
  }));
  const propensity = propensityOf(probabilities, recordGroups(records), 7);
  const golden = cloud(records.length, [1, 0.4], 1);
  const simulated = cloud(texts - (texts > 3 ? 1 : 0), [0.8, 0.6], 2);
  const config = configSchema.parse({
    population: { path: dress('records.jsonl') },
    golden: { path: 'golden.jsonl' },
    gate: { input: 'record' },
    llm: { model: dress('onnx:model') },
    encoder: { model: 'onnx:encoder' },
    output: 'run',
  });
  return {
    manifest: {
      format: 1,
      config: JSON.parse(JSON.stringify(config)) as ReportInput['manifest']['config'],
      versions: { '@mixture-of-personas/cli': '0.1.0' },
      fingerprints: {},
      stages: { simulate: { 'synthetic.jsonl': '00' } },
    },
    config: config,
    personas,
    names: personaNames(personas.map(({ persona }) => persona)),
    exemplars,
    rows,
    fit: fitOf(count),
    metrics: metricsOf(dress, propensity, shiftOf(personas, exemplars)),
    data: {
      format: 1,
      counts: { training: 240, validation: 30, heldOut: 40, golden: 240 },
      diagnostics: gateDiagnostics({
        probabilities,
        temperatures: Array.from({ length: count }, (_, k) => 0.7 + k / 30),
        ids: personas.map(({ id }) => id),
        rows,
        personas: { encoded: cloud(count, [9, 1], 4), seen: cloud(count, [0, 0], 5) },
        inputs: { encoded: golden, seen: golden },
      }),
      propensity,
      map: embeddingMap(simulated, golden, 7),
      audit: {
        from: 'held-out',
        records: records.slice(0, 20).map(({ id, text, label = null, context = null }, i) => ({
          id,
          text,
          label,
          context,
          pairs: [0, 1, 2].map((m) => ({
            persona: (i + m) % count,
            exemplar: i + m,
            weight: 0.3 / (m + 1),
            personaProbability: 0.5 / (m + 1),
          })),
        })),
      },
      nearest: nearestGolden(
        rows.map(({ text }) => text !== ''),
        simulated,
        { records, embeddings: golden },
      ),
    },
  };
}

/** π with one wave a persona: persona k is loudest at its own part of the records. */
function eraPersonas(records: number, count: number): Matrix<Float64Array> {
  return matrixOf(
    Array.from({ length: records }, (_, i) => {
      const weights = Array.from({ length: count }, (_, k) => Math.exp(-(((i / records) * count - k) ** 2) / 6) + 0.01);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return weights.map((weight) => weight / total);
    }),
  );
}

function cloud(rows: number, mean: readonly [number, number], row: number): Matrix<Float64Array> {
  const random = randomFor(5, 'cloud', row);
  const bell = (): number => random() + random() + random() - 1.5;
  return matrixOf(Array.from({ length: rows }, () => [mean[0] + 2 * bell(), mean[1] + bell(), bell() / 2, bell() / 2]));
}

function fitOf(personas: number): ReportInput['fit'] {
  const epochs = Array.from({ length: 8 }, (_, i) => ({
    epoch: i + 1,
    truncatedBound: -140 + 8 * (1 - Math.exp(-i / 3)),
    sampledLogLikelihood: -132 + 6 * (1 - Math.exp(-i / 3)),
    heldOutLogLikelihood: -131 + 4 * (1 - Math.exp(-i / 2)) - 0.05 * i * i,
    best: i < 5,
    effectivePersonas: personas * (0.95 - 0.04 * i),
    effectiveExemplars: 25 - i,
    temperature: { min: 1 - 0.02 * i, mean: 1 + 0.01 * i, max: 1 + 0.04 * i },
    pairsTried: Math.round(30 * personas * (1 - Math.exp(-(i + 1) / 4))),
  }));
  return {
    epoch: 5,
    initialHeldOutLogLikelihood: -134.2,
    stoppedEarly: true,
    epochs,
    centres: { inputs: [], personas: [], exemplars: [] },
  };
}

/** Weights that fall from three times equal weight to a fifth of it, and one group an exemplar's decade. */
function shiftOf(personas: readonly Persona[], exemplars: readonly PopulationRecord[]): WeightShift {
  const ofKind = (texts: readonly { id: string; text: string; context: string | null }[]): ShiftOfKind => {
    const weighed = texts.map((one, i) => ({ ...one, weight: (3 - (2.8 * i) / texts.length) / texts.length }));
    return {
      count: texts.length,
      effective: 0.7 * texts.length,
      gained: weighed.slice(0, 5),
      lost: weighed.slice(5).slice(-5).reverse(),
    };
  };
  const decades = Array.from({ length: 23 }, (_, d) => `${1790 + 10 * d}s`);
  return {
    records: 240,
    personas: ofKind(personas.map(({ id, persona }) => ({ id, text: persona, context: null }))),
    exemplars: ofKind(exemplars.map(({ id, text, context = null }) => ({ id, text, context }))),
    groups: { over: 'year', rows: decades.map((name, d) => ({ name, equal: 1 / 23, weight: d / 253 })) },
  };
}

function metricsOf(dress: Wording['dress'], propensity: Propensity, shift: WeightShift): ReportInput['metrics'] {
  const figure = (name: MetricValue['name'], value: number): MetricValue => ({
    name,
    value,
    interval: [value * 0.9, value * 1.1],
    floor: name === 'frechet' ? 0.05 : null,
    n: [300, 240],
    parts: {},
    settings: {},
    warnings: name === 'mauve' ? [dress('n is small for 20 buckets')] : [],
  });
  const set = (name: string, scale: number) => ({
    name,
    figures: { frechet: figure('frechet', 0.2 * scale), mauve: figure('mauve', 0.8 / scale) },
  });
  const row = (name: string, mean: number) => ({
    name,
    logLikelihood: { mean, standardError: 0.9 },
    againstUniform: { mean: mean + 130, standardError: 0.1 },
    againstZeroShot: { mean: mean + 140, standardError: 0.4 },
    fittedAgainst: name === 'fitted gate' ? null : { mean: -128.6 - mean, standardError: 0.1 },
    temperature: { min: 0.9, mean: 1, max: 1.1 },
    effectivePairs: 5,
    withHalfThePairs: mean - 0.4,
  });
  return {
    heldOut: {
      records: 40,
      pairsPerRecord: 20,
      likelihood: 'marginal',
      curvesAskedFor: 800,
      estimator: 'log-likelihood per held-out record in nats',
      ceiling: Math.log(600),
      propensity,
      speakers: [],
      shift,
      rows: [row('uniform mixture', -130), row('fitted gate', -128.6)],
    },
    evaluation: {
      encoder: dress('onnx:encoder'),
      golden: 240,
      sets: [set('fitted gate', 1), set('zero-shot', 2.4), set('uniform', 1.05)],
    },
  };
}
