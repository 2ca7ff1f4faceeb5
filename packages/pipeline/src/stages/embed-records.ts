import type { Matrix } from '@mixture-of-personas/numeric';
import { rowsFrom } from '../analysis/rows.js';
import type { JobContext } from '../context/job-context.js';
import { EMBEDDINGS } from '../artifacts/texts.js';
import type { Stage } from '../context/stage.js';

/** Raw embeddings, one row per record, all by the run's encoder. */
export interface RecordEmbeddings {
  readonly training: Matrix<Float32Array>;
  readonly validation: Matrix<Float32Array>;
  readonly heldOut: Matrix<Float32Array>;
  readonly golden: Matrix<Float32Array>;
  /** The pool's, which are the training records' without a pool. */
  readonly pool: Matrix<Float32Array>;
  /** h(context) of training, validation, held-out and golden records one below the other; only when `gate.input` is `context`. */
  readonly contexts: Matrix<Float32Array> | undefined;
}

/** Embeds every text that the gate or the metrics look at, once. */
export const embedStage: Stage<'embed', object, RecordEmbeddings> = {
  name: 'embed',
  does: 'Embeds every record once',
  part: 'personas',
  inputs: [],
  artifacts: [EMBEDDINGS],
  async make(job) {
    const { texts, contexts, pool } = embedded(job);
    return EMBEDDINGS.file(await job.embed('records', [...texts, ...contexts, ...pool]));
  },
  async load(job) {
    const { training, validation, heldOut, golden } = job.records;
    const { contexts, pool } = embedded(job);
    const counts = [training, validation, heldOut, golden, contexts, pool].map(({ length }) => length);
    const all = await job.folder.read(EMBEDDINGS);
    let from = 0;
    const parts = counts.map((rows) => rowsFrom(all, (from += rows) - rows, rows));
    return {
      training: parts[0]!,
      validation: parts[1]!,
      heldOut: parts[2]!,
      golden: parts[3]!,
      pool: job.records.pool === undefined ? parts[0]! : parts[5]!,
      contexts: contexts.length > 0 ? parts[4] : undefined,
    };
  },
};

/** Texts of all records, their contexts where the gate sees them, and the texts of the pool where there is one. */
function embedded({ records, config }: JobContext): Record<'texts' | 'contexts' | 'pool', readonly string[]> {
  const { training, validation, heldOut, golden } = records;
  const all = [...training, ...validation, ...heldOut, ...golden];
  const contexts = config.gate.input === 'context' ? all.map(({ context }) => context ?? '') : [];
  const { pool = [] } = records;
  return { texts: all.map(({ text }) => text), contexts, pool: pool.map(({ text }) => text) };
}
