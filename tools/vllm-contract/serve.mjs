// node tools/vllm-contract/serve.mjs FOLDER [--port 8000] [--name MODEL]: a model in ONNX format behind the part of vLLM's API that mop uses.
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { startContractServer } from './server.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '8000' }, name: { type: 'string' } },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error('Give the folder of a model: node tools/vllm-contract/serve.mjs FOLDER [--port 8000] [--name MODEL]');
  process.exit(1);
}
const server = await startContractServer({ folder, port: Number(values.port), name: values.name ?? basename(folder) });
console.log(
  `${server.url} serves ${values.name ?? basename(folder)}; mop: --llm.model server:${server.url}#${values.name ?? basename(folder)} --llm.tokenizer ${folder}`,
);
