// Lints the fixture project that lint must refuse. stdout: {"configured": [rule…], "found": {"FILE": [rule…]}}.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { ESLint } from 'eslint';
import config from '../../eslint.config.mjs';
import { root, runScript } from './processes.mjs';

const FOLDER = join(root, 'tools/fixtures/lint');
/** As if it stood here: the package with the most rules, and a program for maintainers. */
const PLACES = { '.ts': 'packages/metrics/src/violation.ts', '.mjs': 'tools/violation.mjs' };

/** Rules of eslint.config.mjs itself, not of the sets that it extends. */
function configuredRules() {
  const own = config.filter(({ name = '' }) => !name.startsWith('typescript-eslint/'));
  const rules = own.flatMap(({ rules = {} }) => Object.entries(rules));
  return [...new Set(rules.filter(([, level]) => level !== 'off').map(([rule]) => rule))];
}

// Without a cached project graph the boundary rule reports nothing at all.
const { ok, output } = runScript('nx/dist/bin/nx.js', ['show', 'projects'], { capture: true });
if (!ok) throw new Error(output);

const projectService = { allowDefaultProject: [PLACES['.ts']], defaultProject: 'packages/metrics/tsconfig.json' };
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [{ files: [PLACES['.ts']], languageOptions: { parserOptions: { projectService } } }],
});

const found = {};
for (const file of readdirSync(FOLDER).filter((name) => extname(name) in PLACES)) {
  const code = readFileSync(join(FOLDER, file), 'utf8');
  const [{ messages }] = await eslint.lintText(code, { filePath: join(root, PLACES[extname(file)]) });
  // Directives that suppress nothing are reported under no rule's name.
  found[file] = messages.map(({ ruleId, message }) => ruleId ?? message);
}
process.stdout.write(JSON.stringify({ configured: configuredRules(), found }));
