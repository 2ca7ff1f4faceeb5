// `npm run generate -- metric|engine|baseline NAME`: adds a file that works, its test, its registration and its row in a README, to be
// filled with what is yours. Nothing is written when a name is taken or a place to register at is not found.
import { runScript } from '../ci/processes.mjs';
import { baseline } from './baseline.mjs';
import { applyChanges, leftToWrite, YOURS } from './changes.mjs';
import { engine } from './engine.mjs';
import { metric } from './metric.mjs';

const kinds = { metric, engine, baseline };
const [kind = '', name = ''] = process.argv.slice(2);

const USAGE = `usage: npm run generate -- ${Object.keys(kinds).join('|')} NAME
NAME in lower case with hyphens, such as mean-distance; it becomes
  metric    a figure of mop evaluate --metrics NAME
  engine    language models of --llm NAME:MODEL
  baseline  a way to simulate, of mop run --method.name NAME`;

const indented = (lines) => lines.map((line) => `  ${line}`).join('\n');

function generate() {
  if (!Object.hasOwn(kinds, kind) || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw new Error(USAGE);
  const { changes, formulaIn, test, use } = kinds[kind](name);
  const paths = applyChanges(changes);
  const typescript = paths.filter((path) => path.endsWith('.ts'));
  runScript('prettier/bin/prettier.cjs', ['--write', '--log-level=warn', ...typescript]);
  console.log(`Written or extended:\n${indented(paths)}`);
  console.log(`\nIt works as it is:\n${indented([test, 'npm run refresh', use])}`);
  console.log(`\nNow put your own into ${formulaIn} and its claims into the test, and words where ${YOURS} stands:`);
  console.log(indented(leftToWrite(paths)));
  const steps = [test, 'npm run refresh && npm run format', use, 'npm run release:plan', 'npm run verify'];
  console.log(`\nWhen it is done (CONTRIBUTING.md has shorter checks on the way):\n${indented(steps)}`);
}

try {
  generate();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
