import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { datasetCard } from '../../src/cards/card.js';
import { datasetFeatures, syntheticParquet } from '../../src/artifacts/synthetic-files.js';
import { scratch } from '../support/scratch.js';

const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const program = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';
const python = process.env['MOP_PYTHON'] ?? join(cache, 'mop-interchange-venv', program);
const reason = existsSync(python) ? '' : ' (skipped: no Python with datasets; set MOP_PYTHON to one)';

/** Program of a researcher that reads a folder. */
const LOOK = `
import json, sys
from datasets import load_dataset
rows = load_dataset(sys.argv[1], split='train', cache_dir=sys.argv[2])
print(json.dumps({'features': [{'name': n, 'dtype': f.dtype} for n, f in rows.features.items()], 'rows': rows.to_list()}))
`;

const rowOf = (i: number): SyntheticRow => ({
  id: `s00000${i}`,
  text: `Märkte steigen 📈, "again"\nand again ${i}`,
  label: i % 2 === 0 ? 'Business' : null,
  context: null,
  personaId: 'p3',
  exemplarId: 'train:17',
  personaProbability: 1 / 3,
  exemplarProbability: 0.25,
  temperature: 0.9,
  seed: 7 + i,
  model: 'onnx:model',
  promptHash: 'ab',
});

(reason === '' ? it : it.skip)(
  `a run folder is a data set to Hugging Face datasets, with the features its card states${reason}`,
  async () => {
    const rows = [0, 1, 2].map(rowOf);
    const folder = await scratch();
    const manifest = { format: 1, config: { seed: 7 }, versions: {}, fingerprints: {}, stages: {} } as const;
    const metrics = { heldOut: null, evaluation: { encoder: 'fake', golden: 3, sets: [] } };
    await writeFile(join(folder, 'README.md'), datasetCard({ manifest, metrics, rows }));
    await writeFile(join(folder, 'synthetic.parquet'), syntheticParquet(rows));

    const environment = { ...process.env, HF_HUB_OFFLINE: '1', HF_HOME: join(folder, 'home') };
    const { status, stdout, stderr } = spawnSync(python, ['-c', LOOK, folder, join(folder, 'cache')], {
      encoding: 'utf8',
      env: environment,
    });
    if (status !== 0) throw new Error(stderr);
    expect(JSON.parse(stdout)).toEqual({
      features: datasetFeatures(rows),
      rows: rows.map((row) => ({ ...row, flag: null })),
    });
  },
);
