import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  centeredUnitRows,
  centerOf,
  encodeGate,
  exemplarProbabilities,
  fitGate,
  initialGate,
  personaProbabilities,
  project,
  type Gate,
  type LogLikelihoodCurve,
  type PairRequest,
} from '@mixture-of-personas/gating';
import { randomFor, type Matrix } from '@mixture-of-personas/numeric';
import { root } from './workspace.js';

/** A Python with numpy and safetensors: MOP_PYTHON, else the one that `npm run verify` makes. */
const venv = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mop-interchange-venv');
const python =
  process.env['MOP_PYTHON'] ?? join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const reason = existsSync(python) ? '' : ' (skipped: no Python with numpy and safetensors; set MOP_PYTHON to one)';

const [d, records, personas, exemplars] = [12, 40, 4, 15];
const embeddings = (seed: number, rows: number): Matrix<Float64Array> => {
  const draw = randomFor(seed, 'interchange', 0);
  return { data: Float64Array.from({ length: rows * d }, () => draw() + 0.3), rows, cols: d };
};

/** A .npy file of float64 rows, version 1. */
function npyOf({ data, rows, cols }: Matrix<Float64Array>): Buffer {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 0xff, header.length >> 8]);
  return Buffer.concat([start, Buffer.from(header), Buffer.from(data.buffer)]);
}

const curveOf = ({ record, persona, exemplar }: PairRequest): LogLikelihoodCurve => {
  const energy = -6 + Math.cos(record + persona) + Math.sin(record * exemplar);
  return { logProbability: (tau) => energy / tau, derivative: (tau) => -energy / tau ** 2 };
};

async function fittedGate(population: Record<'records' | 'personas' | 'exemplars', Matrix>): Promise<Gate> {
  const { gate } = await fitGate(population, (requests) => Promise.resolve(requests.map(curveOf)), {
    gate: initialGate({ d, personas, hidden: 6 }),
    epochs: 3,
    batchSize: 8,
    learningRate: 0.05,
    affine: true,
  });
  return gate;
}

/** π and Ω by the Python script, from the files alone. */
function probabilitiesByPython(files: Record<string, Buffer | Uint8Array | string>): { pi: number[]; omega: number[] } {
  const folder = mkdtempSync(join(tmpdir(), 'mop-gate-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const show =
      'import json, runpy, sys; sys.argv = sys.argv[1:]; seen = runpy.run_path(sys.argv[0]); print(json.dumps({k: seen[k].ravel().tolist() for k in ("pi", "omega")}))';
    const matrices = ['contexts', 'personas', 'exemplars'].map((name) => join(folder, `${name}.npy`));
    const args = ['-c', show, join(root, 'tools/interchange/read_gate.py'), folder, ...matrices, join(folder, 'p.npz')];
    const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as { pi: number[]; omega: number[] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

describe('a fitted gate, read by tools/interchange/read_gate.py', () => {
  const raw = {
    records: embeddings(1, records),
    personas: embeddings(2, personas),
    exemplars: embeddings(3, exemplars),
  };
  const matrices = {
    'contexts.npy': npyOf(raw.records),
    'personas.npy': npyOf(raw.personas),
    'exemplars.npy': npyOf(raw.exemplars),
  };
  const inputs = centerOf(raw.records);
  const own = { inputs, personas: centerOf(raw.personas), exemplars: inputs };
  const shared = { inputs, personas: inputs, exemplars: inputs };

  (reason === '' ? it : it.skip).each([
    { name: 'one center for all, in gate.safetensors', centers: shared, files: {} },
    { name: "a run's centers, in fit.json", centers: own, files: { 'fit.json': centersJson('centers', own) } },
    { name: 'the centers of an earlier run', centers: own, files: { 'fit.json': centersJson('centres', own) } },
  ])(`has the π and Ω of TypeScript: $name${reason}`, async ({ centers, files }) => {
    const population = {
      records: centeredUnitRows(raw.records, centers.inputs),
      personas: centeredUnitRows(raw.personas, centers.personas),
      exemplars: centeredUnitRows(raw.exemplars, centers.exemplars),
    };
    const gate = await fittedGate(population);
    const { weights, description } = encodeGate(gate, { input: 'record', encoder: 'none', center: centers.inputs });
    const found = probabilitiesByPython({
      ...matrices,
      ...files,
      'gate.safetensors': weights,
      'gate.json': description,
    });

    const x = project(gate.inputWeights, population.records, gate.inputBias);
    const g = project(gate.personaWeights, population.personas, gate.personaBias);
    const e = project(gate.exemplarWeights, population.exemplars, gate.exemplarBias);
    expect(found.omega).toHaveLength(records * personas * exemplars);
    expect(largestDifference(found.pi, personaProbabilities(x, g).data)).toBeLessThan(1e-6);
    expect(largestDifference(found.omega, exemplarProbabilities(x, g, e).data)).toBeLessThan(1e-6);
  });
});

function centersJson(name: string, centers: Record<string, Float64Array>): string {
  return JSON.stringify({
    [name]: Object.fromEntries(Object.entries(centers).map(([kind, center]) => [kind, [...center]])),
  });
}
