// `npm run setup`: from a fresh clone to built packages.
import { install, runScript } from './processes.mjs';

const nx = ['run-many', '-t', 'build', '--outputStyle=static'];
process.exitCode = install() && runScript('nx/dist/bin/nx.js', nx).ok ? 0 : 1;
