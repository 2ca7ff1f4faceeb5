// What lies in a run's folder and in the files that a command is given beside records: a disk may have changed them, or another program written them.
import { join } from 'node:path';
import { readGroupTerms } from '../../packages/pipeline/src/analysis/audit/group-terms.ts';
import { readAddresses } from '../../packages/pipeline/src/data/sources/addresses.ts';
import { readTextFolder } from '../../packages/pipeline/src/data/sources/text-folder.ts';
import { readDefinition } from '../../packages/pipeline/src/experiment/read-definition.ts';
import { openExistingRun } from '../../packages/pipeline/src/run-folder/run-folder.ts';
import { unsealed } from '../../packages/pipeline/src/run-folder/sealed.ts';
import { readEmbeddedModel } from '../../packages/encoder/src/embedded/files.ts';
import { wordPieces } from '../../packages/encoder/src/embedded/word-pieces.ts';
import { openTokenizer } from '../../packages/llm/src/tokenizing/tokenizer.ts';
import { lay } from './lay.mjs';
import * as files from './run-seeds.mjs';
import * as seeds from './seeds.mjs';
import { drain } from './streams.mjs';

const textOfBytes = (input) => new TextDecoder().decode(input);

const vocabularyOf = async (input, folder) => {
  const { vocabulary } = await readEmbeddedModel(
    lay(join(folder, 'table'), { ...seeds.encoderFiles(), 'vocabulary.txt': input }),
  );
  wordPieces(vocabulary).encode('a text of some words');
};

async function render(input, folder) {
  const files = { 'tokenizer.json': seeds.validTokenizer, 'tokenizer_config.json': '{"eos_token":"</s>"}' };
  const path = lay(join(folder, 'chat'), { ...files, 'chat_template.jinja': input });
  const tokenizer = await openTokenizer({ path, endTokens: [0] });
  tokenizer.renderPrompt({ messages: [{ role: 'user', content: 'a' }] });
}

export const RUN_TARGETS = {
  addresses: {
    seeds: files.address,
    parse: (input, folder) => readAddresses(lay(join(folder, 'sotu'), { '1790_washington_none.json': input })),
  },
  'text-folder': {
    seeds: seeds.lines,
    parse: (input, folder) => drain(readTextFolder(lay(join(folder, 'texts'), { 'a/1.txt': input }), false)),
  },
  experiment: {
    seeds: files.experiments,
    parse: (input, folder) => readDefinition('e.yaml', lay(join(folder, 'e'), { 'e.yaml': input })),
  },
  'group-terms': {
    seeds: files.groupTerms,
    parse: (input, folder) => readGroupTerms(join(lay(join(folder, 'g'), { 'g.yaml': input }), 'g.yaml')),
  },
  'run-manifest': {
    seeds: seeds.manifest,
    parse: (input, folder) => openExistingRun(lay(join(folder, 'run'), { 'manifest.json': input })),
  },
  'run-pieces': { seeds: files.pieces, parse: (input) => unsealed(input) },
  checkpoint: { seeds: files.checkpoint, parse: (input) => drain(files.fitOfCheckpoint(input)) },
  'encoder-vocabulary': { seeds: files.vocabulary, parse: vocabularyOf },
  'encoder-words': {
    seeds: seeds.lines,
    parse: (input) => wordPieces(['[UNK]', 'a', '##b', 'line', 'ü']).encode(textOfBytes(input)),
  },
  'chat-template': { seeds: files.chatTemplate, parse: render },
};
