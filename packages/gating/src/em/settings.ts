import { SettingError, ShapeError, toFloat32, toFloat64 } from '@mixture-of-personas/numeric';
import { builtInBackend } from '../backends/built-in-backend.js';
import type { GateBackend } from '../backends/backend.js';
import type { FitOptions, PairChoice } from './options.js';
import { parametersOf, PARTS } from './state.js';
import type { Gate } from '../mixture/gate.js';
import { requirePopulation, requireRecords, type Population } from '../mixture/population.js';
import { requireRange, TEMPERATURE_RANGE } from '../scores/temperature.js';

/** `FitOptions` with every default filled in and checked. */
export interface FitSettings extends Required<
  Omit<
    FitOptions,
    'gate' | 'preset' | 'checkpoint' | 'onStep' | 'training' | 'heldOut' | 'exploration' | 'signal' | 'temperatureRange'
  >
> {
  readonly training: readonly number[];
  readonly heldOut: readonly number[];
  readonly exploration: Required<PairChoice>;
  readonly signal: AbortSignal | undefined;
  readonly temperatureRange: readonly [number, number];
}

const WHERE = 'fitGate';

const PAPER: Partial<FitOptions> = {
  exploration: { kind: 'top' },
  optimizer: { kind: 'adamw' },
  topM: 4,
  selfMask: 1,
  affine: false,
};

/**
 * Fills in defaults and checks everything that can be checked before any pair is scored.
 * @throws SettingError naming the setting and its range; ShapeError when gate and population do not fit each other
 */
export function fitSettings(population: Population, given: FitOptions): FitSettings {
  const options = given.preset === 'paper' ? { ...PAPER, ...given } : given;
  requirePopulation(WHERE, population);
  requireGateFits(population, options);
  const temperatureRange = requireRange(WHERE, options.temperatureRange ?? TEMPERATURE_RANGE);
  const outside = options.gate.temperatures.find((tau) => !(tau >= temperatureRange[0] && tau <= temperatureRange[1]));
  if (outside !== undefined) {
    throw new SettingError(WHERE, 'the gate’s temperatures', `in ${temperatureRange.join(' … ')}`, outside);
  }
  const heldOut = options.heldOut?.length ? requireRecords(WHERE, 'heldOut', options.heldOut, population) : [];
  const held = new Set(heldOut);
  const others = Array.from({ length: population.records.rows }, (_, i) => i).filter((row) => !held.has(row));
  const training = requireRecords(WHERE, 'training', options.training ?? others, population);
  const overlap = training.find((row) => held.has(row));
  if (overlap !== undefined)
    throw new SettingError(WHERE, 'heldOut', 'apart from training', `record ${overlap} in both`);
  const { topM = 4, exploration = { kind: 'gumbel' } } = options;
  const settings = {
    training,
    heldOut,
    topM,
    heldOutPairs: options.heldOutPairs ?? 16,
    patience: options.patience ?? 2,
    exploration:
      exploration.kind === 'top' ? exploration : { kind: 'gumbel' as const, pairs: exploration.pairs ?? topM },
    optimizer: options.optimizer ?? { kind: 'adamw' as const },
    learningRate: options.learningRate ?? 1e-3,
    temperatureLearningRate: options.temperatureLearningRate ?? 0.03,
    temperatureRange,
    batchSize: options.batchSize ?? 32,
    epochs: options.epochs ?? 10,
    mStepsPerBatch: options.mStepsPerBatch ?? 1,
    selfMask: options.selfMask ?? 1,
    affine: options.affine ?? false,
    seed: options.seed ?? 0,
    backend: options.backend ?? builtInBackend(),
    signal: options.signal,
  };
  requireNumbers(settings);
  return settings;
}

function requireNumbers(settings: FitSettings): void {
  const { heldOutPairs, patience, topM, batchSize, epochs, mStepsPerBatch, exploration } = settings;
  const counts = { heldOutPairs, patience, topM, batchSize, epochs, mStepsPerBatch };
  const pairs = exploration.kind === 'gumbel' ? { 'exploration.pairs': exploration.pairs } : {};
  for (const [name, value] of Object.entries({ ...counts, ...pairs })) {
    if (!Number.isInteger(value) || value < 1) throw new SettingError(WHERE, name, 'a positive integer', value);
  }
  const { learningRate, temperatureLearningRate, selfMask } = settings;
  for (const [name, value] of Object.entries({ learningRate, temperatureLearningRate })) {
    if (!(value >= 0 && value < Infinity)) throw new SettingError(WHERE, name, 'a number of at least 0', value);
  }
  if (!(selfMask >= 0 && selfMask <= 1))
    throw new SettingError(WHERE, 'selfMask', 'a probability from 0 to 1', selfMask);
}

function requireGateFits({ records, personas }: Population, { gate }: FitOptions): void {
  for (const weights of [gate.inputWeights, gate.personaWeights, gate.exemplarWeights]) {
    if (weights.cols === records.cols && weights.rows === gate.inputWeights.rows) continue;
    const found = `${weights.rows} × ${weights.cols}`;
    const advice = 'Make the gate for this encoder.';
    throw new ShapeError(WHERE, `gate weights of ${gate.inputWeights.rows} × ${records.cols}`, found, advice);
  }
  if (gate.temperatures.length !== personas.rows) {
    const found = `${gate.temperatures.length}`;
    const advice = 'Make the gate for these personas.';
    throw new ShapeError(WHERE, `${personas.rows} temperatures in the gate (one per persona)`, found, advice);
  }
}

/** Everything that two fits must have in common for one to continue the other: everything that moves a number. */
export function fingerprintOf(population: Population, settings: FitSettings, initial: Gate): string {
  const { records, personas, exemplars } = population;
  return JSON.stringify({
    ...settings,
    epochs: undefined, // more of them is how a finished fit is taken further
    signal: undefined,
    backend: `${settings.backend.name} ${settings.backend.precision}`,
    training: checksum(Float64Array.from(settings.training)),
    heldOut: checksum(Float64Array.from(settings.heldOut)),
    shape: [records.rows, personas.rows, exemplars.rows, records.cols],
    embeddings: [records, personas, exemplars].map(({ data }) => checksum(data)),
    gate: PARTS.map((part) => checksum(parametersOf(initial, part))),
    ownExemplar: checksum(Float64Array.from(population.ownExemplar ?? [])),
  });
}

/** FNV-1a over the bytes: tells different inputs apart, and is no proof against malice. */
function checksum(data: Float32Array | Float64Array): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16);
}

/** The population in the backend's precision, so that it is converted once and not at every step. */
export function inBackendPrecision(population: Population, { precision }: GateBackend): Population {
  const convert = precision === 'float32' ? toFloat32 : toFloat64;
  return {
    ...population,
    records: convert(population.records),
    personas: convert(population.personas),
    exemplars: convert(population.exemplars),
  };
}
