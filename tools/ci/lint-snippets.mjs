// Lints snippets as if they stood in the files named, with this workspace's configuration less the rules that need type information
// (the files do not exist). stdin: [{path, code}]; stdout: [[finding…]…], each finding as `rule: message`.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { root, runScript } from './processes.mjs';

// Without a cached project graph the boundary rule reports nothing at all.
const { ok, output } = runScript('nx/dist/bin/nx.js', ['show', 'projects'], { capture: true });
if (!ok) throw new Error(output);

const eslint = new ESLint({
  cwd: root,
  overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }],
});
const findings = [];
for (const { path, code } of JSON.parse(await text(process.stdin))) {
  const [{ messages }] = await eslint.lintText(code, { filePath: path });
  findings.push(messages.map(({ ruleId, message }) => `${ruleId}: ${message}`));
}
process.stdout.write(JSON.stringify(findings));
