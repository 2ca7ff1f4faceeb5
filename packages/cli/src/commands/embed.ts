import type { CommandModule } from 'yargs';
import { defineCommand, type CommandContext } from '../terminal/command-context.js';
import { countRecords, embedToFile, readRecords, realOpeners } from '@mixture-of-personas/pipeline';
import { FORMAT, NUMBER, REQUIRED, SWITCH, TEXT } from './flag-kinds.js';

/** `mop embed`: texts to a float32 `.npy`, one row per text in order. */
export function embedCommand(context: CommandContext): CommandModule {
  const { reporter, signal, openers = realOpeners } = context;
  return defineCommand({
    builder: (yargs) =>
      yargs
        .option('encoder', { ...REQUIRED, describe: 'Text encoder, such as onnx:FOLDER-OR-HUB-ID' })
        .option('input', { ...REQUIRED, describe: 'jsonl, csv, tsv, parquet, txt or folder' })
        .option('output', { ...REQUIRED, describe: 'File to write, .npy' })
        .option('format', { ...FORMAT, describe: 'How to read the input' })
        .option('text', { ...TEXT, describe: 'Column of the text' })
        .option('split', { type: 'string', default: 'train', describe: 'Part of a folder with train and test parts' })
        .option('normalize', { ...SWITCH, describe: 'Scale rows to unit length' })
        .option('threads', { ...NUMBER, describe: 'Threads within the model' }),
    handler: async ({ encoder: name, input, output, format, text, split, normalize, threads }) => {
      const source = { path: input, format, split, columns: { text } };
      // Read once before: a bad last line is told now, and not after an hour of embedding.
      const total = await countRecords(source);
      const encoder = await openers.openEncoder(name, threads);
      try {
        const progress = reporter.progress('embed');
        const shape = await embedToFile(readRecords(source), {
          encoder,
          output,
          normalize,
          signal,
          onProgress: (done) => progress.update(done, total),
        });
        if (encoder.truncated > 0)
          reporter.warn(`${encoder.truncated} texts were cut to the encoder's maximum length.`);
        reporter.result(
          { output, ...shape, normalized: normalize },
          `Wrote ${output}: ${shape.rows} × ${shape.cols}, float32.`,
        );
      } finally {
        await encoder.close();
      }
    },
  });
}
