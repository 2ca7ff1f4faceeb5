// A process that uses a model of a server in every way, then prints what it has loaded: node … light-child.ts URL TOKENIZER, or: embedded
import { openLanguageModel, type DescribedModel, type Prompt } from '../../src/index.js';

const [url, tokenizer] = process.argv.slice(2);
const model: DescribedModel =
  url === 'embedded'
    ? await openLanguageModel(url)
    : await openLanguageModel(`server:${url}#tiny`, { server: { tokenizer, temperatures: 'fixed' } });
const prompt: Prompt = url === 'embedded' ? { text: 'Hi' } : { messages: [{ role: 'user', content: 'Hi' }] };
await model.check?.('score');
await model.score([{ prompt, completion: 'Yes' }]);
for await (const { text } of model.generate([{ prompt, temperature: 1, maxTokens: 4, seed: 1, row: 0 }])) void text;
await model.close();
process.stdout.write(JSON.stringify((globalThis as unknown as { loaded: () => string[] }).loaded()));
