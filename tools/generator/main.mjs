// `npm run generate -- metric|engine|baseline NAME`: adds a file that works, its test, its registration and its row in a README, to be
// filled with what is yours. Nothing is written when a name is taken or a place to register at is not found.
import { runScript } from '../ci/processes.mjs';
import { baseline } from './baseline.mjs';
import { applyChanges } from './changes.mjs';
import { engine } from './engine.mjs';
import { metric } from './metric.mjs';

const kinds = { metric, engine, baseline };
const [kind = '', name = ''] = process.argv.slice(2);

function generate() {
  if (!(kind in kinds) || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new Error(
      `usage: npm run generate -- ${Object.keys(kinds).join('|')} NAME\nNAME in lower case with hyphens, such as mean-distance`,
    );
  }
  const { changes, formulaIn, check, after } = kinds[kind](name);
  const paths = applyChanges(changes);
  runScript('prettier/bin/prettier.cjs', [
    '--write',
    '--log-level=warn',
    ...paths.filter((path) => path.endsWith('.ts')),
  ]);
  console.log(`Written or extended:\n${paths.map((path) => `  ${path}`).join('\n')}`);
  console.log(`It works as it is: ${check}\nNow put your own into ${formulaIn}, and its claims into the test.`);
  const steps = [...after, 'npm run release:plan', 'npm run verify'];
  console.log(`When it is done:\n${steps.map((step) => `  ${step}`).join('\n')}`);
}

try {
  generate();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
